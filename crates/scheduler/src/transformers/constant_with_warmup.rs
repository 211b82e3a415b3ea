//! `get_constant_schedule_with_warmup`.

use super::Warmup;
use super::function;
use crate::class::constructor;
use crate::error::ScheduleError;
use crate::notation::Steps;
use crate::optimizer::Optimizer;

constructor! {
    /// A linear warmup from 0, then the LR of the optimizer; `get_scheduler("constant_with_warmup")`.
    ///
    /// Formula: `lr(t) = lr * t / max(1, num_warmup_steps)` while `t < num_warmup_steps`, then `lr`.
    ///
    /// First value: 0 (with a warmup of 0 steps: `lr`). The full LR is reached at step `num_warmup_steps`.
    ///
    /// Source: transformers 5.23, `get_constant_schedule_with_warmup`.
    ConstantWithWarmup = "get_constant_schedule_with_warmup" in Transformers;
    /// Steps of the warmup.
    num_warmup_steps: Steps,
    @ignored "last_epoch";
}

function!(ConstantWithWarmup);

impl ConstantWithWarmup {
    #[expect(clippy::unnecessary_wraps, reason = "the same shape as the other schedules")]
    fn prepare(&self, _: &Optimizer) -> Result<impl Fn(f64) -> Result<f64, ScheduleError> + use<>, ScheduleError> {
        let warmup = Warmup(self.num_warmup_steps.0);
        Ok(move |step: f64| Ok(warmup.factor(step).unwrap_or(1.0)))
    }
}

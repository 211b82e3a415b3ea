//! `get_linear_schedule_with_warmup`.

use super::Warmup;
use super::function;
use crate::class::constructor;
use crate::error::ScheduleError;
use crate::notation::Steps;
use crate::optimizer::Optimizer;

constructor! {
    /// A linear warmup from 0, then a straight line to 0; `get_scheduler("linear")`, the default of the Trainer.
    ///
    /// Formula: `lr(t) = lr * t / max(1, W)` while `t < W`, then `lr * max(0, (T - t) / max(1, T - W))`, with W =
    /// `num_warmup_steps` and T = `num_training_steps`.
    ///
    /// First value: 0 (with a warmup of 0 steps: `lr`). Last value: 0, at step T and after. With W > T it drops to 0 as soon
    /// as the warmup ends.
    ///
    /// Source: transformers 5.23, `get_linear_schedule_with_warmup`; BERT (Devlin et al. 2019, arXiv 1810.04805).
    LinearWithWarmup = "get_linear_schedule_with_warmup" in Transformers;
    /// Steps of the warmup.
    num_warmup_steps: Steps,
    /// Steps of the whole run, the warmup included.
    num_training_steps: Steps,
    @ignored "last_epoch";
}

function!(LinearWithWarmup);

impl LinearWithWarmup {
    #[expect(clippy::unnecessary_wraps, reason = "the same shape as the other schedules")]
    fn prepare(&self, _: &Optimizer) -> Result<impl Fn(f64) -> Result<f64, ScheduleError> + use<>, ScheduleError> {
        let (warmup, total) = (Warmup(self.num_warmup_steps.0), self.num_training_steps.0);
        let rest = (total - warmup.0).max(1.0);
        Ok(move |step: f64| Ok(warmup.factor(step).unwrap_or_else(|| ((total - step) / rest).max(0.0))))
    }
}

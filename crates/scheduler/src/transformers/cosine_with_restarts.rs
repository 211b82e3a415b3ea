//! `get_cosine_with_hard_restarts_schedule_with_warmup`.

use super::Warmup;
use super::function;
use crate::class::constructor;
use crate::error::ScheduleError;
use crate::notation::Steps;
use crate::optimizer::Optimizer;
use crate::python::modulo;
use std::f64::consts::PI;

constructor! {
    /// A linear warmup from 0, then several cosines to 0, each from the full LR; `get_scheduler("cosine_with_restarts")`.
    ///
    /// Formula: `lr(t) = lr * t / max(1, W)` while `t < W`, then `lr * max(0, (1 + cos(pi * ((num_cycles * p) % 1))) / 2)` with
    /// `p = (t - W) / max(1, T - W)`.
    ///
    /// First value: 0 (with a warmup of 0 steps: `lr`). Last value: 0, at step T and after.
    ///
    /// Source: transformers 5.23, `get_cosine_with_hard_restarts_schedule_with_warmup`.
    CosineWithHardRestarts = "get_cosine_with_hard_restarts_schedule_with_warmup" in Transformers;
    /// Steps of the warmup.
    num_warmup_steps: Steps,
    /// Steps of the whole run, the warmup included.
    num_training_steps: Steps,
    /// How many cosines.
    num_cycles: f64 = 1.0,
    @ignored "last_epoch";
}

function!(CosineWithHardRestarts);

impl CosineWithHardRestarts {
    #[expect(clippy::unnecessary_wraps, reason = "the same shape as the other schedules")]
    fn prepare(&self, _: &Optimizer) -> Result<impl Fn(f64) -> Result<f64, ScheduleError> + use<>, ScheduleError> {
        let (warmup, total, cycles) = (Warmup(self.num_warmup_steps.0), self.num_training_steps.0, self.num_cycles);
        Ok(move |step: f64| {
            if let Some(factor) = warmup.factor(step) {
                return Ok(factor);
            }
            let progress = warmup.progress(step, total);
            if progress >= 1.0 {
                return Ok(0.0);
            }
            Ok((0.5 * (1.0 + (PI * modulo(cycles * progress, 1.0)?).cos())).max(0.0))
        })
    }
}

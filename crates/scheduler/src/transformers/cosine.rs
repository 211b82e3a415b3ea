//! `get_cosine_schedule_with_warmup`.

use super::Warmup;
use super::function;
use crate::class::constructor;
use crate::error::ScheduleError;
use crate::notation::Steps;
use crate::optimizer::Optimizer;
use std::f64::consts::PI;

constructor! {
    /// A linear warmup from 0, then a cosine to 0; `get_scheduler("cosine")`.
    ///
    /// Formula: `lr(t) = lr * t / max(1, W)` while `t < W`, then `lr * max(0, (1 + cos(2 * pi * num_cycles * p)) / 2)` with
    /// `p = (t - W) / max(1, T - W)`.
    ///
    /// First value: 0 (with a warmup of 0 steps: `lr`). Value at step T: 0. Beyond T it climbs again.
    ///
    /// Source: transformers 5.23, `get_cosine_schedule_with_warmup`.
    CosineWithWarmup = "get_cosine_schedule_with_warmup" in Transformers;
    /// Steps of the warmup.
    num_warmup_steps: Steps,
    /// Steps of the whole run, the warmup included.
    num_training_steps: Steps,
    /// Waves of the cosine; one half falls once.
    num_cycles: f64 = 0.5,
    @ignored "last_epoch";
}

function!(CosineWithWarmup);

impl CosineWithWarmup {
    #[expect(clippy::unnecessary_wraps, reason = "the same shape as the other schedules")]
    fn prepare(&self, _: &Optimizer) -> Result<impl Fn(f64) -> Result<f64, ScheduleError> + use<>, ScheduleError> {
        let (warmup, total) = (Warmup(self.num_warmup_steps.0), self.num_training_steps.0);
        let angle = PI * self.num_cycles * 2.0;
        Ok(move |step: f64| {
            Ok(warmup.factor(step).unwrap_or_else(|| {
                let progress = warmup.progress(step, total);
                (0.5 * (1.0 + (angle * progress).cos())).max(0.0)
            }))
        })
    }
}

//! `get_cosine_with_min_lr_schedule_with_warmup`.

use super::function;
use super::{Warmup, min_lr_rate};
use crate::class::constructor;
use crate::error::ScheduleError;
use crate::notation::Steps;
use crate::optimizer::Optimizer;
use std::f64::consts::PI;

constructor! {
    /// A linear warmup from 0, then a cosine to a floor; `get_scheduler("cosine_with_min_lr")`.
    ///
    /// Formula: `lr(t) = lr * t / max(1, W)` while `t < W`, then `lr * (r + (1 - r) * (1 + cos(2 * pi * num_cycles * p)) / 2)` with
    /// `p = (t - W) / max(1, T - W)` and `r = min_lr_rate`, or `min_lr` over the LR that the *optimizer* was built with.
    ///
    /// First value: 0 (with a warmup of 0 steps: `lr`). Value at step T: `lr * r`. Beyond T it climbs again.
    ///
    /// Source: transformers 5.23, `get_cosine_with_min_lr_schedule_with_warmup`.
    CosineWithMinLr = "get_cosine_with_min_lr_schedule_with_warmup" in Transformers;
    /// Steps of the warmup.
    num_warmup_steps: Steps,
    /// Steps of the whole run, the warmup included.
    num_training_steps: Steps,
    /// Waves of the cosine; one half falls once.
    num_cycles: f64 = 0.5,
    /// The LR at the end. Give this or `min_lr_rate`.
    min_lr: Option<f64> = None,
    /// The LR at the end as a share of the LR.
    min_lr_rate: Option<f64> = None,
    @ignored "last_epoch";
}

function!(CosineWithMinLr);

impl CosineWithMinLr {
    fn prepare(
        &self,
        optimizer: &Optimizer,
    ) -> Result<impl Fn(f64) -> Result<f64, ScheduleError> + use<>, ScheduleError> {
        let (warmup, total) = (Warmup(self.num_warmup_steps.0), self.num_training_steps.0);
        let rate = min_lr_rate(self.min_lr, self.min_lr_rate, optimizer)?;
        let angle = PI * self.num_cycles * 2.0;
        Ok(move |step: f64| {
            Ok(warmup.factor(step).unwrap_or_else(|| {
                let factor = 0.5 * (1.0 + (angle * warmup.progress(step, total)).cos());
                (factor * (1.0 - rate) + rate).max(0.0)
            }))
        })
    }
}

//! `get_cosine_with_min_lr_schedule_with_warmup_lr_rate`.

use super::function;
use super::min_lr_rate;
use crate::class::constructor;
use crate::error::ScheduleError;
use crate::notation::Steps;
use crate::optimizer::Optimizer;
use std::f64::consts::PI;

constructor! {
    /// A linear warmup that does not start at 0, then a cosine to a floor; `get_scheduler("cosine_warmup_with_min_lr")`.
    ///
    /// Formula: `lr(t) = lr * (t + 1) / max(1, W)` while `t < W` (with `warmup_lr_rate`: `lr * (w + (1 - w) * t / max(1, W - 1))`),
    /// then `lr * (r + (1 - r) * (1 + cos(2 * pi * num_cycles * p)) / 2)` with `p = (t - W + 1) / max(1, T - W)`.
    ///
    /// First value: `lr / W`. One step ahead of the other schedules of the library: the full LR is reached at step W - 1,
    /// the floor at step T - 1.
    ///
    /// Source: transformers 5.23, `get_cosine_with_min_lr_schedule_with_warmup_lr_rate`.
    CosineWarmupWithMinLr = "get_cosine_with_min_lr_schedule_with_warmup_lr_rate" in Transformers;
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
    /// The LR at step 0 as a share of the LR; one over the warmup where it is not given.
    warmup_lr_rate: Option<f64> = None,
    @ignored "last_epoch";
}

function!(CosineWarmupWithMinLr);

impl CosineWarmupWithMinLr {
    fn prepare(
        &self,
        optimizer: &Optimizer,
    ) -> Result<impl Fn(f64) -> Result<f64, ScheduleError> + use<>, ScheduleError> {
        let (warmup, total) = (self.num_warmup_steps.0, self.num_training_steps.0);
        let rate = min_lr_rate(self.min_lr, self.min_lr_rate, optimizer)?;
        let (angle, start) = (PI * self.num_cycles * 2.0, self.warmup_lr_rate);
        Ok(move |step: f64| {
            if step < warmup {
                return Ok(match start {
                    None => (step + 1.0) / warmup.max(1.0),
                    Some(start) => start + (1.0 - start) * step / (warmup - 1.0).max(1.0),
                });
            }
            let progress = (step - warmup + 1.0) / (total - warmup).max(1.0);
            let factor = 0.5 * (1.0 + (angle * progress).cos());
            Ok((factor * (1.0 - rate) + rate).max(0.0))
        })
    }
}

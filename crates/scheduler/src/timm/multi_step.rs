//! `MultiStepLRScheduler`.

use std::sync::Arc;

use super::base::{Scheduled, Warmup, counted};
use super::noise::{Noise, NoiseRange};
use crate::class::constructor;
use crate::error::ScheduleError;
use crate::motion::FunctionOfStep;
use crate::notation::Steps;

constructor! {
    /// Times `decay_rate` at each milestone, one step earlier than torch.
    ///
    /// Formula: `lr(t) = lr * decay_rate ** n`, where `n` is the number of milestones at or before `t + 1`; t is counted from
    /// the end of the warmup.
    ///
    /// First value: `warmup_lr_init` with a warmup, else `lr`. A milestone m acts at step m - 1, by timm's own
    /// convention: torch's MultiStepLR with the same numbers falls one step later.
    ///
    /// Source: timm 1.0.31, `timm.scheduler.MultiStepLRScheduler`.
    MultiStepLRScheduler = "MultiStepLRScheduler" in Timm;
    /// The milestones, in ascending order.
    decay_t: Vec<i64>,
    /// Factor per decay.
    decay_rate: f64 = 1.0,
    /// Steps of the warmup.
    warmup_t: Steps = Steps(0.0),
    /// The LR at step 0 of the warmup.
    warmup_lr_init: f64 = 0.0,
    /// Whether the schedule starts after the warmup rather than under it.
    warmup_prefix: bool = true,
    /// Whether a step is an epoch; else it is an optimizer step (`step_update`).
    t_in_epochs: bool = true,
    /// Steps between which the LR is noisy, or the step from which it is.
    noise_range_t: NoiseRange = NoiseRange::Never,
    /// Noise beyond this share of the LR is drawn again.
    noise_pct: f64 = 0.67,
    /// Standard deviation of the noise, as a share of the LR.
    noise_std: f64 = 1.0,
    /// Seed of the noise; that of a step is this plus the step.
    noise_seed: i64 = 42,
    @ignored "initialize";
}

counted!(MultiStepLRScheduler);

impl MultiStepLRScheduler {
    #[expect(clippy::unnecessary_wraps, reason = "the same shape as the other schedulers")]
    fn prepare(&self) -> Result<Arc<dyn FunctionOfStep>, ScheduleError> {
        let warmup = Warmup {
            steps: self.warmup_t.0,
            lr_init: self.warmup_lr_init,
            prefix: self.warmup_prefix,
            to_schedule: false,
        };
        let noise = Noise::new(&self.noise_range_t, self.noise_pct, self.noise_std, self.noise_seed);
        let (milestones, decay_rate) = (self.decay_t.clone(), self.decay_rate);
        Ok(Scheduled::boxed(warmup, noise, move |step, base_lr| {
            let passed = milestones.partition_point(|&milestone| milestone as f64 <= step + 1.0);
            Ok(base_lr * decay_rate.powf(passed as f64))
        }))
    }

    /// Without noise.
    pub(crate) fn is_plain(&self) -> bool {
        self.noise_range_t == NoiseRange::Never
    }
}

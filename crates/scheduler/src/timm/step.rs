//! `StepLRScheduler`.

use std::sync::Arc;

use super::base::{Scheduled, Warmup, counted};
use super::noise::{Noise, NoiseRange};
use crate::class::constructor;
use crate::error::ScheduleError;
use crate::motion::FunctionOfStep;
use crate::notation::Steps;
use crate::python::floor_divide;

constructor! {
    /// Times `decay_rate` every `decay_t` steps, which may be a fraction.
    ///
    /// Formula: `lr(t) = lr * decay_rate ** (t // decay_t)`, with t counted from the end of the warmup.
    ///
    /// First value: `warmup_lr_init` with a warmup, else `lr`. EfficientNet's schedule is `decay_t=2.4, decay_rate=0.97`. The
    /// warmup is a prefix by default, unlike in timm's other schedulers.
    ///
    /// Source: timm 1.0.31, `timm.scheduler.StepLRScheduler`.
    StepLRScheduler = "StepLRScheduler" in Timm;
    /// Steps between decays.
    decay_t: Steps,
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

counted!(StepLRScheduler);

impl StepLRScheduler {
    #[expect(clippy::unnecessary_wraps, reason = "the same shape as the other schedulers")]
    fn prepare(&self) -> Result<Arc<dyn FunctionOfStep>, ScheduleError> {
        let warmup = Warmup {
            steps: self.warmup_t.0,
            lr_init: self.warmup_lr_init,
            prefix: self.warmup_prefix,
            to_schedule: false,
        };
        let noise = Noise::new(&self.noise_range_t, self.noise_pct, self.noise_std, self.noise_seed);
        let (decay_t, decay_rate) = (self.decay_t.0, self.decay_rate);
        Ok(Scheduled::boxed(warmup, noise, move |step, base_lr| {
            Ok(base_lr * decay_rate.powf(floor_divide(step, decay_t)?))
        }))
    }

    /// Without noise.
    pub(crate) fn is_plain(&self) -> bool {
        self.noise_range_t == NoiseRange::Never
    }
}

//! `CosineLRScheduler`.

use std::sync::Arc;

use super::base::{Cycle, Scheduled, Warmup, assert, counted, power};
use super::noise::{Noise, NoiseRange};
use crate::class::constructor;
use crate::error::ScheduleError;
use crate::motion::FunctionOfStep;
use crate::notation::Steps;
use std::f64::consts::PI;

constructor! {
    /// A cosine to `lr_min` with a warmup, and restarts if wanted: the default of timm's training script.
    ///
    /// Formula: in cycle i of length `t_i`, `lr(t) = lr_min + (lr * cycle_decay ** i - lr_min) * (1 + cos(pi * t_cur ** k / t_i ** k))
    /// / 2` with `k = k_decay`; `lr_min` after the last cycle.
    ///
    /// First value: `warmup_lr_init` with a warmup, else `lr`. The warmup is a line to `lr`; without `warmup_prefix` the
    /// cosine has been falling under it all the while, so the LR jumps down where the warmup ends. `t_initial` does not
    /// include a prefixed warmup.
    ///
    /// Source: timm 1.0.31, `timm.scheduler.CosineLRScheduler`; Loshchilov and Hutter 2017, arXiv 1608.03983.
    CosineLRScheduler = "CosineLRScheduler" in Timm;
    /// Steps of the first cycle.
    t_initial: Steps,
    /// The LR at the end, and after the last cycle.
    lr_min: f64 = 0.0,
    /// Growth of the cycles.
    cycle_mul: f64 = 1.0,
    /// What the LR is multiplied with at each new cycle.
    cycle_decay: f64 = 1.0,
    /// How many cycles.
    cycle_limit: i64 = 1,
    /// Steps of the warmup.
    warmup_t: Steps = Steps(0.0),
    /// The LR at step 0 of the warmup.
    warmup_lr_init: f64 = 0.0,
    /// Whether the schedule starts after the warmup rather than under it.
    warmup_prefix: bool = false,
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
    /// Power of the time: above 1 the LR falls later (arXiv 2004.05909).
    k_decay: f64 = 1.0,
    @ignored "initialize";
}

counted!(CosineLRScheduler);

impl CosineLRScheduler {
    fn prepare(&self) -> Result<Arc<dyn FunctionOfStep>, ScheduleError> {
        assert(self.t_initial.0 > 0.0)?;
        assert(self.lr_min >= 0.0)?;
        let warmup = Warmup {
            steps: self.warmup_t.0,
            lr_init: self.warmup_lr_init,
            prefix: self.warmup_prefix,
            to_schedule: false,
        };
        let noise = Noise::new(&self.noise_range_t, self.noise_pct, self.noise_std, self.noise_seed);
        let (t_initial, growth, decay, limit) = (self.t_initial.0, self.cycle_mul, self.cycle_decay, self.cycle_limit);
        let (lr_min, k) = (self.lr_min, self.k_decay);
        Ok(Scheduled::boxed(warmup, noise, move |step, base_lr| {
            let cycle = Cycle::at(step, t_initial, growth)?;
            if cycle.number >= limit as f64 {
                return Ok(lr_min);
            }
            let lr_max = base_lr * decay.powf(cycle.number);
            let angle = PI * power(cycle.step, k)? / cycle.length.powf(k);
            Ok(lr_min + 0.5 * (lr_max - lr_min) * (1.0 + angle.cos()))
        }))
    }

    /// Without noise and with cycles of one length.
    pub(crate) fn is_plain(&self) -> bool {
        self.noise_range_t == NoiseRange::Never && self.cycle_mul == 1.0
    }
}

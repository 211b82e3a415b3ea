//! `TanhLRScheduler`.

use std::sync::Arc;

use super::base::{Cycle, Scheduled, Warmup, assert, counted};
use super::noise::{Noise, NoiseRange};
use crate::class::constructor;
use crate::error::ScheduleError;
use crate::motion::FunctionOfStep;
use crate::notation::Steps;

constructor! {
    /// A hyperbolic tangent from the LR to `lr_min`: long near both ends, steep in the middle.
    ///
    /// Formula: in cycle i of length `t_i` and with `r = t_cur / t_i`, `lr(t) = lr_min + (lr * cycle_decay ** i - lr_min) * (1 -
    /// tanh(lb * (1 - r) + ub * r)) / 2`; `lr_min` after the last cycle.
    ///
    /// First value: `warmup_lr_init` with a warmup, else `lr`. The last value of a cycle is above `lr_min`, since tanh(3)
    /// is below 1. The warmup aims at the LR that the schedule has where it ends.
    ///
    /// Source: timm 1.0.31, `timm.scheduler.TanhLRScheduler`; Hsueh et al. 2019, arXiv 1806.01593.
    TanhLRScheduler = "TanhLRScheduler" in Timm;
    /// Steps of the first cycle.
    t_initial: Steps,
    /// Where on the tangent a cycle begins.
    lb: f64 = -7.0,
    /// Where on the tangent a cycle ends.
    ub: f64 = 3.0,
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
    @ignored "initialize";
}

counted!(TanhLRScheduler);

impl TanhLRScheduler {
    fn prepare(&self) -> Result<Arc<dyn FunctionOfStep>, ScheduleError> {
        assert(self.t_initial.0 > 0.0)?;
        assert(self.lr_min >= 0.0)?;
        assert(self.lb < self.ub)?;
        assert(self.cycle_limit >= 0)?;
        assert(self.warmup_t.0 >= 0.0)?;
        assert(self.warmup_lr_init >= 0.0)?;
        let warmup = Warmup {
            steps: self.warmup_t.0,
            lr_init: self.warmup_lr_init,
            prefix: self.warmup_prefix,
            to_schedule: true,
        };
        let noise = Noise::new(&self.noise_range_t, self.noise_pct, self.noise_std, self.noise_seed);
        let (t_initial, growth, decay, limit) = (self.t_initial.0, self.cycle_mul, self.cycle_decay, self.cycle_limit);
        let (lr_min, lb, ub) = (self.lr_min, self.lb, self.ub);
        Ok(Scheduled::boxed(warmup, noise, move |step, base_lr| {
            let cycle = Cycle::at(step, t_initial, growth)?;
            if cycle.number >= limit as f64 {
                return Ok(lr_min);
            }
            let lr_max = base_lr * decay.powf(cycle.number);
            let progress = cycle.step / cycle.length;
            Ok(lr_min + 0.5 * (lr_max - lr_min) * (1.0 - (lb * (1.0 - progress) + ub * progress).tanh()))
        }))
    }

    /// Without noise and with cycles of one length.
    pub(crate) fn is_plain(&self) -> bool {
        self.noise_range_t == NoiseRange::Never && self.cycle_mul == 1.0
    }
}

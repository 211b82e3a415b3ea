//! What timm's schedulers share: the warmup, the cycles and the noise.

use std::fmt;
use std::sync::Arc;

use super::noise::Noise;
use crate::error::{Exception, ScheduleError, type_error};
use crate::motion::FunctionOfStep;
use crate::python::floor_divide;

/// Gives a class its motion: a function that is called with the count of steps.
macro_rules! counted {
    ($name:ident) => {
        impl $crate::motion::Motion for $name {
            fn start(
                &self,
                optimizer: &mut $crate::optimizer::Optimizer,
                _: i64,
            ) -> Result<$crate::motion::Node, $crate::error::ScheduleError> {
                $crate::motion::Counted::start(self.prepare()?, optimizer)
            }

            fn function(
                &self,
                _: &$crate::optimizer::Optimizer,
            ) -> Option<Result<std::sync::Arc<dyn $crate::motion::FunctionOfStep>, $crate::error::ScheduleError>> {
                Some(self.prepare())
            }
        }
    };
}
pub(super) use counted;

/// A warmup in front of, or over the beginning of, a schedule.
#[derive(Clone, Copy, Debug)]
pub(super) struct Warmup {
    pub steps: f64,
    pub lr_init: f64,
    /// Whether the schedule starts after the warmup rather than under it.
    pub prefix: bool,
    /// Whether the warmup aims at the LR of the schedule where it ends, rather than at the base LR.
    pub to_schedule: bool,
}

/// A schedule after its warmup: a function of the step and the base LR.
pub(super) struct Scheduled<F> {
    pub warmup: Warmup,
    pub noise: Option<Noise>,
    pub lr: F,
}

impl<F> fmt::Debug for Scheduled<F> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Scheduled").field("warmup", &self.warmup).finish_non_exhaustive()
    }
}

impl<F: Fn(f64, f64) -> Result<f64, ScheduleError> + Send + Sync + 'static> Scheduled<F> {
    pub fn boxed(warmup: Warmup, noise: Option<Noise>, lr: F) -> Arc<dyn FunctionOfStep> {
        Arc::new(Self { warmup, noise, lr })
    }

    fn quiet(&self, step: f64, base_lr: f64) -> Result<f64, ScheduleError> {
        let Warmup { steps, lr_init, prefix, to_schedule } = self.warmup;
        if step >= steps {
            return (self.lr)(if prefix { step - steps } else { step }, base_lr);
        }
        let target = if to_schedule && !prefix { (self.lr)(steps, base_lr)? } else { base_lr };
        Ok(lr_init + step * ((target - lr_init) / steps))
    }
}

impl<F: Fn(f64, f64) -> Result<f64, ScheduleError> + Send + Sync + 'static> FunctionOfStep for Scheduled<F> {
    fn lr(&self, step: i64, base_lr: f64, _: usize) -> Result<f64, ScheduleError> {
        // The constructor writes what step 0 has, but for the schedules that do not start at the base LR.
        let lr = if step == 0 && self.warmup.steps == 0.0 { base_lr } else { self.quiet(step as f64, base_lr)? };
        match &self.noise {
            // No noise before the first call of `step()`.
            Some(noise) if step > 0 => Ok(noise.apply(step, lr)),
            _ => Ok(lr),
        }
    }
}

/// The cycle of a step: its number, its length and the steps since it began.
pub(super) struct Cycle {
    pub number: f64,
    pub length: f64,
    pub step: f64,
}

impl Cycle {
    /// With growing cycles the number is the floor of a logarithm, which rounds down at some exact powers; so does timm.
    pub fn at(step: f64, t_initial: f64, growth: f64) -> Result<Self, ScheduleError> {
        if growth == 1.0 {
            let number = floor_divide(step, t_initial)?;
            return Ok(Self { number, length: t_initial, step: step - t_initial * number });
        }
        let inside = 1.0 - step / t_initial * (1.0 - growth);
        if inside <= 0.0 || growth <= 0.0 {
            return Err(ScheduleError { exception: Exception::ValueError, message: "math domain error".into() });
        }
        let number = (inside.ln() / growth.ln()).floor();
        let passed = growth.powf(number);
        Ok(Self { number, length: passed * t_initial, step: step - (1.0 - passed) / (1.0 - growth) * t_initial })
    }
}

/// Python's `base ** exponent` where a complex result is of no use.
pub(super) fn power(base: f64, exponent: f64) -> Result<f64, ScheduleError> {
    if base < 0.0 && exponent.fract() != 0.0 {
        return Err(type_error("must be real number, not complex"));
    }
    Ok(base.powf(exponent))
}

/// timm's `assert condition`.
pub(super) fn assert(condition: bool) -> Result<(), ScheduleError> {
    if condition {
        return Ok(());
    }
    Err(ScheduleError { exception: Exception::AssertionError, message: String::new() })
}

//! `optax.schedules` (optax 0.2.8): functions from a step count to a value.
//!
//! They give the LR itself, so the LR of the optimizer plays no part. optax computes in float32 unless jax is told
//! otherwise; the values here are those of `jax_enable_x64`, and a float32 run differs from them by its own rounding.

mod constant;
mod cosine;
mod exponential;
mod interpolate;
mod join;
mod one_cycle;
mod piecewise;
mod polynomial;
mod warmup;

pub use constant::OptaxConstantSchedule;
pub use cosine::CosineDecaySchedule;
pub use exponential::OptaxExponentialDecay;
pub use interpolate::PiecewiseInterpolateSchedule;
pub use join::{JoinSchedules, SgdrSchedule};
pub use one_cycle::{CosineOnecycleSchedule, LinearOnecycleSchedule};
pub use piecewise::PiecewiseConstantSchedule;
pub use polynomial::{LinearSchedule, PolynomialSchedule};
pub use warmup::{WarmupConstantSchedule, WarmupCosineDecaySchedule, WarmupExponentialDecaySchedule};

use std::sync::Arc;

use crate::error::ScheduleError;
use crate::motion::FunctionOfStep;

/// Gives a class its motion: a function of the count that `prepare` makes.
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
pub(crate) use counted;

/// A function of the count.
pub(crate) struct Value<F>(F);

impl<F> std::fmt::Debug for Value<F> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Value")
    }
}

impl<F: Fn(f64) -> f64 + Send + Sync> FunctionOfStep for Value<F> {
    fn lr(&self, step: i64, _: f64, _: usize) -> Result<f64, ScheduleError> {
        Ok((self.0)(step as f64))
    }
}

/// What a constructor prepares: a function, or the error that the library raises.
pub(crate) type Prepared = Result<Arc<dyn FunctionOfStep>, ScheduleError>;

/// A function of the count that cannot fail.
pub(crate) fn value(function: impl Fn(f64) -> f64 + Send + Sync + 'static) -> Prepared {
    Ok(Arc::new(Value(function)))
}

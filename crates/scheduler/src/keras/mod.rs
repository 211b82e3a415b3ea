//! `keras.optimizers.schedules` and the callback `ReduceLROnPlateau` (Keras 3.15).
//!
//! The schedules give the LR itself, called with the number of optimizer steps; the LR of the optimizer plays no part. Keras
//! computes in float32, and so does this module: the last digits may differ between Keras' backends.

mod cosine;
mod exponential;
mod inverse_time;
mod piecewise;
mod plateau;
mod polynomial;

pub use cosine::{CosineDecay, CosineDecayRestarts};
pub use exponential::ExponentialDecay;
pub use inverse_time::InverseTimeDecay;
pub use piecewise::PiecewiseConstantDecay;
pub(crate) use plateau::KerasPlateau;
pub use plateau::KerasReduceLROnPlateau;
pub use polynomial::PolynomialDecay;

use crate::error::{ScheduleError, value_error};
use crate::notation::Steps;
use crate::optax::Prepared;
use crate::python::number;

/// What all constructors say of a length that is not positive.
fn positive(name: &str, steps: Steps) -> Result<f32, ScheduleError> {
    if steps.0 > 0.0 {
        return Ok(steps.0 as f32);
    }
    Err(value_error(format!("Argument `{name}` must be > 0. Received: {name}={}", number(steps.0))))
}

/// A float32 function of the step.
fn value(function: impl Fn(f32) -> f32 + Send + Sync + 'static) -> Prepared {
    crate::optax::value(move |step| f64::from(function(step as f32)))
}

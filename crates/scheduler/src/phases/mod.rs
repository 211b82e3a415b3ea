//! Schedules that the libraries have no class for: phases and points, and today's practice as presets over them.
//!
//! Both are factors of the LR of the optimizer, as in a LambdaLR, and can stand wherever torch's schedulers can.

mod phase;
mod points;
mod presets;

pub use phase::{Phase, Phases, Shape};
pub use points::{PointList, Points};
pub(crate) use presets::read_preset;
pub use presets::{CosineWithFloor, InverseSqrtWithCooldown, LinearToZero, PRESETS, REX, Trapezoid, WSD};

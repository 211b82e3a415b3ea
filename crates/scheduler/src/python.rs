//! The corners of Python's float arithmetic that the libraries rely on.

use crate::error::{ScheduleError, zero_division};

/// `a % b` with the sign of `b`, as Python computes it for ints and floats.
pub(crate) fn modulo(a: f64, b: f64) -> Result<f64, ScheduleError> {
    if b == 0.0 {
        return Err(zero_division("integer modulo by zero"));
    }
    let remainder = a % b;
    Ok(if remainder != 0.0 && (remainder < 0.0) != (b < 0.0) { remainder + b } else { remainder })
}

/// `a / b`, which raises where IEEE arithmetic would give an infinity.
pub(crate) fn divide(a: f64, b: f64) -> Result<f64, ScheduleError> {
    if b == 0.0 { Err(zero_division("float division by zero")) } else { Ok(a / b) }
}

/// A number as Python's `repr` would print it where that matters in messages: whole numbers without a point when the
/// source had none.
pub(crate) fn number(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 { format!("{}", value as i64) } else { format!("{value:?}") }
}

/// `a // b`.
pub(crate) fn floor_divide(a: f64, b: f64) -> Result<f64, ScheduleError> {
    if b == 0.0 {
        return Err(zero_division("integer division or modulo by zero"));
    }
    // Python's own way, which differs from the floor of the quotient where that has been rounded up.
    Ok(((a - modulo(a, b)?) / b).round())
}

//! `piecewise_constant_schedule`.

use super::{Prepared, counted, value};
use crate::class::constructor;
use crate::error::value_error;
use crate::notation::Boundaries;

constructor! {
    /// A value that is multiplied at each boundary: optax' step decay.
    ///
    /// Formula: `lr(t) = init_value` times every scale whose boundary is at or before t.
    ///
    /// First value: `init_value`. Step `boundary` is the first with the new value.
    ///
    /// Source: optax 0.2.8, `optax.piecewise_constant_schedule`.
    PiecewiseConstantSchedule = "piecewise_constant_schedule" in Optax;
    /// The LR at the beginning.
    init_value: f64,
    /// Steps, and the factor at each: `{30: 0.1, 60: 0.1}`. Factors are 0 or more.
    boundaries_and_scales: Option<Boundaries> = None,
}

counted!(PiecewiseConstantSchedule);

impl PiecewiseConstantSchedule {
    fn prepare(&self) -> Prepared {
        let boundaries = self.boundaries_and_scales.clone().map(|boundaries| boundaries.0).unwrap_or_default();
        if boundaries.iter().any(|(_, scale)| *scale < 0.0) {
            return Err(value_error("`piecewise_constant_schedule` expects non-negative scale factors"));
        }
        let first = self.init_value;
        value(move |step| {
            let passed = boundaries.iter().take_while(|(boundary, _)| *boundary as f64 <= step);
            passed.fold(first, |value, (_, scale)| scale * value)
        })
    }
}

//! `constant_schedule`.

use super::{Prepared, counted, value};
use crate::class::constructor;

constructor! {
    /// One value for ever.
    ///
    /// Source: optax 0.2.8, `optax.constant_schedule`.
    OptaxConstantSchedule = "constant_schedule" in Optax;
    /// The LR.
    value: f64,
}

counted!(OptaxConstantSchedule);

impl OptaxConstantSchedule {
    fn prepare(&self) -> Prepared {
        let constant = self.value;
        value(move |_| constant)
    }
}

//! `cosine_decay_schedule`.

use std::f64::consts::PI;

use super::polynomial::powered;
use super::{Prepared, counted, value};
use crate::class::constructor;
use crate::error::value_error;
use crate::notation::Steps;
use crate::python::number;

constructor! {
    /// Half a cosine from a value to a share of it.
    ///
    /// Formula: `lr(t) = init_value * ((1 - alpha) * ((1 + cos(pi * min(t, decay_steps) / decay_steps)) / 2) ** exponent + alpha)`.
    ///
    /// First value: `init_value`. Last value: `alpha * init_value`, at step `decay_steps` and after.
    ///
    /// Source: optax 0.2.8, `optax.cosine_decay_schedule`; Loshchilov and Hutter 2017, arXiv 1608.03983.
    CosineDecaySchedule = "cosine_decay_schedule" in Optax;
    /// The LR at the beginning.
    init_value: f64,
    /// Steps to the bottom.
    decay_steps: Steps,
    /// The LR at the end as a share of the first.
    alpha: f64 = 0.0,
    /// Power of the cosine.
    exponent: f64 = 1.0,
}

counted!(CosineDecaySchedule);

impl CosineDecaySchedule {
    pub(super) fn prepare(&self) -> Prepared {
        let Self { init_value, decay_steps: Steps(steps), alpha, exponent } = *self;
        if steps <= 0.0 {
            return Err(value_error(format!(
                "The cosine_decay_schedule requires positive decay_steps, got decay_steps={}.",
                number(steps)
            )));
        }
        value(move |step| {
            let cosine = 0.5 * (1.0 + (PI * step.min(steps) / steps).cos());
            init_value * ((1.0 - alpha) * powered(cosine, exponent) + alpha)
        })
    }
}

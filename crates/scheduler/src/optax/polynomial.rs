//! `polynomial_schedule` and `linear_schedule`.

use super::{Prepared, counted, value};
use crate::class::constructor;
use crate::notation::Steps;

constructor! {
    /// A power of what is left between two values; with `power=1` a line.
    ///
    /// Formula: with `p = clip(t - transition_begin, 0, transition_steps) / transition_steps`, `lr(t) = (init_value - end_value)
    /// * (1 - p) ** power + end_value`.
    ///
    /// First value: `init_value`. Last value: `end_value`, from `transition_begin + transition_steps` on. With
    /// `transition_steps` of 0 or less it stays at `init_value`.
    ///
    /// Source: optax 0.2.8, `optax.polynomial_schedule`.
    PolynomialSchedule = "polynomial_schedule" in Optax;
    /// The LR at the beginning.
    init_value: f64,
    /// The LR at the end.
    end_value: f64,
    /// Exponent.
    power: f64,
    /// Steps from one to the other.
    transition_steps: Steps,
    /// Steps before it starts to change.
    transition_begin: Steps = Steps(0.0),
}

constructor! {
    /// A straight line between two values: warmup or decay.
    ///
    /// Formula: with `p = clip(t - transition_begin, 0, transition_steps) / transition_steps`, `lr(t) = (init_value - end_value)
    /// * (1 - p) + end_value`.
    ///
    /// First value: `init_value`. Last value: `end_value`, from `transition_begin + transition_steps` on. With
    /// `transition_steps` of 0 or less it stays at `init_value`.
    ///
    /// Source: optax 0.2.8, `optax.linear_schedule`.
    LinearSchedule = "linear_schedule" in Optax;
    /// The LR at the beginning.
    init_value: f64,
    /// The LR at the end.
    end_value: f64,
    /// Steps from one to the other.
    transition_steps: Steps,
    /// Steps before it starts to change.
    transition_begin: Steps = Steps(0.0),
}

counted!(PolynomialSchedule);
counted!(LinearSchedule);

impl PolynomialSchedule {
    fn prepare(&self) -> Prepared {
        let (from, to, power, steps) = (self.init_value, self.end_value, self.power, self.transition_steps.0);
        let begin = self.transition_begin.0.max(0.0);
        if steps <= 0.0 {
            return value(move |_| from);
        }
        value(move |step| {
            let left = 1.0 - (step - begin).clamp(0.0, steps) / steps;
            (from - to) * powered(left, power) + to
        })
    }
}

impl LinearSchedule {
    pub(super) fn prepare(&self) -> Prepared {
        let Self { init_value, end_value, transition_steps, transition_begin } = *self;
        PolynomialSchedule { init_value, end_value, power: 1.0, transition_steps, transition_begin }.prepare()
    }
}

/// jax multiplies out small whole powers.
pub(super) fn powered(base: f64, power: f64) -> f64 {
    match power {
        1.0 => base,
        2.0 => base * base,
        3.0 => base * (base * base),
        _ => base.powf(power),
    }
}

//! `PolynomialDecay`.

use super::{positive, value};
use crate::class::constructor;
use crate::notation::Steps;
use crate::optax::{Prepared, counted};

constructor! {
    /// A power of what is left, down to `end_learning_rate`; over and over with `cycle`.
    ///
    /// Formula: with `p = min(t, decay_steps) / decay_steps`, `lr(t) = (initial_learning_rate - end_learning_rate) * (1 - p) ** power +
    /// end_learning_rate`. With `cycle` the length grows to the next multiple of `decay_steps` each time it is passed.
    ///
    /// First value: `initial_learning_rate`. Last value: `end_learning_rate`, at step `decay_steps` and after.
    ///
    /// Source: Keras 3.15, `keras.optimizers.schedules.PolynomialDecay`.
    PolynomialDecay = "PolynomialDecay" in Keras;
    /// The LR at the beginning.
    initial_learning_rate: f64,
    /// Optimizer steps to the end.
    decay_steps: Steps,
    /// The LR at the end.
    end_learning_rate: f64 = 0.0001,
    /// Exponent.
    power: f64 = 1.0,
    /// Whether it starts again beyond the end.
    cycle: bool = false,
    @ignored "name";
}

counted!(PolynomialDecay);

impl PolynomialDecay {
    fn prepare(&self) -> Prepared {
        let (steps, cycle, power) = (positive("decay_steps", self.decay_steps)?, self.cycle, self.power as f32);
        let (first, last) = (self.initial_learning_rate as f32, self.end_learning_rate as f32);
        value(move |step| {
            let (step, steps) = match (cycle, step) {
                (true, 0.0) => (step, steps),
                (true, _) => (step, steps * (step / steps).ceil()),
                (false, _) => (step.min(steps), steps),
            };
            (first - last) * (1.0 - step / steps).powf(power) + last
        })
    }
}

//! `ExponentialDecay`.

use super::{positive, value};
use crate::class::constructor;
use crate::notation::Steps;
use crate::optax::{Prepared, counted};

constructor! {
    /// A factor per `decay_steps`, smoothly or in stairs.
    ///
    /// Formula: `lr(t) = initial_learning_rate * decay_rate ** (t / decay_steps)`, the exponent rounded down with `staircase`.
    ///
    /// First value: `initial_learning_rate`. `decay_steps` counts optimizer steps, not epochs.
    ///
    /// Source: Keras 3.15, `keras.optimizers.schedules.ExponentialDecay`.
    ExponentialDecay = "ExponentialDecay" in Keras;
    /// The LR at the beginning.
    initial_learning_rate: f64,
    /// Optimizer steps per factor.
    decay_steps: Steps,
    /// The factor.
    decay_rate: f64,
    /// Whether it changes in stairs.
    staircase: bool = false,
    @ignored "name";
}

counted!(ExponentialDecay);

impl ExponentialDecay {
    fn prepare(&self) -> Prepared {
        let (steps, staircase) = (positive("decay_steps", self.decay_steps)?, self.staircase);
        let (first, rate) = (self.initial_learning_rate as f32, self.decay_rate as f32);
        value(move |step| {
            let exponent = if staircase { (step / steps).floor() } else { step / steps };
            first * rate.powf(exponent)
        })
    }
}

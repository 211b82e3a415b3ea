//! `InverseTimeDecay`.

use super::{positive, value};
use crate::class::constructor;
use crate::notation::Steps;
use crate::optax::{Prepared, counted};

constructor! {
    /// One over the time: fast at first, ever slower.
    ///
    /// Formula: `lr(t) = initial_learning_rate / (1 + decay_rate * t / decay_steps)`, the quotient rounded down with `staircase`.
    ///
    /// First value: `initial_learning_rate`.
    ///
    /// Source: Keras 3.15, `keras.optimizers.schedules.InverseTimeDecay`.
    InverseTimeDecay = "InverseTimeDecay" in Keras;
    /// The LR at the beginning.
    initial_learning_rate: f64,
    /// Optimizer steps per unit of time.
    decay_steps: Steps,
    /// What a unit of time adds to the divisor.
    decay_rate: f64,
    /// Whether it changes in stairs.
    staircase: bool = false,
    @ignored "name";
}

counted!(InverseTimeDecay);

impl InverseTimeDecay {
    fn prepare(&self) -> Prepared {
        let (steps, staircase) = (positive("decay_steps", self.decay_steps)?, self.staircase);
        let (first, rate) = (self.initial_learning_rate as f32, self.decay_rate as f32);
        value(move |step| {
            let time = if staircase { (step / steps).floor() } else { step / steps };
            first / (1.0 + rate * time)
        })
    }
}

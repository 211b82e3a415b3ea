//! `exponential_decay`.

use super::{Prepared, counted, value};
use crate::class::constructor;
use crate::notation::Steps;

constructor! {
    /// A factor per `transition_steps`, smoothly or in stairs, down to a bound if wanted.
    ///
    /// Formula: `lr(t) = init_value * decay_rate ** ((t - transition_begin) / transition_steps)`, the exponent rounded down with
    /// `staircase`; bounded by `end_value` from below (from above where `decay_rate` is 1 or more).
    ///
    /// First value: `init_value`, up to `transition_begin`. With `transition_steps` of 0 or less, or a `decay_rate` of 0, it
    /// stays there.
    ///
    /// Source: optax 0.2.8, `optax.exponential_decay`.
    OptaxExponentialDecay = "exponential_decay" in Optax;
    /// The LR at the beginning.
    init_value: f64,
    /// Steps per factor.
    transition_steps: Steps,
    /// The factor.
    decay_rate: f64,
    /// Steps before it starts to change.
    transition_begin: Steps = Steps(0.0),
    /// Whether it changes in stairs.
    staircase: bool = false,
    /// The LR at which it stops.
    end_value: Option<f64> = None,
}

counted!(OptaxExponentialDecay);

impl OptaxExponentialDecay {
    pub(super) fn prepare(&self) -> Prepared {
        let Self { init_value, transition_steps: Steps(steps), decay_rate, staircase, end_value, .. } = *self;
        let begin = self.transition_begin.0.max(0.0);
        if steps <= 0.0 || decay_rate == 0.0 {
            return value(move |_| init_value);
        }
        value(move |step| {
            let since = step - begin;
            let exponent = if staircase { (since / steps).floor() } else { since / steps };
            let decayed = if since <= 0.0 { init_value } else { init_value * decay_rate.powf(exponent) };
            match end_value {
                Some(end_value) if decay_rate < 1.0 => decayed.max(end_value),
                Some(end_value) => decayed.min(end_value),
                None => decayed,
            }
        })
    }
}

//! `PiecewiseConstantDecay`.

use super::value;
use crate::class::constructor;
use crate::error::value_error;
use crate::notation::Argument as _;
use crate::optax::{Prepared, counted};

constructor! {
    /// One value after another.
    ///
    /// Rule: `values[0]` up to and *including* step `boundaries[0]`, then `values[1]` up to and including the next, and so on.
    /// torch's MultiStepLR with the same milestones falls one step earlier.
    ///
    /// Source: Keras 3.15, `keras.optimizers.schedules.PiecewiseConstantDecay`.
    PiecewiseConstantDecay = "PiecewiseConstantDecay" in Keras;
    /// The last step of each value but the last, in ascending order.
    boundaries: Vec<i64>,
    /// The LRs; one more than boundaries.
    values: Vec<f64>,
    @ignored "name";
}

counted!(PiecewiseConstantDecay);

impl PiecewiseConstantDecay {
    fn prepare(&self) -> Prepared {
        let (boundaries, values) = (self.boundaries.clone(), self.values.clone());
        if boundaries.is_empty() || boundaries.len() + 1 != values.len() {
            return Err(value_error(format!(
                "The length of boundaries should be 1 less than the length of values. Received: boundaries={} of length {}, \
                 and values={} of length {}.",
                boundaries.write(),
                boundaries.len(),
                values.write(),
                values.len()
            )));
        }
        value(move |step| {
            let (last, last_value) = (boundaries.len() - 1, values.len() - 1);
            // Keras adds up what each range gives; where boundaries are out of order, ranges overlap or are empty.
            let mut sum = 0.0;
            if step <= boundaries[0] as f32 {
                sum += values[0] as f32;
            }
            if step > boundaries[last] as f32 {
                sum += values[last_value] as f32;
            }
            for (pair, value) in boundaries.windows(2).zip(&values[1..last_value]) {
                if step > pair[0] as f32 && step <= pair[1] as f32 {
                    sum += *value as f32;
                }
            }
            sum
        })
    }
}

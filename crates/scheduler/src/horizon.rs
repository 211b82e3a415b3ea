//! How long a run is.

use serde::{Deserialize, Serialize};

/// The length of a run, as a training loop determines it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Horizon {
    /// Passes over the data.
    pub epochs: usize,
    /// Batches per epoch: `len(loader)`.
    pub batches_per_epoch: usize,
    /// Batches whose gradients are added up before each optimizer step; 1 for none.
    pub accumulation: usize,
}

impl Horizon {
    /// Optimizer steps in one epoch of a loop that steps whenever `(batch + 1) % accumulation == 0`; batches left over
    /// at the end of an epoch make no step.
    pub fn steps_per_epoch(&self) -> usize {
        self.batches_per_epoch / self.accumulation.max(1)
    }

    /// Optimizer steps of the whole run.
    pub fn steps(&self) -> usize {
        self.steps_per_epoch().saturating_mul(self.epochs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leftover_batches_make_no_step() {
        let horizon = Horizon { epochs: 3, batches_per_epoch: 390, accumulation: 4 };
        assert_eq!((horizon.steps_per_epoch(), horizon.steps()), (97, 291));
    }

    #[test]
    fn an_accumulation_of_zero_counts_as_none() {
        assert_eq!(Horizon { epochs: 2, batches_per_epoch: 5, accumulation: 0 }.steps(), 10);
    }
}

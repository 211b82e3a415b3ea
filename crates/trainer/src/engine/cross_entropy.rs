//! The loss and the scores of logits.

use burn_tensor::{Tensor, activation};

/// The cross-entropy of each lane.
pub(super) struct CrossEntropy {
    /// Its mean over the answers, `[lanes, 1, 1]`.
    pub loss: Tensor<3>,
    /// The log-probability of each answer, `[lanes, n, 1]`.
    of_target: Tensor<3>,
    /// All log-probabilities, `[lanes, n, classes]`.
    log_probabilities: Tensor<3>,
}

impl CrossEntropy {
    /// Of logits and one-hot answers, each `[lanes, n, classes]`.
    pub(super) fn new(logits: Tensor<3>, target: Tensor<3>) -> Self {
        let log_probabilities = activation::log_softmax(logits, 2);
        let of_target = (log_probabilities.clone() * target).sum_dim(2);
        Self { loss: of_target.clone().mean_dim(1).neg(), of_target, log_probabilities }
    }

    /// Without gradients.
    pub(super) fn inner(self) -> Self {
        Self {
            loss: self.loss.inner(),
            of_target: self.of_target.inner(),
            log_probabilities: self.log_probabilities.inner(),
        }
    }

    /// Loss and accuracy, `[lanes, 2]`. An answer is right where no class is more probable.
    pub(super) fn scores(self) -> Tensor<2> {
        let lanes = self.loss.dims()[0];
        let best = self.log_probabilities.max_dim(2);
        let right = self.of_target.greater_equal(best).float().mean_dim(1);
        Tensor::cat(vec![self.loss, right], 2).reshape([lanes, 2])
    }
}

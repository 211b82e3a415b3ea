//! What a run trains: the task, the model, the optimizer and the size of the run.
//!
//! Plain data without Burn, so that the page can hold it, a link can carry it and the worker can obey it.

use serde::{Deserialize, Serialize};

/// Everything that is the same in all lanes of a race. What differs is the schedule and the seed ([`crate::Lane`]).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Experiment {
    /// The task to learn and the model that learns it.
    pub task: Task,
    /// The update rule; its learning rate comes from each lane's schedule.
    pub optimizer: Optimizer,
    /// Examples per optimizer step. Every step draws fresh examples, so training accuracy is test accuracy.
    pub batch: usize,
    /// Optimizer steps per lane.
    pub steps: usize,
}

/// A task with its model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Task {
    /// Output a sequence of random tokens in reverse order, with a transformer encoder.
    Reverse(Transformer),
    /// Tell two interleaved spirals apart, with a multi-layer perceptron.
    Spirals(Perceptron),
}

/// A bidirectional transformer encoder with learned positions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Transformer {
    /// Encoder layers.
    pub layers: usize,
    /// Width of the residual stream.
    pub d_model: usize,
    /// Attention heads; divides `d_model`.
    pub heads: usize,
    /// Width of the hidden layer of each feed-forward block.
    pub feed_forward: usize,
    /// Tokens per sequence.
    pub sequence: usize,
    /// Distinct tokens; chance level of the loss is ln(vocabulary).
    pub vocabulary: usize,
    /// Where layer normalisation sits (Xiong et al. 2020, arXiv 2002.04745).
    pub norm: Norm,
}

/// Place of layer normalisation in a transformer block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Norm {
    /// After the residual addition: `norm(x + f(x))`, as in Vaswani et al. 2017.
    Post,
    /// Inside the residual branch: `x + f(norm(x))`.
    Pre,
}

/// A multi-layer perceptron with tanh between layers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Perceptron {
    /// Width of each hidden layer.
    pub hidden: usize,
    /// Number of hidden layers.
    pub layers: usize,
}

/// The update rule, with torch's formulas and defaults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Optimizer {
    /// `torch.optim.SGD`: `m = momentum * m + g; w -= lr * m`.
    Sgd {
        /// 0 is plain SGD.
        momentum: f64,
    },
    /// `torch.optim.Adam`, bias-corrected.
    Adam {
        /// Decay of the first moment.
        beta1: f64,
        /// Decay of the second moment.
        beta2: f64,
        /// Added to the root of the second moment.
        epsilon: f64,
    },
}

impl Task {
    /// How many answers there are to choose from. Guessing costs ln(classes) and is right once in `classes`.
    pub fn classes(&self) -> usize {
        match self {
            Self::Reverse(model) => model.vocabulary,
            Self::Spirals(_) => 2,
        }
    }
}

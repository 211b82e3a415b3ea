//! What the demos on the teacher's task have in common.

use crate::experiment::{Activation, Data, Experiment, Groups, Optimizer, Perceptron, Task, Teacher, Validation};

/// Twenty inputs, ten classes, a perceptron of 64 with ReLU, SGD with momentum 0.9; learned above an accuracy of 0.6, since
/// single labels are at times beyond anybody.
pub(super) fn experiment(layers: usize, noise: f32, data: Data) -> Experiment {
    Experiment {
        task: Task::Teacher(
            Teacher { inputs: 20, classes: 10, noise },
            Perceptron { hidden: 64, layers, activation: Activation::Relu },
        ),
        optimizer: Optimizer::sgd(0.9),
        groups: Groups::ONE,
        clip: None,
        batch: 64,
        steps: 400,
        data,
        validation: Some(Validation { examples: 1024, every: 100 }),
        goal: 0.6,
    }
}

//! SGD and Adam on the weights of all lanes at once, with the formulas of `torch.optim`.

use burn_tensor::{Tensor, TensorData};

use crate::experiment;

/// The state of the update rule, `[lanes, P]` throughout.
#[expect(clippy::large_enum_variant, reason = "a run has one")]
pub(super) enum Optimizer {
    /// `buffer = momentum * buffer + g; w -= lr * buffer`.
    Sgd { buffer: Tensor<2> },
    /// Kingma and Ba 2015 (arXiv 1412.6980), algorithm 1.
    Adam { first: Tensor<2>, second: Tensor<2>, beta2: f64, epsilon: f64, step: i32 },
}

impl Optimizer {
    /// `zeros`: `[lanes, P]`.
    pub(super) fn new(rule: &experiment::Optimizer, zeros: Tensor<2>) -> Self {
        match *rule {
            experiment::Optimizer::Sgd { .. } => Self::Sgd { buffer: zeros },
            experiment::Optimizer::Adam { beta2, epsilon, .. } => {
                Self::Adam { first: zeros.clone(), second: zeros, beta2, epsilon, step: 0 }
            }
        }
    }

    /// The weights after one step. `lr` and `momentum` (SGD's momentum, Adam's beta1) hold one number per lane.
    pub(super) fn update(
        &mut self,
        weights: Tensor<2>,
        gradient: Tensor<2>,
        lr: &[f64],
        momentum: &[f64],
    ) -> Tensor<2> {
        let device = weights.device();
        let per_lane = |values: Vec<f64>| {
            let values: Vec<f32> = values.into_iter().map(|value| value as f32).collect();
            let shape = [values.len(), 1];
            Tensor::<2>::from_data(TensorData::new(values, shape), &device)
        };
        match self {
            Self::Sgd { buffer } => {
                take(buffer, |buffer| buffer * per_lane(momentum.to_vec()) + gradient);
                weights - buffer.clone() * per_lane(lr.to_vec())
            }
            Self::Adam { first, second, beta2, epsilon, step } => {
                *step += 1;
                let keep = momentum.iter().map(|beta1| 1.0 - beta1).collect();
                take(first, |first| first.clone() + (gradient.clone() - first) * per_lane(keep));
                take(second, |second| second * *beta2 + gradient.square() * (1.0 - *beta2));
                // The order of computation at the end of section 2 of the paper, which moves the bias corrections
                // from the tensors to the step size: alpha = lr * sqrt(1 - beta2^t) / (1 - beta1^t).
                let correction2 = (1.0 - beta2.powi(*step)).sqrt();
                let step_size = |(lr, beta1): (&f64, &f64)| lr * correction2 / (1.0 - beta1.powi(*step));
                let step_size = lr.iter().zip(momentum).map(step_size).collect();
                let direction = first.clone() / (second.clone().sqrt() + *epsilon * correction2);
                weights - direction * per_lane(step_size)
            }
        }
    }
}

/// Replaces a tensor by a function of itself that owns it, so that backends can work in place.
fn take(slot: &mut Tensor<2>, function: impl FnOnce(Tensor<2>) -> Tensor<2>) {
    slot.inplace(function);
}

#[cfg(all(test, feature = "cpu"))]
mod tests {
    use super::*;
    use burn_tensor::Device;

    fn tensor(values: [f32; 2]) -> Tensor<2> {
        Tensor::from_data(TensorData::new(values.to_vec(), [2, 1]), &Device::flex())
    }

    fn run(rule: experiment::Optimizer, lr: [f64; 2], momentum: [[f64; 2]; 3]) -> Vec<f32> {
        let mut weights = tensor([1.0, -2.0]);
        let mut optimizer = Optimizer::new(&rule, weights.zeros_like());
        for (gradient, momentum) in [[0.5, 1.0], [-0.25, 3.0], [2.0, -1.0]].into_iter().zip(momentum) {
            weights = optimizer.update(weights, tensor(gradient), &lr, &momentum);
        }
        weights.into_data().try_into_vec_as().unwrap()
    }

    /// The textbook form, in f64 and without any reordering.
    fn adam(mut w: f64, gradients: [f64; 3], lr: f64, beta1: [f64; 3], beta2: f64, epsilon: f64) -> f64 {
        let (mut m, mut v) = (0.0, 0.0);
        for (t, (g, b1)) in gradients.into_iter().zip(beta1).enumerate() {
            let t = t as i32 + 1;
            m = b1 * m + (1.0 - b1) * g;
            v = beta2 * v + (1.0 - beta2) * g * g;
            w -= lr / (1.0 - b1.powi(t)) * m / (v.sqrt() / (1.0 - beta2.powi(t)).sqrt() + epsilon);
        }
        w
    }

    #[test]
    fn sgd_by_hand() {
        // Lane 0: buffers 0.5, 0.2, 2.18, LR 0.1. Lane 1: plain SGD at LR 0.01.
        let weights = run(experiment::Optimizer::Sgd { momentum: 0.9 }, [0.1, 0.01], [[0.9, 0.0]; 3]);
        let expected = [1.0 - 0.1 * (0.5 + 0.2 + 2.18), -2.0 - 0.01 * (1.0 + 3.0 - 1.0)];
        for (weight, expected) in weights.iter().zip(expected) {
            assert!((f64::from(*weight) - expected).abs() < 1e-6, "{weight} {expected}");
        }
    }

    #[test]
    fn adam_is_the_textbook_form_also_with_moving_beta1_and_large_epsilon() {
        let (beta2, epsilon) = (0.99, 0.1);
        let beta1 = [[0.95, 0.9], [0.9, 0.9], [0.85, 0.9]];
        let weights = run(experiment::Optimizer::Adam { beta1: 0.9, beta2, epsilon }, [0.1, 0.01], beta1);
        let expected = [
            adam(1.0, [0.5, -0.25, 2.0], 0.1, [0.95, 0.9, 0.85], beta2, epsilon),
            adam(-2.0, [1.0, 3.0, -1.0], 0.01, [0.9; 3], beta2, epsilon),
        ];
        for (weight, expected) in weights.iter().zip(expected) {
            assert!((f64::from(*weight) - expected).abs() < 1e-6, "{weight} {expected}");
        }
    }
}

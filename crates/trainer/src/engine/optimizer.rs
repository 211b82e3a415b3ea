//! SGD, Adam and AdamW on the weights of all lanes at once, with the formulas of `torch.optim`.

use burn_tensor::Tensor;

use super::cells::{Cell, Cells};
#[cfg(feature = "webgpu")]
use super::fused;
use crate::experiment;

/// The update rule and its state.
pub(super) struct Optimizer {
    rule: experiment::Optimizer,
    /// SGD's momentum buffer, or Adam's first and second moment; each `[lanes, P]`.
    moments: Vec<Tensor<2>>,
    /// Which weights share their numbers.
    cells: Cells,
    /// Updates made.
    step: i32,
}

impl Optimizer {
    /// `zeros`: a tensor `[lanes, P]` of its own for each moment.
    pub(super) fn new(rule: &experiment::Optimizer, cells: Cells, zeros: impl Fn() -> Tensor<2>) -> Self {
        let moments = match rule {
            experiment::Optimizer::Sgd { .. } => vec![zeros()],
            experiment::Optimizer::Adam { .. } | experiment::Optimizer::AdamW { .. } => vec![zeros(), zeros()],
        };
        Self { rule: *rule, moments, cells, step: 0 }
    }

    /// The moments, for a checkpoint.
    pub(super) fn moments(&self) -> &[Tensor<2>] {
        &self.moments
    }

    /// Goes on from the moments after that many updates.
    pub(super) fn restore(&mut self, moments: Vec<Tensor<2>>, step: usize) {
        self.moments = moments;
        self.step = step as i32;
    }

    /// The weights after one step. `clip`: the greatest length of a gradient; `lrs` and `momenta` (SGD's momentum, Adam's beta1)
    /// hold a number for each parameter group of each lane.
    pub(super) fn update(
        &mut self,
        weights: Tensor<2>,
        gradient: Tensor<2>,
        clip: Option<f64>,
        lrs: &[Vec<f64>],
        momenta: &[Vec<f64>],
    ) -> Tensor<2> {
        self.step += 1;
        #[cfg(feature = "webgpu")]
        if fused::runs_where(&weights) {
            self.update_at_once(&weights, gradient, clip, lrs, momenta);
            return weights;
        }
        let gradient = match clip {
            Some(most) => clipped(gradient, most),
            None => gradient,
        };
        match self.rule {
            experiment::Optimizer::Sgd { nesterov, weight_decay, .. } => {
                let gradient = self.penalised(gradient, &weights, weight_decay);
                self.sgd(weights, gradient, (lrs, momenta), nesterov)
            }
            experiment::Optimizer::Adam { beta2, epsilon, weight_decay, .. } => {
                let gradient = self.penalised(gradient, &weights, weight_decay);
                self.adam(weights, gradient, (lrs, momenta), beta2, epsilon)
            }
            experiment::Optimizer::AdamW { beta2, epsilon, weight_decay, .. } => {
                let weights = if weight_decay == 0.0 {
                    weights
                } else {
                    let kept = |lane: usize, cell: Cell| 1.0 - lrs[lane][cell.group] * cell.decay(weight_decay);
                    let kept = self.cells.spread(lrs.len(), kept);
                    weights * kept
                };
                self.adam(weights, gradient, (lrs, momenta), beta2, epsilon)
            }
        }
    }

    fn sgd(
        &mut self,
        weights: Tensor<2>,
        gradient: Tensor<2>,
        (lrs, momenta): (&[Vec<f64>], &[Vec<f64>]),
        nesterov: bool,
    ) -> Tensor<2> {
        let momentum = self.cells.spread(lrs.len(), |lane, cell| momenta[lane][cell.group]);
        let lr = self.cells.spread(lrs.len(), |lane, cell| lrs[lane][cell.group]);
        let buffer = &mut self.moments[0];
        buffer.inplace(|buffer| buffer * momentum.clone() + gradient.clone());
        let direction = if nesterov { gradient + buffer.clone() * momentum } else { buffer.clone() };
        weights - direction * lr
    }

    /// Kingma and Ba 2015 (arXiv 1412.6980), algorithm 1.
    fn adam(
        &mut self,
        weights: Tensor<2>,
        gradient: Tensor<2>,
        (lrs, beta1s): (&[Vec<f64>], &[Vec<f64>]),
        beta2: f64,
        epsilon: f64,
    ) -> Tensor<2> {
        let keep = self.cells.spread(lrs.len(), |lane, cell| 1.0 - beta1s[lane][cell.group]);
        let correction2 = self.correction2(beta2);
        let step_size =
            |lane: usize, cell: Cell| self.step_size(lrs[lane][cell.group], beta1s[lane][cell.group], beta2);
        let step_size = self.cells.spread(lrs.len(), step_size);
        let [first, second] = &mut self.moments[..] else { return weights };
        first.inplace(|first| first.clone() + (gradient.clone() - first) * keep);
        second.inplace(|second| second * beta2 + gradient.square() * (1.0 - beta2));
        weights - first.clone() / (second.clone().sqrt() + epsilon * correction2) * step_size
    }

    /// Adam's step size, in the order of computation at the end of section 2 of the paper, which moves the bias corrections
    /// from the tensors to it: alpha = lr * sqrt(1 - beta2^t) / (1 - beta1^t).
    fn step_size(&self, lr: f64, beta1: f64, beta2: f64) -> f64 {
        lr * self.correction2(beta2) / (1.0 - beta1.powi(self.step))
    }

    /// What epsilon is multiplied by in that order.
    fn correction2(&self, beta2: f64) -> f64 {
        (1.0 - beta2.powi(self.step)).sqrt()
    }

    /// As [`update`](Self::update), of weights and moments where they lie.
    #[cfg(feature = "webgpu")]
    fn update_at_once(
        &self,
        weights: &Tensor<2>,
        gradient: Tensor<2>,
        clip: Option<f64>,
        lrs: &[Vec<f64>],
        momenta: &[Vec<f64>],
    ) {
        let numbers = |lane: usize, cell: Cell| -> [f64; fused::NUMBERS] {
            let (lr, momentum) = (lrs[lane][cell.group], momenta[lane][cell.group]);
            match self.rule {
                experiment::Optimizer::Sgd { weight_decay, .. } => {
                    [lr, momentum, cell.decay(weight_decay), 1.0, 0.0, 0.0]
                }
                experiment::Optimizer::Adam { beta2, epsilon, weight_decay, .. } => [
                    self.step_size(lr, momentum, beta2),
                    1.0 - momentum,
                    cell.decay(weight_decay),
                    1.0,
                    epsilon * self.correction2(beta2),
                    beta2,
                ],
                experiment::Optimizer::AdamW { beta2, epsilon, weight_decay, .. } => [
                    self.step_size(lr, momentum, beta2),
                    1.0 - momentum,
                    0.0,
                    1.0 - lr * cell.decay(weight_decay),
                    epsilon * self.correction2(beta2),
                    beta2,
                ],
            }
        };
        let rule = match self.rule {
            experiment::Optimizer::Sgd { nesterov, .. } => fused::Rule::Sgd { nesterov },
            experiment::Optimizer::Adam { .. } | experiment::Optimizer::AdamW { .. } => fused::Rule::Adam,
        };
        let update = fused::Update {
            rule,
            factors: clip.map(|most| fused::clip_factors(&gradient, most)),
            gradient,
            of_weight: self.cells.of_weight(),
            numbers: self.cells.table(lrs.len(), numbers),
            moments: &self.moments,
        };
        update.apply(weights);
    }

    /// The gradient of the loss with an L2 penalty.
    fn penalised(&self, gradient: Tensor<2>, weights: &Tensor<2>, weight_decay: f64) -> Tensor<2> {
        if weight_decay == 0.0 {
            gradient
        } else if self.cells.all_decay() {
            gradient + weights.clone() * weight_decay
        } else {
            gradient + weights.clone() * self.cells.spread(1, |_, cell| cell.decay(weight_decay))
        }
    }
}

/// `torch.nn.utils.clip_grad_norm_`, each lane by its own norm: no lane's gradient is longer than `most`.
fn clipped(gradient: Tensor<2>, most: f64) -> Tensor<2> {
    let norm = gradient.clone().square().sum_dim(1).sqrt();
    let coefficient = (norm + 1e-6).recip() * most;
    gradient * coefficient.clamp_max(1.0)
}

#[cfg(all(test, feature = "cpu"))]
mod tests {
    use super::*;
    use crate::engine::parameters::{Init, Parameters};
    use crate::experiment::Groups;
    use burn_tensor::{Device, TensorData};

    fn tensor(values: [f32; 2]) -> Tensor<2> {
        Tensor::from_data(TensorData::new(values.to_vec(), [2, 1]), &Device::flex())
    }

    fn run(rule: experiment::Optimizer, lr: [f64; 2], momentum: [[f64; 2]; 3]) -> Vec<f32> {
        let mut weights = tensor([1.0, -2.0]);
        let mut parameters = Parameters::new();
        parameters.push(1, 1, Init::Normal);
        let cells = Cells::new(&parameters, &Groups::ONE, &Device::flex());
        let mut optimizer = Optimizer::new(&rule, cells, || tensor([0.0, 0.0]));
        let one_group = |values: [f64; 2]| values.map(|value| vec![value]);
        for (gradient, momentum) in [[0.5, 1.0], [-0.25, 3.0], [2.0, -1.0]].into_iter().zip(momentum) {
            weights = optimizer.update(weights, tensor(gradient), None, &one_group(lr), &one_group(momentum));
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
        let weights = run(experiment::Optimizer::sgd(0.9), [0.1, 0.01], [[0.9, 0.0]; 3]);
        let expected = [1.0 - 0.1 * (0.5 + 0.2 + 2.18), -2.0 - 0.01 * (1.0 + 3.0 - 1.0)];
        for (weight, expected) in weights.iter().zip(expected) {
            assert!((f64::from(*weight) - expected).abs() < 1e-6, "{weight} {expected}");
        }
    }

    #[test]
    fn adam_is_the_textbook_form_also_with_moving_beta1_and_large_epsilon() {
        let (beta2, epsilon) = (0.99, 0.1);
        let beta1 = [[0.95, 0.9], [0.9, 0.9], [0.85, 0.9]];
        let weights =
            run(experiment::Optimizer::Adam { beta1: 0.9, beta2, epsilon, weight_decay: 0.0 }, [0.1, 0.01], beta1);
        let expected = [
            adam(1.0, [0.5, -0.25, 2.0], 0.1, [0.95, 0.9, 0.85], beta2, epsilon),
            adam(-2.0, [1.0, 3.0, -1.0], 0.01, [0.9; 3], beta2, epsilon),
        ];
        for (weight, expected) in weights.iter().zip(expected) {
            assert!((f64::from(*weight) - expected).abs() < 1e-6, "{weight} {expected}");
        }
    }
    #[test]
    fn nesterov_looks_one_step_ahead() {
        let rule = experiment::Optimizer::Sgd { momentum: 0.9, nesterov: true, weight_decay: 0.0 };
        // Buffers 0.5, 0.2, 2.18 and directions g + 0.9 * buffer.
        let weights = run(rule, [0.1, 0.1], [[0.9, 0.9]; 3]);
        let expected = 1.0 - 0.1 * ((0.5 + 0.45) + (-0.25 + 0.18) + (2.0 + 0.9 * 2.18));
        assert!((f64::from(weights[0]) - expected).abs() < 1e-6, "{weights:?} {expected}");
    }

    #[test]
    fn weight_decay_is_in_the_gradient_of_sgd_and_beside_it_in_adam_w() {
        let sgd = experiment::Optimizer::Sgd { momentum: 0.0, nesterov: false, weight_decay: 0.5 };
        let weights = run(sgd, [0.1, 0.1], [[0.0; 2]; 3]);
        let mut expected = 1.0;
        for gradient in [0.5, -0.25, 2.0] {
            expected -= 0.1 * (gradient + 0.5 * expected);
        }
        assert!((f64::from(weights[0]) - expected).abs() < 1e-6, "{weights:?} {expected}");
        let adam_w = experiment::Optimizer::AdamW { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weight_decay: 0.5 };
        let adam_rule = experiment::Optimizer::Adam { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weight_decay: 0.0 };
        let (decayed, plain) = (run(adam_w, [0.1, 0.0], [[0.9; 2]; 3]), run(adam_rule, [0.1, 0.0], [[0.9; 2]; 3]));
        // Shrinking comes before the update: w3 = ((w0 k - u1) k - u2) k - u3 with k = 1 - lr * weight_decay.
        assert!(decayed[0] < plain[0] && decayed[1] == plain[1], "{decayed:?} {plain:?}");
    }

    #[test]
    fn a_long_gradient_is_cut_to_length_and_a_short_one_is_left() {
        let gradient = Tensor::<2>::from_data(TensorData::new(vec![3.0f32, 4.0, 0.3, 0.4], [2, 2]), &Device::flex());
        let clipped: Vec<f32> = clipped(gradient, 1.0).into_data().try_into_vec_as().unwrap();
        for (value, expected) in clipped.iter().zip([0.6, 0.8, 0.3, 0.4]) {
            assert!((value - expected).abs() < 1e-6, "{clipped:?}");
        }
    }
}

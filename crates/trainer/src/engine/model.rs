//! The models: their weights and their forward pass.

use burn_tensor::{Tensor, activation};

use super::layers::{attention, convolution, layer_norm, linear, max_pool};
use super::parameters::{Init, Parameters};
use crate::experiment::{Activation, CLASSES, Convolutional, Norm, Part, Perceptron, SIDE, Task, Transformer};

/// The model of a task.
pub(super) struct Model {
    task: Task,
    parameters: Parameters,
}

/// Hands out weights in the order in which they were declared.
struct Weights<'a>(std::slice::Iter<'a, Tensor<3>>);

impl Weights<'_> {
    fn next(&mut self) -> Tensor<3> {
        self.0.next().expect("the forward pass takes as many weights as the model declares").clone()
    }
}

impl Model {
    pub(super) fn new(task: &Task) -> Self {
        let mut parameters = Parameters::new();
        match task {
            Task::Tokens(_, model) => declare_transformer(model, &mut parameters),
            Task::Images(_, model) => declare_convolutional(model, &mut parameters),
            Task::Points(_, model) | Task::Teacher(_, model) => {
                declare_perceptron(model, (task.width(), task.classes()), &mut parameters);
            }
        }
        Self { task: task.clone(), parameters }
    }

    pub(super) fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    #[cfg(feature = "webgpu")]
    pub(super) fn task(&self) -> &Task {
        &self.task
    }

    /// Logits `[lanes, n, classes]` of inputs `[lanes, n, width]`.
    pub(super) fn forward(&self, weights: &[Tensor<3>], input: Tensor<3>) -> Tensor<3> {
        let mut weights = Weights(weights.iter());
        match &self.task {
            Task::Tokens(_, model) => transformer(model, &mut weights, input),
            Task::Images(..) => convolutional(&mut weights, input),
            Task::Points(_, model) | Task::Teacher(_, model) => perceptron(model, &mut weights, input),
        }
    }
}

fn declare_norm(d: usize, parameters: &mut Parameters) {
    parameters.push_vector(d, Init::Constant(1.0));
    parameters.push_vector(d, Init::Constant(0.0));
}

fn declare_linear(from: usize, to: usize, init: Init, parameters: &mut Parameters) {
    parameters.push(from, to, init);
    parameters.push_vector(to, Init::Constant(0.0));
}

fn declare_transformer(model: &Transformer, parameters: &mut Parameters) {
    let d = model.d_model;
    parameters.push(model.vocabulary, d, Init::Normal);
    parameters.push(model.sequence, d, Init::Normal);
    parameters.begin(Part::Hidden);
    for _ in 0..model.layers {
        (0..4).for_each(|_| parameters.push(d, d, Init::XavierUniform));
        declare_norm(d, parameters);
        declare_linear(d, model.feed_forward, Init::XavierUniform, parameters);
        declare_linear(model.feed_forward, d, Init::XavierUniform, parameters);
        declare_norm(d, parameters);
    }
    if model.norm == Norm::Pre {
        declare_norm(d, parameters);
    }
    parameters.begin(Part::Output);
    declare_linear(d, model.vocabulary, Init::XavierUniform, parameters);
}

/// `input`: one-hot tokens `[lanes, batch * sequence, vocabulary]`. A product with a one-hot matrix is an embedding
/// whose gradient is a product again; looking rows up would be a scatter, which GPUs do slowly.
fn transformer(model: &Transformer, weights: &mut Weights, input: Tensor<3>) -> Tensor<3> {
    let [lanes, rows, _] = input.dims();
    let (sequence, d) = (model.sequence, model.d_model);
    let tokens = input.matmul(weights.next()).reshape([lanes, rows / sequence, sequence, d]);
    let positions = weights.next().reshape([lanes, 1, sequence, d]);
    let mut x = (tokens + positions).reshape([lanes, rows, d]);
    for _ in 0..model.layers {
        let projections = std::array::from_fn(|_| weights.next());
        let (gain, bias) = (weights.next(), weights.next());
        x = residual(model.norm, x, gain, bias, |x| attention(x, projections, sequence, model.heads));
        let [weight1, bias1, weight2, bias2] = std::array::from_fn(|_| weights.next());
        let (gain, bias) = (weights.next(), weights.next());
        let feed_forward = |x| linear(activation::relu(linear(x, weight1, bias1)), weight2, bias2);
        x = residual(model.norm, x, gain, bias, feed_forward);
    }
    if model.norm == Norm::Pre {
        x = layer_norm(x, weights.next(), weights.next());
    }
    linear(x, weights.next(), weights.next())
}

fn residual(
    norm: Norm,
    x: Tensor<3>,
    gain: Tensor<3>,
    bias: Tensor<3>,
    branch: impl FnOnce(Tensor<3>) -> Tensor<3>,
) -> Tensor<3> {
    match norm {
        Norm::Post => layer_norm(x.clone() + branch(x), gain, bias),
        Norm::Pre => x.clone() + branch(layer_norm(x, gain, bias)),
    }
}

/// `ends`: numbers per input and per output.
fn declare_perceptron(model: &Perceptron, ends: (usize, usize), parameters: &mut Parameters) {
    let init = match model.activation {
        Activation::Tanh => Init::XavierUniform,
        Activation::Relu => Init::KaimingUniform,
    };
    let mut width = ends.0;
    for _ in 0..model.layers {
        declare_linear(width, model.hidden, init, parameters);
        parameters.begin(Part::Hidden);
        width = model.hidden;
    }
    parameters.begin(Part::Output);
    declare_linear(width, ends.1, Init::XavierUniform, parameters);
}

/// `input`: `[lanes, batch, width]`.
fn perceptron(model: &Perceptron, weights: &mut Weights, input: Tensor<3>) -> Tensor<3> {
    let mut x = input;
    for _ in 0..model.layers {
        x = linear(x, weights.next(), weights.next());
        x = match model.activation {
            Activation::Tanh => activation::tanh(x),
            Activation::Relu => activation::relu(x),
        };
    }
    linear(x, weights.next(), weights.next())
}

/// Pixels along each side after both convolutions and poolings: 14, 12, 6, 4, 2.
const LAST_SIDE: usize = ((SIDE - 2) / 2 - 2) / 2;

fn declare_convolutional(model: &Convolutional, parameters: &mut Parameters) {
    let channels = model.channels;
    declare_linear(9, channels, Init::KaimingUniform, parameters);
    parameters.begin(Part::Hidden);
    declare_linear(9 * channels, 2 * channels, Init::KaimingUniform, parameters);
    parameters.begin(Part::Output);
    declare_linear(LAST_SIDE * LAST_SIDE * 2 * channels, CLASSES, Init::XavierUniform, parameters);
}

/// `input`: `[lanes, batch, SIDE * SIDE]`.
fn convolutional(weights: &mut Weights, input: Tensor<3>) -> Tensor<3> {
    let [lanes, batch, _] = input.dims();
    let mut x = input.reshape([lanes * batch, SIDE, SIDE, 1]);
    for _ in 0..2 {
        x = max_pool(convolution(x, weights.next(), weights.next()));
        x = activation::relu(x);
    }
    let [_, height, width, channels] = x.dims();
    linear(x.reshape([lanes, batch, height * width * channels]), weights.next(), weights.next())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Experiment;
    use crate::presets;

    #[test]
    fn the_bounds_of_a_run_count_the_weights_that_a_model_has() {
        let usual = Task::all().into_iter();
        let of_presets = presets::all().into_iter().map(|preset| preset.experiment.task);
        for mut task in usual.chain(of_presets) {
            for norm in [Norm::Post, Norm::Pre] {
                task.set_norm(norm);
                let experiment = Experiment { task: task.clone(), ..presets::warmup().experiment };
                assert_eq!(experiment.weights(), Model::new(&task).parameters().len(), "{task}");
            }
        }
    }
}

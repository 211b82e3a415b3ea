//! Forward and backward pass of a perceptron, layer by layer.

use burn_cubecl::tensor::CubeTensor;
use burn_tensor::Tensor;

use super::linear::Linear;
use super::product::Finish;
use super::{Weights, buffer, cross_entropy, empty, tensor};
use crate::experiment::{Activation, Perceptron};

/// The gradient of each lane's loss, `[lanes, P]`, and loss and accuracy, `[lanes, 2]`.
///
/// `ends`: numbers per input and per output; `input` and one-hot `target`: `[lanes, n, ...]`.
pub(in super::super) fn gradient(
    model: &Perceptron,
    ends: (usize, usize),
    weights: &Weights,
    input: Tensor<3>,
    target: Tensor<3>,
) -> (Tensor<2>, Tensor<2>) {
    let [lanes, rows, _] = input.dims();
    let activation = model.activation;
    let layers = layers(model, ends, rows, weights.length);

    let mut values: Vec<CubeTensor> = vec![buffer(input)];
    for (number, layer) in layers.iter().enumerate() {
        let finish = match activation {
            _ if number + 1 == layers.len() => Finish::Plain,
            Activation::Tanh => Finish::Tanh,
            Activation::Relu => Finish::Relu,
        };
        let out = empty(&weights.plain, [lanes, rows, layer.to]);
        layer.forward(finish).launch(lanes, &values[number], &weights.plain, None, &out);
        values.push(out);
    }
    let logits = values.pop().expect("a perceptron has an output layer");

    let (slopes, scores) = cross_entropy(tensor(logits), target);
    let mut slopes = buffer(slopes);
    let gradient = empty(&weights.plain, [lanes, weights.length]);
    let slope = match activation {
        Activation::Tanh => Finish::SlopeOfTanh,
        Activation::Relu => Finish::SlopeOfRelu,
    };
    for (number, layer) in layers.iter().enumerate().rev() {
        layer.of_weights().launch(lanes, &values[number], &slopes, None, &gradient);
        if number > 0 {
            let before = empty(&weights.plain, [lanes, rows, layer.from]);
            layer.of_input(slope).launch(lanes, &slopes, &weights.transposed, Some(&values[number]), &before);
            slopes = before;
        }
    }
    (tensor(gradient), scores)
}

fn layers(model: &Perceptron, ends: (usize, usize), rows: usize, length: usize) -> Vec<Linear> {
    let hidden = std::iter::repeat_n(model.hidden, model.layers);
    let widths: Vec<usize> = std::iter::once(ends.0).chain(hidden).chain([ends.1]).collect();
    let mut start = 0;
    let layer = |ends: &[usize]| {
        let layer = Linear { from: ends[0], to: ends[1], rows, start, length, has_bias: true };
        start += layer.size();
        layer
    };
    widths.windows(2).map(layer).collect()
}

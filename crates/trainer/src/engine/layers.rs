//! Layers on tensors with a leading lane axis.

use burn_tensor::{Tensor, activation};

/// Added to the variance, torch's default for `LayerNorm`.
pub(super) const LAYER_NORM_EPSILON: f64 = 1e-5;

/// Layer normalisation over the last axis (Ba et al. 2016, arXiv 1607.06450).
///
/// `x`: `[lanes, n, d]`; `gain` and `bias`: `[lanes, 1, d]`.
pub(super) fn layer_norm(x: Tensor<3>, gain: Tensor<3>, bias: Tensor<3>) -> Tensor<3> {
    let centered = x.clone() - x.mean_dim(2);
    let variance = centered.clone().square().mean_dim(2);
    centered / (variance + LAYER_NORM_EPSILON).sqrt() * gain + bias
}

/// Multi-head self-attention without biases and without mask (Vaswani et al. 2017, arXiv 1706.03762, section 3.2).
///
/// `x`: `[lanes, batch * sequence, d]`; `weights`: query, key, value and output, each `[lanes, d, d]`.
pub(super) fn attention(x: Tensor<3>, weights: [Tensor<3>; 4], sequence: usize, heads: usize) -> Tensor<3> {
    let [lanes, rows, d] = x.dims();
    let width = d / heads;
    let [query, key, value, output] = weights;
    let split = |x: Tensor<3>| x.reshape([lanes * rows / sequence, sequence, heads, width]).swap_dims(1, 2);
    // Scaling the queries is cheaper than scaling the scores.
    let query = split(x.clone().matmul(query) * (width as f64).sqrt().recip());
    let key = split(x.clone().matmul(key)).swap_dims(2, 3);
    let value = split(x.matmul(value));
    let mixed = activation::softmax(query.matmul(key), 3).matmul(value);
    mixed.swap_dims(1, 2).reshape([lanes, rows, d]).matmul(output)
}

/// `x * weight + bias`; `x`: `[lanes, n, in]`, `weight`: `[lanes, in, out]`, `bias`: `[lanes, 1, out]`.
pub(super) fn linear(x: Tensor<3>, weight: Tensor<3>, bias: Tensor<3>) -> Tensor<3> {
    x.matmul(weight) + bias
}

/// Convolution of 3 by 3 without padding, as a product with all patches. Ten lanes of batch 32 with 8 channels made 64 steps/s
/// so and 43 with one grouped convolution (burn-flex 0.22, one core).
///
/// `x`: `[lanes * n, height, width, in]`; `weight`: `[lanes, 9 * in, out]`, rows by row and column of the kernel, then channel;
/// `bias`: `[lanes, 1, out]`. Returns `[lanes * n, height - 2, width - 2, out]`.
pub(super) fn convolution(x: Tensor<4>, weight: Tensor<3>, bias: Tensor<3>) -> Tensor<4> {
    let [images, height, width, _] = x.dims();
    let [lanes, taps, out] = weight.dims();
    let (height, width) = (height - 2, width - 2);
    let columns = (0..3).map(|column| x.clone().narrow(2, column, width)).collect();
    let columns = Tensor::cat(columns, 3);
    let rows = (0..3).map(|row| columns.clone().narrow(1, row, height)).collect();
    let patches = Tensor::cat(rows, 3).reshape([lanes, images / lanes * height * width, taps]);
    linear(patches, weight, bias).reshape([images, height, width, out])
}

/// The greatest of every 2 by 2 pixels; `x`: `[n, height, width, channels]`, of even height and width.
pub(super) fn max_pool(x: Tensor<4>) -> Tensor<4> {
    let [images, height, width, channels] = x.dims();
    let greater = |x: Tensor<3>| x.clone().narrow(1, 0, 1).max_pair(x.narrow(1, 1, 1));
    let rows = greater(x.reshape([images * height / 2, 2, width * channels]));
    let pixels = greater(rows.reshape([images * height / 2 * width / 2, 2, channels]));
    pixels.reshape([images, height / 2, width / 2, channels])
}

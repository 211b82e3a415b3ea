//! Forward and backward pass of the transformer encoder, kernel by kernel.

use burn_cubecl::tensor::CubeTensor;
use burn_tensor::Tensor;

use super::attention::{Attended, Attention};
use super::column_sums::ColumnSums;
use super::layer_norm::{LayerNorm, Normed};
use super::linear::Linear;
use super::product::{Bias, Finish, Matrix, Product};
use super::{Weights, buffer, cross_entropy, empty, tensor};
use crate::experiment::{Norm, Transformer};

/// The gradient of each lane's loss, `[lanes, P]`, and loss and accuracy, `[lanes, 2]`.
///
/// `input`: one-hot tokens `[lanes, batch * sequence, vocabulary]`; `target`: one-hot answers of the same shape.
pub(in super::super) fn gradient(
    model: &Transformer,
    weights: &Weights,
    input: Tensor<3>,
    target: Tensor<3>,
) -> (Tensor<2>, Tensor<2>) {
    let [lanes, rows, _] = input.dims();
    let input = buffer(input);
    let gradient = empty(&weights.plain, [lanes, weights.length]);
    let pass = Pass { lanes, rows, d: model.d_model, norm: model.norm, weights, gradient };
    let places = Places::new(model, &pass);

    let mut x = pass.product(pass.embedding(model), &input, &weights.plain, None, model.d_model);
    let mut passed = Vec::new();
    for block in &places.blocks {
        let (out, kept) = pass.forward(block, x);
        passed.push(kept);
        x = out;
    }
    let last = places.last.map(|norm| norm.forward(lanes, &x, weights));
    let seen = last.as_ref().map_or(&x, |last| &last.out);
    let head = places.head;
    let logits = pass.product(head.forward(Finish::Plain), seen, &weights.plain, None, head.to);

    let (slopes, scores) = cross_entropy(tensor(logits), target);
    let slopes = buffer(slopes);
    head.of_weights().launch(lanes, seen, &slopes, None, &pass.gradient);
    let mut slopes = pass.product(head.of_input(Finish::Plain), &slopes, &weights.transposed, None, head.from);
    if let (Some(norm), Some(last)) = (places.last, &last) {
        slopes = norm.backward(lanes, last, &slopes, None, weights, &pass.gradient);
    }
    for (block, kept) in places.blocks.iter().zip(&passed).rev() {
        slopes = pass.backward(block, kept, &slopes);
    }
    let tokens = Matrix::alone(rows, model.vocabulary).transposed();
    let out = Matrix::new(0, weights.length, model.d_model);
    Product::new([model.vocabulary, rows, model.d_model], tokens, Matrix::alone(rows, model.d_model), out).launch(
        lanes,
        &input,
        &slopes,
        None,
        &pass.gradient,
    );
    // Of every sequence the same positions.
    let positions = ColumnSums {
        rows: rows / model.sequence,
        columns: model.sequence * model.d_model,
        start: model.vocabulary * model.d_model,
        length: weights.length,
    };
    positions.launch(lanes, &slopes, None, &pass.gradient);
    (tensor(pass.gradient), scores)
}

/// Where the weights lie: in the order in which the model declares them.
struct Places {
    blocks: Vec<Block>,
    last: Option<LayerNorm>,
    head: Linear,
}

/// A layer of the encoder.
struct Block {
    /// Where the matrices of queries, keys and values begin, one after the other.
    qkv: usize,
    attention: Attention,
    output: Linear,
    norm1: LayerNorm,
    wide: Linear,
    narrow: Linear,
    norm2: LayerNorm,
}

impl Places {
    fn new(model: &Transformer, pass: &Pass) -> Self {
        let (rows, length, d) = (pass.rows, pass.weights.length, model.d_model);
        let mut start = (model.vocabulary + model.sequence) * d;
        let linear = |start: &mut usize, from: usize, to: usize, has_bias: bool| {
            let linear = Linear { from, to, rows, start: *start, length, has_bias };
            *start += linear.size();
            linear
        };
        let norm = |start: &mut usize| {
            let norm = LayerNorm { rows, width: d, start: *start, length };
            *start += norm.size();
            norm
        };
        let attention = Attention { rows, sequence: model.sequence, heads: model.heads, width: d / model.heads };
        let blocks = (0..model.layers).map(|_| {
            let qkv = start;
            start += 3 * d * d;
            Block {
                qkv,
                attention,
                output: linear(&mut start, d, d, false),
                norm1: norm(&mut start),
                wide: linear(&mut start, d, model.feed_forward, true),
                narrow: linear(&mut start, model.feed_forward, d, true),
                norm2: norm(&mut start),
            }
        });
        let blocks = blocks.collect();
        let last = (model.norm == Norm::Pre).then(|| norm(&mut start));
        Self { blocks, last, head: linear(&mut start, d, model.vocabulary, true) }
    }
}

/// What the forward pass of a block leaves for the backward pass.
struct Kept {
    norm1: Normed,
    norm2: Normed,
    attention: OfAttention,
    feed_forward: OfFeedForward,
}

struct OfAttention {
    input: CubeTensor,
    qkv: CubeTensor,
    attended: Attended,
}

struct OfFeedForward {
    input: CubeTensor,
    hidden: CubeTensor,
}

/// One step of all lanes.
struct Pass<'a> {
    lanes: usize,
    /// Positions of all sequences of a lane.
    rows: usize,
    d: usize,
    norm: Norm,
    weights: &'a Weights,
    /// `[lanes, P]`.
    gradient: CubeTensor,
}

impl Pass<'_> {
    /// A product of so many columns, in a new buffer.
    fn product(
        &self,
        product: Product,
        left: &CubeTensor,
        right: &CubeTensor,
        also: Option<&CubeTensor>,
        columns: usize,
    ) -> CubeTensor {
        let out = empty(left, [self.lanes, self.rows, columns]);
        product.launch(self.lanes, left, right, also, &out);
        out
    }

    /// Tokens times their embeddings, and the embeddings of positions.
    fn embedding(&self, model: &Transformer) -> Product {
        let d = self.d;
        let (tokens, out) = (Matrix::alone(self.rows, model.vocabulary), Matrix::alone(self.rows, d));
        let embeddings = Matrix::new(0, self.weights.length, d);
        let bias = Some(Bias { start: model.vocabulary * d, rows: model.sequence });
        Product { bias, ..Product::new([self.rows, model.vocabulary, d], tokens, embeddings, out) }
    }

    fn forward(&self, block: &Block, x: CubeTensor) -> (CubeTensor, Kept) {
        let (x, norm1, attention) = self.branch(block.norm1, x, |input, also| self.attend(block, input, also));
        let (x, norm2, feed_forward) = self.branch(block.norm2, x, |input, also| self.feed(block, input, also));
        (x, Kept { norm1, norm2, attention, feed_forward })
    }

    fn backward(&self, block: &Block, kept: &Kept, slopes: &CubeTensor) -> CubeTensor {
        let slopes = self.branch_backward(block.norm2, &kept.norm2, slopes, |slopes, also| {
            self.feed_backward(block, &kept.feed_forward, slopes, also)
        });
        self.branch_backward(block.norm1, &kept.norm1, &slopes, |slopes, also| {
            self.attend_backward(block, &kept.attention, slopes, also)
        })
    }

    /// `x` and a branch of it, with the norm after them or in the branch. `inner` is given what goes in and what is added.
    fn branch<K>(
        &self,
        norm: LayerNorm,
        x: CubeTensor,
        inner: impl Fn(CubeTensor, &CubeTensor) -> (CubeTensor, K),
    ) -> (CubeTensor, Normed, K) {
        match self.norm {
            Norm::Post => {
                let (out, kept) = inner(x.clone(), &x);
                let normed = norm.forward(self.lanes, &out, self.weights);
                (normed.out.clone(), normed, kept)
            }
            Norm::Pre => {
                let normed = norm.forward(self.lanes, &x, self.weights);
                let (out, kept) = inner(normed.out.clone(), &x);
                (out, normed, kept)
            }
        }
    }

    /// `inner` is given the slopes of what came out of the branch, and what is to be added to those of what went in.
    fn branch_backward(
        &self,
        norm: LayerNorm,
        normed: &Normed,
        slopes: &CubeTensor,
        inner: impl Fn(&CubeTensor, Option<&CubeTensor>) -> CubeTensor,
    ) -> CubeTensor {
        let through = |slopes: &CubeTensor, also: Option<&CubeTensor>| {
            norm.backward(self.lanes, normed, slopes, also, self.weights, &self.gradient)
        };
        match self.norm {
            Norm::Post => {
                let slopes = through(slopes, None);
                inner(&slopes, Some(&slopes))
            }
            Norm::Pre => through(&inner(slopes, None), Some(slopes)),
        }
    }

    fn attend(&self, block: &Block, input: CubeTensor, also: &CubeTensor) -> (CubeTensor, OfAttention) {
        let (rows, d) = (self.rows, self.d);
        let matrices = Matrix::new(block.qkv, self.weights.length, d).parts(d * d);
        let product = Product { parts: 3, ..Product::new([rows, d, d], Matrix::alone(rows, d), matrices, self.qkv()) };
        let qkv = empty(&input, [self.lanes, 3, rows, d]);
        product.launch(self.lanes, &input, &self.weights.plain, None, &qkv);
        let attended = block.attention.forward(self.lanes, &qkv);
        let output = block.output.forward(Finish::Add);
        let out = self.product(output, &attended.mixed, &self.weights.plain, Some(also), d);
        (out, OfAttention { input, qkv, attended })
    }

    fn attend_backward(
        &self,
        block: &Block,
        kept: &OfAttention,
        slopes: &CubeTensor,
        also: Option<&CubeTensor>,
    ) -> CubeTensor {
        let (rows, d) = (self.rows, self.d);
        block.output.of_weights().launch(self.lanes, &kept.attended.mixed, slopes, None, &self.gradient);
        let mixed = self.product(block.output.of_input(Finish::Plain), slopes, &self.weights.transposed, None, d);
        let qkv = block.attention.backward(self.lanes, &kept.qkv, &kept.attended, &mixed);

        let matrices = Matrix::new(block.qkv, self.weights.length, d);
        let input = Matrix::alone(rows, d).transposed();
        Product { parts: 3, ..Product::new([d, rows, d], input, self.qkv(), matrices.parts(d * d)) }.launch(
            self.lanes,
            &kept.input,
            &qkv,
            None,
            &self.gradient,
        );
        let slopes = Matrix { part_stride: 0, ..self.qkv() }.turns(rows * d);
        let product = Product {
            turns: 3,
            finish: if also.is_some() { Finish::Add } else { Finish::Plain },
            ..Product::new([rows, d, d], slopes, matrices.turns(d * d), Matrix::alone(rows, d))
        };
        self.product(product, &qkv, &self.weights.transposed, also, d)
    }

    /// Queries, keys and values of a lane.
    fn qkv(&self) -> Matrix {
        Matrix::new(0, 3 * self.rows * self.d, self.d).parts(self.rows * self.d)
    }

    fn feed(&self, block: &Block, input: CubeTensor, also: &CubeTensor) -> (CubeTensor, OfFeedForward) {
        let weights = &self.weights.plain;
        let hidden = self.product(block.wide.forward(Finish::Relu), &input, weights, None, block.wide.to);
        let out = self.product(block.narrow.forward(Finish::Add), &hidden, weights, Some(also), self.d);
        (out, OfFeedForward { input, hidden })
    }

    fn feed_backward(
        &self,
        block: &Block,
        kept: &OfFeedForward,
        slopes: &CubeTensor,
        also: Option<&CubeTensor>,
    ) -> CubeTensor {
        let (wide, narrow, transposed) = (&block.wide, &block.narrow, &self.weights.transposed);
        narrow.of_weights().launch(self.lanes, &kept.hidden, slopes, None, &self.gradient);
        let of_hidden = narrow.of_input(Finish::SlopeOfRelu);
        let of_hidden = self.product(of_hidden, slopes, transposed, Some(&kept.hidden), wide.to);
        wide.of_weights().launch(self.lanes, &kept.input, &of_hidden, None, &self.gradient);
        let finish = if also.is_some() { Finish::Add } else { Finish::Plain };
        self.product(wide.of_input(finish), &of_hidden, transposed, also, self.d)
    }
}

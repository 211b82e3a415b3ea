//! Where each weight of a model lies in the one row of numbers that a lane is to the optimizer.

use burn_tensor::{Gradients, Tensor};

use crate::experiment::Part;
use crate::random::Random;

/// How a weight is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Init {
    /// Uniform in ±sqrt(6 / (rows + columns)) (Glorot and Bengio 2010).
    XavierUniform,
    /// Uniform in ±sqrt(6 / rows), for rectifiers (He et al. 2015).
    KaimingUniform,
    /// Normal with mean 0 and deviation 1, torch's default for embeddings.
    Normal,
    /// Every entry the same.
    Constant(f32),
}

/// One matrix; a bias is a matrix of one row.
#[derive(Clone, Debug, PartialEq)]
struct Parameter {
    rows: usize,
    columns: usize,
    init: Init,
    offset: usize,
    part: Part,
    /// Whether it is a bias or belongs to a norm: a vector to torch.
    vector: bool,
}

/// The matrices of a model, in the order in which its forward pass takes them.
///
/// The optimizer works on all of them at once as `[lanes, P]`: a dozen operations per step and not a dozen for each
/// matrix, which is what a GPU's submit time would be spent on otherwise.
#[derive(Clone, Debug)]
pub(super) struct Parameters {
    list: Vec<Parameter>,
    len: usize,
    /// Where what is declared next belongs.
    part: Part,
}

impl Parameters {
    /// None yet; the first ones will belong to the input.
    pub(super) fn new() -> Self {
        Self { list: Vec::new(), len: 0, part: Part::Input }
    }

    /// What is declared from here on belongs to that part.
    pub(super) fn begin(&mut self, part: Part) {
        self.part = part;
    }

    /// Declares a matrix.
    pub(super) fn push(&mut self, rows: usize, columns: usize, init: Init) {
        self.add(rows, columns, init, false);
    }

    /// Declares a bias, or the gain or bias of a norm.
    pub(super) fn push_vector(&mut self, length: usize, init: Init) {
        self.add(1, length, init, true);
    }

    fn add(&mut self, rows: usize, columns: usize, init: Init, vector: bool) {
        self.list.push(Parameter { rows, columns, init, offset: self.len, part: self.part, vector });
        self.len += rows * columns;
    }

    /// The part of each matrix, whether it is a vector, and its length, in order.
    pub(super) fn kinds(&self) -> impl Iterator<Item = (Part, bool, usize)> {
        self.list.iter().map(|it| (it.part, it.vector, it.rows * it.columns))
    }

    /// P: numbers per lane.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Initial weights, `[lanes, P]` row by row. A seed draws the same wherever it stands in the list.
    pub(super) fn draw(&self, seeds: &[u64]) -> Vec<f32> {
        let mut values = Vec::with_capacity(seeds.len() * self.len);
        for &seed in seeds {
            let mut random = Random::new(seed, crate::tasks::WEIGHTS);
            for parameter in &self.list {
                let bound = match parameter.init {
                    Init::KaimingUniform => (6.0 / parameter.rows as f32).sqrt(),
                    _ => (6.0 / (parameter.rows + parameter.columns) as f32).sqrt(),
                };
                let draw = || match parameter.init {
                    Init::XavierUniform | Init::KaimingUniform => random.uniform(-bound, bound),
                    Init::Normal => random.normal(),
                    Init::Constant(value) => value,
                };
                values.extend(std::iter::repeat_with(draw).take(parameter.rows * parameter.columns));
            }
        }
        values
    }

    /// Where each number is to be taken from so that every matrix lies transposed where it was, `[P]`.
    #[cfg(feature = "webgpu")]
    pub(super) fn transposition(&self) -> Vec<i32> {
        let of_matrix = |parameter: &Parameter| {
            let &Parameter { rows, columns, offset, .. } = parameter;
            (0..rows * columns).map(move |place| (offset + place % rows * columns + place / rows) as i32)
        };
        self.list.iter().flat_map(of_matrix).collect()
    }

    /// The matrices of all lanes, each `[lanes, rows, columns]`.
    pub(super) fn split(&self, weights: &Tensor<2>) -> Vec<Tensor<3>> {
        let lanes = weights.dims()[0];
        let matrix = |parameter: &Parameter| {
            let columns = weights.clone().narrow(1, parameter.offset, parameter.rows * parameter.columns);
            columns.reshape([lanes, parameter.rows, parameter.columns])
        };
        self.list.iter().map(matrix).collect()
    }

    /// As [`split`](Self::split), each a leaf of the gradient graph.
    pub(super) fn leaves(&self, weights: &Tensor<2>) -> Vec<Tensor<3>> {
        self.split(weights).into_iter().map(|matrix| matrix.autodiff().require_grad()).collect()
    }

    /// The gradients of what [`leaves`](Self::leaves) gave, as one `[lanes, P]`.
    pub(super) fn join(&self, leaves: &[Tensor<3>], gradients: &mut Gradients) -> Tensor<2> {
        let flat = |leaf: &Tensor<3>| {
            let [lanes, rows, columns] = leaf.dims();
            let gradient = leaf.grad_remove(gradients).expect("every parameter takes part in the loss");
            gradient.reshape([lanes, rows * columns])
        };
        Tensor::cat(leaves.iter().map(flat).collect(), 1)
    }
}

//! Kernels of our own for WebGPU, which do in one launch what takes tensors many.
//!
//! Small models are bound by launches there: each costs the thread of the worker 14 to 38 µs (tests/speed) and the GPU
//! some microseconds in which it is idle. So whole layers are one kernel each, and so is what an optimizer does to all weights.
//!
//! ```text
//! input --Product--> hidden --Product--> logits --cross_entropy--> scores, slopes of the logits
//!                                                                      |
//! weights <--update-- gradient [lanes, P] <--Product-- layer by layer <-+
//! ```
//!
//! The slopes of a value are the derivatives of each lane's loss with respect to it. Every kernel does all lanes at once and keeps them apart. Each knows its shapes when it is compiled, so a run compiles its
//! own few; indices need no arithmetic with sizes that are read from memory, which SwiftShader is slow at.

mod attention;
mod column_sums;
mod cross_entropy;
mod layer_norm;
mod linear;
mod perceptron;
mod product;
mod transformer;
mod update;
mod weights;

use burn_cubecl::Cube;
use burn_cubecl::cubecl::prelude::{CubeCount, CubeDim};
use burn_cubecl::kernel::into_contiguous;
use burn_cubecl::ops::numeric::empty_device_contiguous_dtype;
use burn_cubecl::tensor::CubeTensor;
use burn_tensor::{Int, Tensor};

pub(super) use cross_entropy::cross_entropy;
pub(super) use perceptron::gradient as gradient_of_perceptron;
pub(super) use transformer::gradient as gradient_of_transformer;
pub(super) use update::{NUMBERS, Rule, Update, clip_factors};
pub(super) use weights::Weights;

/// Whether a tensor lives where these kernels run.
pub(super) fn runs_where<const D: usize>(tensor: &Tensor<D>) -> bool {
    tensor.clone().try_into_primitive::<Cube>().is_ok()
}

/// The buffer of a tensor, row by row without gaps.
///
/// # Panics
/// If it lives elsewhere than where these kernels [run](runs_where).
fn buffer<const D: usize>(tensor: Tensor<D>) -> CubeTensor {
    into_contiguous(tensor.try_into_primitive::<Cube>().expect("a tensor of a CubeCL device"))
}

/// The same of whole numbers, which are never moved around.
fn buffer_of_int(tensor: Tensor<1, Int>) -> CubeTensor {
    tensor.try_into_primitive::<Cube>().expect("a tensor of a CubeCL device")
}

/// A new buffer beside another one, whose contents are to be written.
fn empty<const D: usize>(beside: &CubeTensor, shape: [usize; D]) -> CubeTensor {
    let (client, device) = (beside.client.clone(), beside.device.clone());
    empty_device_contiguous_dtype(client, device, shape.into(), beside.dtype)
}

fn tensor<const D: usize>(buffer: CubeTensor) -> Tensor<D> {
    Tensor::from_primitive::<Cube>(buffer)
}

/// Threads of a group, where each does a thing of its own.
const THREADS: usize = 64;

/// Groups of threads for so many things of each lane.
fn groups(things: usize, lanes: usize) -> (CubeCount, CubeDim) {
    (count(things.div_ceil(THREADS), 1, lanes), CubeDim::new_1d(THREADS as u32))
}

fn count(x: usize, y: usize, z: usize) -> CubeCount {
    CubeCount::Static(x as u32, y as u32, z as u32)
}

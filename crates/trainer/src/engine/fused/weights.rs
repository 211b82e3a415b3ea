//! The weights as the products want them.

use burn_cubecl::cubecl;
use burn_cubecl::cubecl::prelude::*;
use burn_cubecl::tensor::CubeTensor;
use burn_tensor::{Int, Tensor};

use super::{THREADS, buffer, buffer_of_int, empty, groups};

/// All weights of all lanes.
pub(in super::super) struct Weights {
    /// As the optimizer has them, `[lanes, P]`.
    pub(super) plain: CubeTensor,
    /// Each matrix transposed, in the place where it was: neighbouring threads of a backward pass read neighbouring weights.
    pub(super) transposed: CubeTensor,
    /// P.
    pub(super) length: usize,
}

impl Weights {
    /// Of `[lanes, P]` numbers; `places`, `[P]`: where the numbers of the transposed matrices are taken from.
    pub(in super::super) fn new(weights: &Tensor<2>, places: &Tensor<1, Int>) -> Self {
        let [lanes, length] = weights.dims();
        let plain = buffer(weights.clone());
        let transposed = empty(&plain, [lanes, length]);
        let (groups, threads) = groups(length, lanes);
        // SAFETY: lanes and length bound every index, and the buffers were made for them.
        #[allow(unsafe_code)]
        unsafe {
            transpose::launch_unchecked(
                &plain.client,
                groups,
                threads,
                plain.clone().into_buffer_arg(),
                buffer_of_int(places.clone()).into_buffer_arg(),
                transposed.clone().into_buffer_arg(),
                length,
            );
        }
        Self { plain, transposed, length }
    }
}

#[cube(launch_unchecked)]
fn transpose(weights: &[f32], places: &[i32], out: &mut [f32], #[comptime] length: usize) {
    let lane = CUBE_POS_Z as usize;
    let weight = (CUBE_POS_X * comptime!(THREADS as u32) + UNIT_POS_X) as usize;
    if weight < length {
        out[lane * length + weight] = weights[lane * length + places[weight] as usize];
    }
}

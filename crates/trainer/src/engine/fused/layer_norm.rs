//! Layer normalisation (Ba et al. 2016, arXiv 1607.06450) and its gradient.

use burn_cubecl::cubecl;
use burn_cubecl::cubecl::prelude::*;
use burn_cubecl::tensor::CubeTensor;

use super::super::layers::LAYER_NORM_EPSILON;
use super::column_sums::ColumnSums;
use super::{THREADS, Weights, empty, groups};

/// Where the norm of a model lies: its gains, then its biases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct LayerNorm {
    /// Examples of a lane, and numbers of each.
    pub rows: usize,
    pub width: usize,
    /// Where its gains begin, of how many weights.
    pub start: usize,
    pub length: usize,
}

/// What came out, with what the gradient needs.
pub(super) struct Normed {
    /// `[lanes, rows, width]`.
    pub out: CubeTensor,
    /// Before gain and bias.
    normal: CubeTensor,
    /// What the deviations from the mean were multiplied by, `[lanes, rows]`.
    scales: CubeTensor,
}

impl LayerNorm {
    /// Numbers of its weights.
    pub(super) fn size(self) -> usize {
        2 * self.width
    }

    /// Of values `[lanes, rows, width]`.
    pub(super) fn forward(self, lanes: usize, values: &CubeTensor, weights: &Weights) -> Normed {
        let shape = [lanes, self.rows, self.width];
        let (out, normal, scales) = (empty(values, shape), empty(values, shape), empty(values, [lanes, self.rows]));
        let (groups, threads) = groups(self.rows, lanes);
        // SAFETY: rows and width bound every index, and the buffers were made for them.
        #[allow(unsafe_code)]
        unsafe {
            forward::launch_unchecked(
                &values.client,
                groups,
                threads,
                values.clone().into_buffer_arg(),
                weights.plain.clone().into_buffer_arg(),
                out.clone().into_buffer_arg(),
                normal.clone().into_buffer_arg(),
                scales.clone().into_buffer_arg(),
                self,
            );
        }
        Normed { out, normal, scales }
    }

    /// The slopes of what went in, from those of what came out; `also` is added to them. The gradient of gains and biases is
    /// written to its place in `gradient`, `[lanes, P]`.
    pub(super) fn backward(
        self,
        lanes: usize,
        normed: &Normed,
        slopes: &CubeTensor,
        also: Option<&CubeTensor>,
        weights: &Weights,
        gradient: &CubeTensor,
    ) -> CubeTensor {
        let sums = ColumnSums { rows: self.rows, columns: self.width, start: self.start, length: self.length };
        sums.launch(lanes, slopes, Some(&normed.normal), gradient);
        let out = empty(slopes, [lanes, self.rows, self.width]);
        let (groups, threads) = groups(self.rows, lanes);
        // SAFETY: rows and width bound every index, and the buffers were made for them.
        #[allow(unsafe_code)]
        unsafe {
            backward::launch_unchecked(
                &slopes.client,
                groups,
                threads,
                slopes.clone().into_buffer_arg(),
                normed.normal.clone().into_buffer_arg(),
                normed.scales.clone().into_buffer_arg(),
                weights.plain.clone().into_buffer_arg(),
                also.map(|also| also.clone().into_buffer_arg()).into(),
                out.clone().into_buffer_arg(),
                self,
            );
        }
        out
    }
}

#[cube(launch_unchecked)]
fn forward(
    values: &[f32],
    weights: &[f32],
    out: &mut [f32],
    normal: &mut [f32],
    scales: &mut [f32],
    #[comptime] of: LayerNorm,
) {
    let lane = CUBE_POS_Z as usize;
    let row = (CUBE_POS_X * comptime!(THREADS as u32) + UNIT_POS_X) as usize;
    if row < comptime!(of.rows) {
        let row = lane * comptime!(of.rows) + row;
        let first = row * comptime!(of.width);
        let mut mean = 0.0f32;
        for column in 0..comptime!(of.width) {
            mean += values[first + column];
        }
        mean /= comptime!(of.width as f32);
        let mut variance = 0.0f32;
        for column in 0..comptime!(of.width) {
            let deviation = values[first + column] - mean;
            variance += deviation * deviation;
        }
        variance /= comptime!(of.width as f32);
        let scale = 1.0 / (variance + comptime!(LAYER_NORM_EPSILON as f32)).sqrt();
        scales[row] = scale;
        let gains = lane * comptime!(of.length) + comptime!(of.start);
        for column in 0..comptime!(of.width) {
            let value = (values[first + column] - mean) * scale;
            normal[first + column] = value;
            out[first + column] = value * weights[gains + column] + weights[gains + comptime!(of.width) + column];
        }
    }
}

#[cube(launch_unchecked)]
fn backward(
    slopes: &[f32],
    normal: &[f32],
    scales: &[f32],
    weights: &[f32],
    also: ComptimeOption<&[f32]>,
    out: &mut [f32],
    #[comptime] of: LayerNorm,
) {
    let lane = CUBE_POS_Z as usize;
    let row = (CUBE_POS_X * comptime!(THREADS as u32) + UNIT_POS_X) as usize;
    if row < comptime!(of.rows) {
        let row = lane * comptime!(of.rows) + row;
        let first = row * comptime!(of.width);
        let gains = lane * comptime!(of.length) + comptime!(of.start);
        let mut mean = 0.0f32;
        let mut along = 0.0f32;
        for column in 0..comptime!(of.width) {
            let slope = slopes[first + column] * weights[gains + column];
            mean += slope;
            along += slope * normal[first + column];
        }
        mean /= comptime!(of.width as f32);
        along /= comptime!(of.width as f32);
        for column in 0..comptime!(of.width) {
            let slope = slopes[first + column] * weights[gains + column];
            let mut value = scales[row] * (slope - mean - normal[first + column] * along);
            #[comptime]
            if let ComptimeOption::Some(also) = &also {
                value += also[first + column];
            }
            out[first + column] = value;
        }
    }
}

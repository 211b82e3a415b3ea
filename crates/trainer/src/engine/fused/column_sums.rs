//! Sums over the rows of a matrix: the gradient of what is added to every row, or multiplied with it.

use burn_cubecl::cubecl;
use burn_cubecl::cubecl::prelude::*;
use burn_cubecl::tensor::CubeTensor;

use super::count;

/// Threads of a group: columns, and shares of the rows of each.
const ACROSS: usize = 16;
const DOWN: usize = 16;

/// The sums of each column of a matrix for each lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct ColumnSums {
    pub rows: usize,
    pub columns: usize,
    /// Where they go in the gradient, `[lanes, length]`.
    pub start: usize,
    pub length: usize,
}

impl ColumnSums {
    /// Of slopes `[lanes, rows, columns]`. With values of the same shape the sums of slopes times values come first, and the
    /// plain ones after them: gains and biases.
    pub(super) fn launch(self, lanes: usize, slopes: &CubeTensor, values: Option<&CubeTensor>, gradient: &CubeTensor) {
        // SAFETY: rows and columns bound every index, and the buffers were made for them.
        #[allow(unsafe_code)]
        unsafe {
            column_sums_kernel::launch_unchecked(
                &slopes.client,
                count(self.columns.div_ceil(ACROSS), 1, lanes),
                CubeDim::new_2d(ACROSS as u32, DOWN as u32),
                slopes.clone().into_buffer_arg(),
                values.map(|values| values.clone().into_buffer_arg()).into(),
                gradient.clone().into_buffer_arg(),
                self,
            );
        }
    }
}

#[cube(launch_unchecked)]
fn column_sums_kernel(
    slopes: &[f32],
    values: ComptimeOption<&[f32]>,
    gradient: &mut [f32],
    #[comptime] of: ColumnSums,
) {
    let lane = CUBE_POS_Z as usize;
    let thread = (UNIT_POS_Y * comptime!(ACROSS as u32) + UNIT_POS_X) as usize;
    let column = (CUBE_POS_X * comptime!(ACROSS as u32) + UNIT_POS_X) as usize;
    let column_read = min(column, comptime!(of.columns - 1));
    let mut plain_sums = Shared::<[f32]>::new_slice(comptime!(ACROSS * DOWN));
    let mut weighed_sums = Shared::<[f32]>::new_slice(comptime!(ACROSS * DOWN));

    let mut plain = 0.0f32;
    let mut weighed = 0.0f32;
    for turn in 0..comptime!(of.rows.div_ceil(DOWN)) {
        let row = turn * comptime!(DOWN) + UNIT_POS_Y as usize;
        if row < comptime!(of.rows) {
            let at = (lane * comptime!(of.rows) + row) * comptime!(of.columns) + column_read;
            plain += slopes[at];
            #[comptime]
            if let ComptimeOption::Some(values) = &values {
                weighed += slopes[at] * values[at];
            }
        }
    }
    plain_sums[thread] = plain;
    weighed_sums[thread] = weighed;
    sync_cube();
    if UNIT_POS_Y == 0 && column < comptime!(of.columns) {
        let mut plain = 0.0f32;
        let mut weighed = 0.0f32;
        for share in 0..comptime!(DOWN) {
            plain += plain_sums[share * comptime!(ACROSS) + thread];
            weighed += weighed_sums[share * comptime!(ACROSS) + thread];
        }
        let at = lane * comptime!(of.length) + comptime!(of.start) + column;
        if comptime!(values.is_some()) {
            gradient[at] = weighed;
            gradient[at + comptime!(of.columns)] = plain;
        } else {
            gradient[at] = plain;
        }
    }
}

//! Self-attention between the positions of short sequences, and its gradient.

use burn_cubecl::cubecl;
use burn_cubecl::cubecl::prelude::*;
use burn_cubecl::tensor::CubeTensor;

use super::{THREADS, empty, groups};

/// The shape of an attention without mask (Vaswani et al. 2017, arXiv 1706.03762, section 3.2). Queries, keys and values are
/// one buffer, `[lanes, 3, rows, heads * width]`, and so are their slopes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Attention {
    /// Positions of all sequences of a lane.
    pub rows: usize,
    /// Positions of one of them.
    pub sequence: usize,
    pub heads: usize,
    /// Numbers of one head.
    pub width: usize,
}

/// What came out, with what the gradient needs.
pub(super) struct Attended {
    /// The mixed values, `[lanes, rows, heads * width]`.
    pub mixed: CubeTensor,
    /// Of each position and head, how much it takes from each position of its sequence: `[lanes, rows, heads, sequence]`.
    shares: CubeTensor,
}

impl Attention {
    fn d(self) -> usize {
        self.heads * self.width
    }

    fn scale(self) -> f32 {
        (self.width as f32).sqrt().recip()
    }

    fn groups(self, lanes: usize) -> (CubeCount, CubeDim) {
        groups(self.rows * self.heads, lanes)
    }

    /// Of queries, keys and values.
    pub(super) fn forward(self, lanes: usize, qkv: &CubeTensor) -> Attended {
        let mixed = empty(qkv, [lanes, self.rows, self.d()]);
        let shares = empty(qkv, [lanes, self.rows, self.heads, self.sequence]);
        let (groups, threads) = self.groups(lanes);
        // SAFETY: rows, heads, sequence and width bound every index, and the buffers were made for them.
        #[allow(unsafe_code)]
        unsafe {
            forward::launch_unchecked(
                &qkv.client,
                groups,
                threads,
                qkv.clone().into_buffer_arg(),
                shares.clone().into_buffer_arg(),
                mixed.clone().into_buffer_arg(),
                self,
            );
        }
        Attended { mixed, shares }
    }

    /// The slopes of queries, keys and values, from those of the mixed values.
    pub(super) fn backward(
        self,
        lanes: usize,
        qkv: &CubeTensor,
        attended: &Attended,
        slopes: &CubeTensor,
    ) -> CubeTensor {
        let out = empty(qkv, [lanes, 3, self.rows, self.d()]);
        let score_slopes = empty(qkv, [lanes, self.rows, self.heads, self.sequence]);
        let arg = |buffer: &CubeTensor| buffer.clone().into_buffer_arg();
        // SAFETY: as in `forward`.
        #[allow(unsafe_code)]
        unsafe {
            let (groups, threads) = self.groups(lanes);
            backward_to_queries::launch_unchecked(
                &qkv.client,
                groups,
                threads,
                arg(qkv),
                arg(&attended.shares),
                arg(slopes),
                arg(&score_slopes),
                arg(&out),
                self,
            );
            let (groups, threads) = self.groups(lanes);
            backward_to_keys_and_values::launch_unchecked(
                &qkv.client,
                groups,
                threads,
                arg(qkv),
                arg(&attended.shares),
                arg(slopes),
                arg(&score_slopes),
                arg(&out),
                self,
            );
        }
        out
    }
}

/// A thread for each position and head: mixes what that takes.
#[cube(launch_unchecked)]
fn forward(qkv: &[f32], shares: &mut [f32], mixed: &mut [f32], #[comptime] of: Attention) {
    let lane = CUBE_POS_Z as usize;
    let thread = (CUBE_POS_X * comptime!(THREADS as u32) + UNIT_POS_X) as usize;
    if thread < comptime!(of.rows * of.heads) {
        let (row, head) = (thread / comptime!(of.heads), thread % comptime!(of.heads));
        let first = row / comptime!(of.sequence) * comptime!(of.sequence);
        let of_lane = 3 * lane * comptime!(of.rows * of.d());
        let of_head = head * comptime!(of.width);
        let query = of_lane + row * comptime!(of.d()) + of_head;
        let keys = of_lane + comptime!(of.rows * of.d()) + first * comptime!(of.d()) + of_head;
        let values = keys + comptime!(of.rows * of.d());
        let share = (lane * comptime!(of.rows * of.heads) + thread) * comptime!(of.sequence);

        for other in 0..comptime!(of.sequence) {
            let mut score = 0.0f32;
            for number in 0..comptime!(of.width) {
                score += qkv[query + number] * qkv[keys + other * comptime!(of.d()) + number];
            }
            score *= comptime!(of.scale());
            shares[share + other] = score;
        }
        let mut best = shares[share];
        for other in 1..comptime!(of.sequence) {
            best = max(best, shares[share + other]);
        }
        let mut sum = 0.0f32;
        for other in 0..comptime!(of.sequence) {
            let weight = (shares[share + other] - best).exp();
            shares[share + other] = weight;
            sum += weight;
        }
        for other in 0..comptime!(of.sequence) {
            shares[share + other] /= sum;
        }
        for number in 0..comptime!(of.width) {
            let mut value = 0.0f32;
            for other in 0..comptime!(of.sequence) {
                value += shares[share + other] * qkv[values + other * comptime!(of.d()) + number];
            }
            mixed[lane * comptime!(of.rows * of.d()) + row * comptime!(of.d()) + of_head + number] = value;
        }
    }
}

/// A thread for each position and head that takes: the slopes of its scores, and of its query.
#[cube(launch_unchecked)]
fn backward_to_queries(
    qkv: &[f32],
    shares: &[f32],
    slopes: &[f32],
    score_slopes: &mut [f32],
    out: &mut [f32],
    #[comptime] of: Attention,
) {
    let lane = CUBE_POS_Z as usize;
    let thread = (CUBE_POS_X * comptime!(THREADS as u32) + UNIT_POS_X) as usize;
    if thread < comptime!(of.rows * of.heads) {
        let (row, head) = (thread / comptime!(of.heads), thread % comptime!(of.heads));
        let first = row / comptime!(of.sequence) * comptime!(of.sequence);
        let of_lane = 3 * lane * comptime!(of.rows * of.d());
        let of_head = head * comptime!(of.width);
        let keys = of_lane + comptime!(of.rows * of.d()) + first * comptime!(of.d()) + of_head;
        let values = keys + comptime!(of.rows * of.d());
        let share = (lane * comptime!(of.rows * of.heads) + thread) * comptime!(of.sequence);
        let slope = lane * comptime!(of.rows * of.d()) + row * comptime!(of.d()) + of_head;

        let mut mean = 0.0f32;
        for other in 0..comptime!(of.sequence) {
            let mut of_share = 0.0f32;
            for number in 0..comptime!(of.width) {
                of_share += slopes[slope + number] * qkv[values + other * comptime!(of.d()) + number];
            }
            score_slopes[share + other] = of_share;
            mean += of_share * shares[share + other];
        }
        for other in 0..comptime!(of.sequence) {
            let of_score = shares[share + other] * (score_slopes[share + other] - mean);
            score_slopes[share + other] = of_score * comptime!(of.scale());
        }
        for number in 0..comptime!(of.width) {
            let mut value = 0.0f32;
            for other in 0..comptime!(of.sequence) {
                value += score_slopes[share + other] * qkv[keys + other * comptime!(of.d()) + number];
            }
            out[of_lane + row * comptime!(of.d()) + of_head + number] = value;
        }
    }
}

/// A thread for each position and head that is taken from: the slopes of its key and its value.
#[cube(launch_unchecked)]
fn backward_to_keys_and_values(
    qkv: &[f32],
    shares: &[f32],
    slopes: &[f32],
    score_slopes: &[f32],
    out: &mut [f32],
    #[comptime] of: Attention,
) {
    let lane = CUBE_POS_Z as usize;
    let thread = (CUBE_POS_X * comptime!(THREADS as u32) + UNIT_POS_X) as usize;
    if thread < comptime!(of.rows * of.heads) {
        let (row, head) = (thread / comptime!(of.heads), thread % comptime!(of.heads));
        let first = row / comptime!(of.sequence) * comptime!(of.sequence);
        let place = row % comptime!(of.sequence);
        let of_lane = 3 * lane * comptime!(of.rows * of.d());
        let of_head = head * comptime!(of.width);
        let queries = of_lane + first * comptime!(of.d()) + of_head;
        let slope = lane * comptime!(of.rows * of.d()) + first * comptime!(of.d()) + of_head;
        let share = ((lane * comptime!(of.rows) + first) * comptime!(of.heads) + head) * comptime!(of.sequence) + place;
        let key = of_lane + comptime!(of.rows * of.d()) + row * comptime!(of.d()) + of_head;

        for number in 0..comptime!(of.width) {
            let mut of_key = 0.0f32;
            let mut of_value = 0.0f32;
            for other in 0..comptime!(of.sequence) {
                let at = share + other * comptime!(of.heads * of.sequence);
                of_key += score_slopes[at] * qkv[queries + other * comptime!(of.d()) + number];
                of_value += shares[at] * slopes[slope + other * comptime!(of.d()) + number];
            }
            out[key + number] = of_key;
            out[key + comptime!(of.rows * of.d()) + number] = of_value;
        }
    }
}

//! The loss, its gradient and the scores in one launch.

use burn_cubecl::cubecl;
use burn_cubecl::cubecl::prelude::*;
use burn_tensor::Tensor;

use super::{THREADS, buffer, count, empty, tensor};

/// Of logits and one-hot answers, each `[lanes, n, classes]`: the gradient of each lane's mean cross-entropy with respect to
/// its logits, of the same shape, and loss and accuracy, `[lanes, 2]`. An answer is right where no class is more probable.
pub(in super::super) fn cross_entropy(logits: Tensor<3>, target: Tensor<3>) -> (Tensor<3>, Tensor<2>) {
    let [lanes, rows, classes] = logits.dims();
    let (logits, target) = (buffer(logits), buffer(target));
    let (gradient, scores) = (empty(&logits, [lanes, rows, classes]), empty(&logits, [lanes, 2]));
    // SAFETY: rows and classes bound every index, and the buffers were made for them.
    #[allow(unsafe_code)]
    unsafe {
        kernel::launch_unchecked(
            &logits.client.clone(),
            count(1, 1, lanes),
            CubeDim::new_1d(THREADS as u32),
            logits.into_buffer_arg(),
            target.into_buffer_arg(),
            gradient.clone().into_buffer_arg(),
            scores.clone().into_buffer_arg(),
            rows,
            classes,
        );
    }
    (tensor(gradient), tensor(scores))
}

#[cube(launch_unchecked)]
fn kernel(
    logits: &[f32],
    target: &[f32],
    gradient: &mut [f32],
    scores: &mut [f32],
    #[comptime] rows: usize,
    #[comptime] classes: usize,
) {
    let lane = CUBE_POS_Z as usize;
    let thread = UNIT_POS_X as usize;
    let mut losses = Shared::<[f32]>::new_slice(THREADS);
    let mut rights = Shared::<[f32]>::new_slice(THREADS);

    let mut loss = 0.0f32;
    let mut right = 0.0f32;
    for turn in 0..comptime!(rows.div_ceil(THREADS)) {
        let row = turn * comptime!(THREADS) + thread;
        if row < rows {
            let first = (lane * rows + row) * classes;
            let mut best = logits[first];
            let mut answer = 0.0f32;
            for class in 0..classes {
                let logit = logits[first + class];
                best = max(best, logit);
                answer += logit * target[first + class];
            }
            let mut sum = 0.0f32;
            for class in 0..classes {
                sum += (logits[first + class] - best).exp();
            }
            for class in 0..classes {
                let probability = (logits[first + class] - best).exp() / sum;
                gradient[first + class] = (probability - target[first + class]) / comptime!(rows as f32);
            }
            loss += sum.ln() + best - answer;
            right += select(answer >= best, 1.0, 0.0);
        }
    }
    losses[thread] = loss;
    rights[thread] = right;
    sync_cube();
    if thread == 0 {
        let mut loss = 0.0f32;
        let mut right = 0.0f32;
        for each in 0..comptime!(THREADS) {
            loss += losses[each];
            right += rights[each];
        }
        scores[2 * lane] = loss / comptime!(rows as f32);
        scores[2 * lane + 1] = right / comptime!(rows as f32);
    }
}

//! The shape of a block, in a picture of a few pixels.

use scheduler::Optimizer;

use super::Block;

/// Points of the picture.
const POINTS: usize = 17;

/// The path of a line in a box of that size; empty where the block cannot be drawn.
pub fn spark(block: &Block, width: f64, height: f64) -> String {
    let Ok(access) = block.schedule.random_access(Optimizer::sgd(&[1.0], 0.9)) else { return String::new() };
    let last = block.steps.clamp(1.0, 1e9) as usize;
    if !access.is_constant_time(last) && !block.schedule.needs_metric() {
        return String::new();
    }
    let step = |index: usize| (index as u64 * last as u64 / (POINTS as u64 - 1)) as usize;
    let at = |index: usize| access.lr(step(index), 0).ok().filter(|lr| lr.is_finite());
    let lrs: Vec<f64> = (0..POINTS).map_while(at).collect();
    let highest = lrs.iter().copied().fold(0.0, f64::max);
    let scale = if highest > 0.0 { 1.0 / highest } else { 0.0 };
    let points = lrs.iter().enumerate().map(|(index, lr)| {
        let x = 1.0 + (width - 2.0) * index as f64 / (POINTS - 1) as f64;
        let y = height - 1.5 - (height - 3.0) * lr.max(0.0) * scale;
        format!("{}{x:.1},{y:.1}", if index == 0 { 'M' } else { 'L' })
    });
    points.collect()
}

//! *Two spirals*: say on which of two interleaved spirals a point of the plane lies (Lang and Witbrock 1988, with
//! fewer turns).

use super::push_one_hot;
use crate::random::Random;

/// Turns of each spiral from the centre to its end.
const TURNS: f64 = 1.25;
/// Half the width of a spiral's arm; the arms are 1 / (2 * TURNS) apart.
const NOISE: f32 = 0.03;

/// Appends one point, with coordinates up to about ±2, and its spiral.
pub(super) fn example(random: &mut Random, input: &mut Vec<f32>, target: &mut Vec<f32>) {
    let spiral = random.below(2);
    let along = random.unit();
    let angle = std::f64::consts::TAU * (TURNS * f64::from(along) + 0.5 * spiral as f64);
    let radius = 2.0 * (along + random.uniform(-NOISE, NOISE));
    input.push(radius * libm::cos(angle) as f32);
    input.push(radius * libm::sin(angle) as f32);
    push_one_hot(spiral, 2, target);
}

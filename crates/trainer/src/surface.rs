//! The decision surface of a model that tells two classes of points apart: what it says of every place of the plane.
//!
//! Plain data, so that the page can draw it without Burn; the engine computes it when it is asked to.

use serde::{Deserialize, Serialize};

/// Places along each side of the grid.
pub const SIDE: usize = 48;
/// The grid spans this far from the origin in every direction. Points lie within about ±2, their noise a little further.
pub const EXTENT: f32 = 2.4;
/// Points that are shown on a surface.
pub const POINTS: usize = 200;

/// A point of the task with its class.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Coordinate to the right.
    pub x: f32,
    /// Coordinate upwards.
    pub y: f32,
    /// 0 or 1.
    pub class: u8,
}

/// What the model of a lane says of the plane.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Surface {
    /// Index of the lane among those of the worker.
    pub lane: u32,
    /// Optimizer steps that the model has been trained for.
    pub step: u32,
    /// For each of the points, whether it puts it into the right class.
    pub right: Vec<bool>,
    /// Probability of class 1 at each place of the grid in 255ths, row by row from the lowest y, `SIDE * SIDE` of them.
    /// Empty where the model says nothing but NaN, having diverged.
    pub probabilities: Vec<u8>,
}

/// The surfaces of all lanes with one seed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Surfaces {
    /// The seed.
    pub seed: u64,
    /// Points of that seed that no lane has been trained on, [`POINTS`] of them.
    pub points: Vec<Point>,
    /// One for each lane of the worker that has the seed.
    pub lanes: Vec<Surface>,
}

/// Coordinate of a column or of a row of the grid.
pub fn coordinate(index: usize) -> f32 {
    EXTENT * (2.0 * index as f32 / (SIDE - 1) as f32 - 1.0)
}

impl Surface {
    /// Share of the points that are in the right class.
    pub fn accuracy(&self) -> f32 {
        self.right.iter().filter(|right| **right).count() as f32 / self.right.len().max(1) as f32
    }

    /// Reads what a model said: the probability of class 1 at the places of the grid, and then at the points.
    #[cfg(any(feature = "cpu", feature = "webgpu"))]
    pub(crate) fn read(lane: usize, step: usize, probabilities: &[f32], points: &[Point]) -> Self {
        let (grid, at_points) = probabilities.split_at(SIDE * SIDE);
        let right = |(point, &probability): (&Point, &f32)| {
            probability.is_finite() && (probability >= 0.5) == (point.class == 1)
        };
        let right = points.iter().zip(at_points).map(right).collect();
        let is_finite = grid.iter().all(|probability| probability.is_finite());
        let grid = if is_finite { grid } else { &[] };
        Self {
            lane: lane as u32,
            step: step as u32,
            right,
            probabilities: grid.iter().map(|probability| (probability * 255.0).round() as u8).collect(),
        }
    }
}

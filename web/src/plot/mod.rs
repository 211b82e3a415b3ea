//! The chart of the page: lines with bands over linear or logarithmic axes, as SVG, with handles that can be dragged.

mod axis;
mod chart;
mod line;

pub use axis::Axis;
pub use chart::{Handle, Plot};
pub use line::{Line, MARKS, thin};

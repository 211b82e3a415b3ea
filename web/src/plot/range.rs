//! The vertical axis that holds all lines of a chart.

use super::Line;
use super::axis::{Axis, Scale};
use super::frame::{BOTTOM, HEIGHT, TOP};

/// The most decades that a logarithmic axis spans.
const DECADES: i32 = 6;

/// The axis for these lines and the height of a mark. It ends at the ceiling whatever they do.
pub fn vertical(lines: &[Line], mark: Option<f64>, ceiling: f64, log: bool, from_zero: bool) -> Axis {
    let pixels = (HEIGHT - BOTTOM, TOP);
    let finite = |value: &f64| value.is_finite();
    let points = || lines.iter().flat_map(|line| line.points.iter().map(|point| point.1)).filter(finite);
    let highest = points().chain(mark).fold(0.0, f64::max);
    // One seed that shoots up must not flatten all the others: the band may leave the chart at the top.
    let bands = lines.iter().flat_map(|line| line.band.iter().map(|band| band.2)).filter(finite);
    let high = bands.fold(highest, f64::max).min(highest * 1.3).min(ceiling);
    let low = points().filter(|value| *value > 0.0).fold(f64::INFINITY, f64::min);
    if log && low.is_finite() {
        let least = low.max(high / 10f64.powi(DECADES));
        // A schedule that starts at 0 or ends there is seen to do so.
        return if points().any(|value| value == 0.0) {
            Axis::new(0.0, high * 1.25, Scale::Symlog(least), pixels)
        } else {
            Axis::new(least * 0.8, high * 1.25, Scale::Log, pixels)
        };
    }
    if from_zero || !low.is_finite() {
        return Axis::new(0.0, if high > 0.0 { high * 1.06 } else { 1.0 }, Scale::Linear, pixels);
    }
    let margin = (high - low).max(high * 0.01) * 0.1;
    Axis::new((low - margin).max(0.0), high + margin, Scale::Linear, pixels)
}

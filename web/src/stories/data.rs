//! Lines to show.

use super::END;
use crate::plot::{Line, MARKS};

/// Points of a line.
type Points = Vec<(f64, f64)>;

/// A named line.
pub fn line(label: &str, style: usize, points: Points) -> Line {
    Line { label: label.into(), style, points, ..Line::default() }
}

/// The values of a function at every step.
pub fn curve(of: impl Fn(f64) -> f64) -> Points {
    (0..=END as u32).map(|step| (f64::from(step), of(f64::from(step)))).collect()
}

/// The same value at every step.
pub fn flat(value: f64) -> Points {
    curve(|_| value)
}

/// One line in every style; they end close to each other, so that their names have to make room.
pub fn lanes() -> Vec<Line> {
    let lane = |style: usize| {
        let height = 1.0 - 0.1 * style as f64;
        line(&format!("lane {}", style + 1), style, curve(|x| 0.1 * height * (1.0 - x / END) + 0.005 * (1.0 - height)))
    };
    (0..MARKS.len()).map(lane).collect()
}

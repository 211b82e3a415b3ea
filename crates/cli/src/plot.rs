//! Values over a place or a LR, in a terminal, with labelled axes; the LR axis may be logarithmic.

use std::fmt::Write as _;

use crate::chart::{Canvas, HEIGHT, label};

/// What stands below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// Even.
    Linear,
    /// By factors; for positive values.
    Logarithmic,
}

impl Axis {
    fn of(self, value: f64) -> f64 {
        match self {
            Self::Linear => value,
            Self::Logarithmic => value.log10(),
        }
    }
}

/// A plot of points in `width` columns.
#[derive(Debug)]
pub struct Plot<'a> {
    /// What is plotted; NaN makes a gap.
    pub points: &'a [(f64, f64)],
    /// The axis below, with what it counts.
    pub axis: Axis,
    /// What it counts.
    pub unit: &'a str,
    /// Places to mark below the axis, each with its letter.
    pub marks: &'a [(f64, char)],
    /// Values above this are cut off; infinity for none.
    pub most: f64,
}

impl Plot<'_> {
    /// The plot.
    pub fn draw(&self, width: usize) -> String {
        let usable = |point: &&(f64, f64)| point.1.is_finite() && self.axis.of(point.0).is_finite();
        let points: Vec<(f64, f64)> = self.points.iter().filter(usable).copied().collect();
        let (Some(&(first, _)), Some(&(last, _))) = (points.first(), points.last()) else {
            return String::from("(no finite values)\n");
        };
        let bottom = points.iter().map(|point| point.1).fold(f64::INFINITY, f64::min);
        let top = points.iter().map(|point| point.1).fold(f64::NEG_INFINITY, f64::max).min(self.most).max(bottom);
        let span = if top > bottom { top - bottom } else { 1.0 };
        let text = |row: usize| label(top - span * row as f64 / (HEIGHT - 1) as f64);
        let names: Vec<String> = (0..HEIGHT)
            .map(|row| if [0, HEIGHT / 2, HEIGHT - 1].contains(&row) { text(row) } else { String::new() })
            .collect();
        let margin = names.iter().map(String::len).max().unwrap_or(0);
        let columns = width.saturating_sub(margin + 2).max(10);
        let (from, to) = (self.axis.of(first), self.axis.of(last));
        let share =
            |place: f64| if to > from { ((self.axis.of(place) - from) / (to - from)).clamp(0.0, 1.0) } else { 0.0 };
        let dot = |(place, value): (f64, f64)| {
            let height = ((top - value.min(top)) / span * (HEIGHT * 4 - 1) as f64).round();
            (
                (share(place) * (columns * 2 - 1) as f64).round() as usize,
                height.clamp(0.0, (HEIGHT * 4 - 1) as f64) as usize,
            )
        };
        let mut canvas = Canvas::new(columns);
        let mut before = None;
        for point in self.points {
            if !usable(&point) {
                before = None;
                continue;
            }
            let here = dot(*point);
            canvas.line(before.unwrap_or(here), here);
            before = Some(here);
        }
        let mut drawn = String::new();
        for (row, name) in names.iter().enumerate() {
            let tick = if name.is_empty() { '│' } else { '┤' };
            let _ = writeln!(drawn, "{name:>margin$} {tick}{}", canvas.row(row, false));
        }
        let mut axis: Vec<char> = vec!['─'; columns];
        for (place, mark) in self.marks {
            axis[((share(*place) * (columns - 1) as f64).round() as usize).min(columns - 1)] = *mark;
        }
        let axis: String = axis.into_iter().collect();
        let _ = writeln!(drawn, "{:>margin$} └{axis}", "");
        let (left, right) = (label(first), format!("{} {}", label(last), self.unit));
        let gap = (columns + 1).saturating_sub(left.len() + right.len());
        let _ = writeln!(drawn, "{:>margin$} {left}{:gap$}{right}", "", "");
        drawn
    }
}

//! Curves in a terminal: a chart with labelled axes, and a one-line sparkline.

use std::fmt::Write as _;

/// Rows of a chart.
const HEIGHT: usize = 14;

/// A curve over steps `0..values.len()`, `width` columns wide, with labels on both axes.
pub fn chart(values: &[f64], width: usize, unit: &str) -> String {
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let top = finite().fold(f64::MIN, f64::max);
    let lowest = finite().fold(f64::MAX, f64::min);
    if top < lowest {
        return String::from("(no finite values)\n");
    }
    // From zero, unless the curve stays far from it.
    let bottom = if lowest >= 0.0 && lowest < 0.5 * top { 0.0 } else { lowest };
    let span = if top > bottom { top - bottom } else { 1.0 };
    let labels: Vec<String> = (0..HEIGHT)
        .map(|row| match row {
            row if row == 0 || row == HEIGHT - 1 || row == HEIGHT / 2 => {
                label(top - span * row as f64 / (HEIGHT - 1) as f64)
            }
            _ => String::new(),
        })
        .collect();
    let margin = labels.iter().map(String::len).max().unwrap_or(0);
    let columns = width.saturating_sub(margin + 2).max(10);
    let mut canvas = Canvas::new(columns);
    let (dots_x, dots_y) = (columns * 2, HEIGHT * 4);
    let y = |value: f64| ((top - value) / span * (dots_y - 1) as f64).round().clamp(0.0, (dots_y - 1) as f64) as usize;
    let last = values.len().saturating_sub(1).max(1);
    let mut before: Option<(usize, usize)> = None;
    for (step, value) in values.iter().enumerate() {
        if !value.is_finite() {
            before = None;
            continue;
        }
        let point = (step * (dots_x - 1) / last, y(*value));
        canvas.line(before.unwrap_or(point), point);
        before = Some(point);
    }
    let mut text = String::new();
    for (row, name) in labels.iter().enumerate() {
        let tick = if name.is_empty() { '│' } else { '┤' };
        let _ = writeln!(text, "{name:>margin$} {tick}{}", canvas.row(row));
    }
    let _ = writeln!(text, "{:>margin$} └{}", "", "─".repeat(columns));
    let (first, end) = ("0".to_owned(), format!("{} {unit}", values.len().saturating_sub(1)));
    let gap = (columns + 1).saturating_sub(first.len() + end.len());
    let _ = writeln!(text, "{:>margin$} {first}{:gap$}{end}", "", "");
    text
}

/// A curve in one line of `width` characters, on a scale from 0 to `top`.
pub fn sparkline(values: &[f64], width: usize, top: f64) -> String {
    const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let width = width.min(values.len());
    let last = width.saturating_sub(1).max(1);
    (0..width)
        .map(|column| {
            let value = values[column * (values.len() - 1) / last];
            let level = if top > 0.0 && value.is_finite() { value / top } else { 0.0 };
            LEVELS[(level * 7.0).round().clamp(0.0, 7.0) as usize]
        })
        .collect()
}

/// A number on an axis.
pub fn label(value: f64) -> String {
    let magnitude = value.abs();
    if value == 0.0 {
        "0".to_owned()
    } else if (1e-3..1e5).contains(&magnitude) {
        let text = format!("{value:.4}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        format!("{value:.2e}")
    }
}

/// Dots in Braille characters: 2 by 4 in each.
struct Canvas {
    columns: usize,
    cells: Vec<u8>,
}

impl Canvas {
    fn new(columns: usize) -> Self {
        Self { columns, cells: vec![0; columns * HEIGHT] }
    }

    fn set(&mut self, x: usize, y: usize) {
        const DOTS: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];
        if let Some(cell) = self.cells.get_mut(y / 4 * self.columns + x / 2) {
            *cell |= DOTS[y % 4][x % 2];
        }
    }

    /// A line from one dot to the next; steps that fall into one column make a stroke there.
    fn line(&mut self, from: (usize, usize), to: (usize, usize)) {
        let length = from.0.abs_diff(to.0).max(from.1.abs_diff(to.1)).max(1);
        let at = |a: usize, b: usize, k: usize| (a as f64 + (b as f64 - a as f64) * k as f64 / length as f64).round();
        for k in 0..=length {
            self.set(at(from.0, to.0, k) as usize, at(from.1, to.1, k) as usize);
        }
    }

    fn row(&self, row: usize) -> String {
        let cells = &self.cells[row * self.columns..(row + 1) * self.columns];
        let text: String = cells.iter().map(|dots| char::from_u32(0x2800 + u32::from(*dots)).unwrap_or(' ')).collect();
        text.trim_end_matches('\u{2800}').to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charts_have_the_width_they_are_given() {
        let values: Vec<f64> = (0..500).map(|step| 0.1 * (1.0 - f64::from(step) / 500.0)).collect();
        for width in [30, 80, 140] {
            let text = chart(&values, width, "steps");
            assert_eq!(text.lines().count(), HEIGHT + 2);
            assert!(text.lines().all(|line| line.chars().count() <= width), "{text}");
            assert!(text.contains("0.1 ┤") && text.contains("499 steps"), "{text}");
        }
    }

    #[test]
    fn odd_curves_are_drawn() {
        for values in [vec![], vec![0.1], vec![0.0; 5], vec![f64::NAN, 0.1], vec![f64::INFINITY], vec![1e300, 1e-300]] {
            assert!(!chart(&values, 60, "steps").is_empty());
        }
        assert_eq!(sparkline(&[], 10, 1.0), "");
        assert_eq!(sparkline(&[0.0, 1.0], 10, 1.0), "▁█");
        assert_eq!(sparkline(&[1.0], 10, 1.0), "█");
    }
}

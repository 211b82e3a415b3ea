//! Curves in a terminal: a chart with labelled axes, several over one another, and a one-line sparkline.

use std::fmt::Write as _;

/// Rows of a chart.
pub const HEIGHT: usize = 14;

/// A curve of a chart, over steps `0..values.len()`.
pub struct Line<'a> {
    /// What the legend calls it.
    pub name: &'a str,
    /// One value per step.
    pub values: &'a [f64],
}

/// How a chart is drawn.
#[derive(Clone, Copy)]
pub struct Style {
    /// Columns to fill.
    pub width: usize,
    /// What the horizontal axis counts.
    pub unit: &'static str,
    /// Whether the vertical axis is logarithmic; values of 0 and less are left out of it.
    pub log: bool,
    /// Whether lines are told apart by colour rather than by letters.
    pub colours: bool,
}

/// Terminal colours that can be told apart on dark and light ground, also by those who do not see red or green.
const COLOURS: [&str; 6] = ["\x1b[34m", "\x1b[33m", "\x1b[36m", "\x1b[35m", "\x1b[32m", "\x1b[31m"];
const PLAIN: &str = "\x1b[0m";

/// The vertical axis of a chart.
#[derive(Clone, Copy)]
struct Axis {
    top: f64,
    bottom: f64,
    log: bool,
}

impl Axis {
    /// `None` where no value can be drawn.
    fn new(lines: &[Line<'_>], log: bool) -> Option<Self> {
        let values = || lines.iter().flat_map(|line| line.values).copied();
        let drawable = || values().filter(|value| value.is_finite() && (!log || *value > 0.0));
        let top = drawable().fold(f64::MIN, f64::max);
        let lowest = drawable().fold(f64::MAX, f64::min);
        if top < lowest {
            return None;
        }
        if log {
            // No more than twelve decades: a cosine that ends near 0 would flatten everything else.
            return Some(Self { top, bottom: lowest.max(top * 1e-12).min(top * 0.999), log });
        }
        // From zero, unless the curve stays far from it.
        let bottom = if lowest >= 0.0 && (lowest < 0.5 * top || lowest == top) { 0.0 } else { lowest };
        Some(Self { top: if top > bottom { top } else { bottom + 1.0 }, bottom, log })
    }

    /// How far down from the top, 0 to 1; `None` for what cannot be drawn.
    fn depth(self, value: f64) -> Option<f64> {
        if !value.is_finite() || self.log && value <= 0.0 {
            return None;
        }
        let depth = if self.log {
            (self.top / value).ln() / (self.top / self.bottom).ln()
        } else {
            (self.top - value) / (self.top - self.bottom)
        };
        Some(depth.clamp(0.0, 1.0))
    }

    fn value(self, depth: f64) -> f64 {
        if self.log {
            self.top * (self.bottom / self.top).powf(depth)
        } else {
            self.top - (self.top - self.bottom) * depth
        }
    }
}

/// Curves over one another, with labels on both axes, and a legend where there are several.
pub fn overlay(lines: &[Line<'_>], style: Style) -> String {
    let Some(axis) = Axis::new(lines, style.log) else { return String::from("(no values that can be drawn)\n") };
    let labels: Vec<String> = (0..HEIGHT)
        .map(|row| match row {
            row if row == 0 || row == HEIGHT - 1 || row == HEIGHT / 2 => {
                label(axis.value(row as f64 / (HEIGHT - 1) as f64))
            }
            _ => String::new(),
        })
        .collect();
    let margin = labels.iter().map(String::len).max().unwrap_or(0);
    let columns = style.width.saturating_sub(margin + 2).max(10);
    let steps = lines.iter().map(|line| line.values.len()).max().unwrap_or(0);
    let mut canvas = Canvas::new(columns);
    for (index, line) in lines.iter().enumerate() {
        canvas.owner = index;
        trace(&mut canvas, line.values, steps, axis);
    }
    let several = lines.len() > 1;
    if several && !style.colours {
        for (index, line) in lines.iter().enumerate() {
            canvas.mark(index, line.values, steps, axis);
        }
    }
    let mut text = String::new();
    for (row, name) in labels.iter().enumerate() {
        let tick = if name.is_empty() { '│' } else { '┤' };
        let _ = writeln!(text, "{name:>margin$} {tick}{}", canvas.row(row, several && style.colours));
    }
    let _ = writeln!(text, "{:>margin$} └{}", "", "─".repeat(columns));
    let (first, end) = ("0".to_owned(), format!("{} {}", steps.saturating_sub(1), style.unit));
    let gap = (columns + 1).saturating_sub(first.len() + end.len());
    let _ = writeln!(text, "{:>margin$} {first}{:gap$}{end}", "", "");
    for (index, line) in lines.iter().enumerate().filter(|_| several) {
        let _ = if style.colours {
            writeln!(text, "{}━━{PLAIN} {}", COLOURS[index % COLOURS.len()], line.name)
        } else {
            writeln!(text, "{} {}", letter(index), line.name)
        };
    }
    text
}

fn letter(index: usize) -> char {
    char::from(b'a' + (index % 26) as u8)
}

fn trace(canvas: &mut Canvas, values: &[f64], steps: usize, axis: Axis) {
    let (dots_x, dots_y) = (canvas.columns * 2, HEIGHT * 4);
    let last = steps.saturating_sub(1).max(1);
    let mut before: Option<(usize, usize)> = None;
    for (step, value) in values.iter().enumerate() {
        before = axis.depth(*value).map(|depth| {
            let point = (step * (dots_x - 1) / last, (depth * (dots_y - 1) as f64).round() as usize);
            canvas.line(before.unwrap_or(point), point);
            point
        });
    }
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

/// Dots in Braille characters: 2 by 4 in each. A cell has the colour of the line that was drawn last.
pub struct Canvas {
    columns: usize,
    cells: Vec<(u8, usize)>,
    marks: Vec<Option<char>>,
    owner: usize,
}

impl Canvas {
    /// An empty one, [`HEIGHT`] rows high.
    pub fn new(columns: usize) -> Self {
        let cells = columns * HEIGHT;
        Self { columns, cells: vec![(0, 0); cells], marks: vec![None; cells], owner: 0 }
    }

    fn set(&mut self, x: usize, y: usize) {
        const DOTS: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];
        if let Some((dots, owner)) = self.cells.get_mut(y / 4 * self.columns + x / 2) {
            *dots |= DOTS[y % 4][x % 2];
            *owner = self.owner;
        }
    }

    /// A line from one dot to the next; steps that fall into one column make a stroke there.
    pub fn line(&mut self, from: (usize, usize), to: (usize, usize)) {
        let length = from.0.abs_diff(to.0).max(from.1.abs_diff(to.1)).max(1);
        let at = |a: usize, b: usize, k: usize| (a as f64 + (b as f64 - a as f64) * k as f64 / length as f64).round();
        for k in 0..=length {
            self.set(at(from.0, to.0, k) as usize, at(from.1, to.1, k) as usize);
        }
    }

    /// Puts the letter of a line on it here and there, each line in columns of its own.
    fn mark(&mut self, index: usize, values: &[f64], steps: usize, axis: Axis) {
        const APART: usize = 12;
        let last = steps.saturating_sub(1).max(1);
        for column in (2 + index * 3..self.columns).step_by(APART) {
            let step = column * last / self.columns.max(1);
            let Some(depth) = values.get(step).and_then(|value| axis.depth(*value)) else { continue };
            let row = (depth * (HEIGHT * 4 - 1) as f64).round() as usize / 4;
            self.marks[row * self.columns + column] = Some(letter(index));
        }
    }

    /// A row as text.
    pub fn row(&self, row: usize, colours: bool) -> String {
        let range = row * self.columns..(row + 1) * self.columns;
        let end = (range.clone().rev()).find(|cell| self.cells[*cell].0 != 0 || self.marks[*cell].is_some());
        let mut text = String::new();
        for cell in range.start..end.map_or(range.start, |end| end + 1) {
            let (dots, owner) = self.cells[cell];
            let glyph = self.marks[cell].or_else(|| char::from_u32(0x2800 + u32::from(dots))).unwrap_or(' ');
            if colours && dots != 0 {
                let _ = write!(text, "{}{glyph}{PLAIN}", COLOURS[owner % COLOURS.len()]);
            } else {
                text.push(glyph);
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(values: &[f64], width: usize, unit: &'static str) -> String {
        overlay(&[Line { name: "", values }], Style { width, unit, log: false, colours: false })
    }

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

    #[test]
    fn several_curves_have_letters_or_colours_and_a_legend() {
        let (up, down): (Vec<f64>, Vec<f64>) = (0..100).map(|step| (f64::from(step), 100.0 - f64::from(step))).unzip();
        let lines = [Line { name: "up", values: &up }, Line { name: "down", values: &down }];
        let style = Style { width: 60, unit: "steps", log: false, colours: false };
        let plain = overlay(&lines, style);
        assert!(plain.contains('a') && plain.contains('b') && plain.ends_with("a up\nb down\n"), "{plain}");
        let coloured = overlay(&lines, Style { colours: true, ..style });
        assert!(coloured.contains(COLOURS[0]) && coloured.contains(COLOURS[1]), "{coloured}");
    }

    #[test]
    fn a_log_axis_shows_decades_and_leaves_out_zero() {
        let values = [1.0, 0.1, 0.01, 0.001, 0.0];
        let style = Style { width: 60, unit: "steps", log: true, colours: false };
        let text = overlay(&[Line { name: "", values: &values }], style);
        assert!(text.contains("1 ┤") && text.contains("0.001 ┤"), "{text}");
        assert!(overlay(&[Line { name: "", values: &[0.0, -1.0] }], style).contains("no values"));
    }
}

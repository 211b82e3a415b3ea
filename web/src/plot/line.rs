//! What is drawn.

/// A line with an optional band around it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    /// Name at its end; empty for lines that need none.
    pub label: String,
    /// Which of the line styles.
    pub style: usize,
    /// `(x, y)`, in order of x.
    pub points: Vec<(f64, f64)>,
    /// `(x, low, high)`.
    pub band: Vec<(f64, f64, f64)>,
    /// Drawn thin, because it only accompanies another one.
    pub thin: bool,
}

/// A place on a line that something happened at.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// Which of the line styles.
    pub style: usize,
    /// Where.
    pub x: f64,
    /// Where.
    pub y: f64,
    /// What it looks like: `✕`, say.
    pub sign: &'static str,
    /// What happened, in a few words.
    pub words: String,
}

/// Marks by line style: schedules differ by colour and by mark.
pub const MARKS: [&str; 8] = ["●", "■", "▲", "◆", "▼", "★", "✚", "⬟"];

/// At most about `most` points of a curve with one value per step, keeping the lowest and the highest of each stretch,
/// so that neither peaks nor single-step jumps are lost.
pub fn thin(values: &[f64], most: usize) -> Vec<(f64, f64)> {
    let width = values.len().div_ceil((most / 2).max(1)).max(1);
    if width <= 2 {
        return values.iter().enumerate().map(|(step, &value)| (step as f64, value)).collect();
    }
    let mut points = Vec::new();
    for (index, stretch) in values.chunks(width).enumerate() {
        let at = |place: usize| ((index * width + place) as f64, stretch[place]);
        let lowest = (0..stretch.len()).min_by(|&a, &b| stretch[a].total_cmp(&stretch[b])).unwrap_or(0);
        let highest = (0..stretch.len()).max_by(|&a, &b| stretch[a].total_cmp(&stretch[b])).unwrap_or(0);
        points.push(at(lowest.min(highest)));
        if lowest != highest {
            points.push(at(lowest.max(highest)));
        }
    }
    if let (Some(&last), Some(&(step, _))) = (values.last(), points.last())
        && step as usize + 1 < values.len()
    {
        points.push(((values.len() - 1) as f64, last));
    }
    points
}

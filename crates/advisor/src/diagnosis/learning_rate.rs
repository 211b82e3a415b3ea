//! The shape of a logged LR.

use scheduler::format_lr;

use super::run::Run;
use crate::log::Series;

/// A logged LR.
#[derive(Clone, Debug)]
pub(super) struct LearningRate {
    /// Place of each value.
    pub at: Vec<f64>,
    /// The LR there.
    pub values: Vec<f64>,
    /// The greatest.
    pub peak: f64,
    /// Index of the first value at the peak.
    pub peak_index: usize,
}

/// A fall by a factor between two stretches of constant LR.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cut {
    /// Index of the first value after it.
    pub index: usize,
    /// LR after over LR before.
    pub factor: f64,
}

/// Changes below this share are rounding in the log.
const EQUAL: f64 = 1e-4;

impl LearningRate {
    pub fn of(series: &Series) -> Option<Self> {
        let points: Vec<(f64, f64)> = series
            .bins()
            .iter()
            .map(|bin| (bin.from, bin.last))
            .filter(|point| point.1.is_finite() && point.1 >= 0.0)
            .collect();
        let (at, values): (Vec<f64>, Vec<f64>) = points.into_iter().unzip();
        let peak = values.iter().copied().fold(0.0, f64::max);
        if values.len() < 3 || peak <= 0.0 {
            return None;
        }
        let peak_index = values.iter().position(|lr| *lr >= peak * (1.0 - EQUAL))?;
        Some(Self { at, values, peak, peak_index })
    }

    pub fn len(&self) -> usize {
        self.values.len()
    }

    pub fn last(&self) -> f64 {
        self.values[self.len() - 1]
    }

    /// The LR in force at a place.
    pub fn at(&self, place: f64) -> f64 {
        self.values[self.at.partition_point(|at| *at <= place).saturating_sub(1)]
    }

    /// Whether it never changes.
    pub fn is_constant(&self) -> bool {
        self.values.iter().all(|lr| (lr / self.peak - 1.0).abs() < EQUAL)
    }

    /// Whether it rises to its peak from below half of it.
    pub fn warms_up(&self) -> bool {
        self.peak_index > 0 && self.values[0] < 0.5 * self.peak
    }

    /// The share of the run after which it stays below `share` of its peak; `None` where it ends above.
    pub fn below_from(&self, share: f64) -> Option<usize> {
        let last_above = self.values.iter().rposition(|lr| *lr >= share * self.peak)?;
        (last_above + 1 < self.len()).then_some(last_above + 1)
    }

    /// How often it turns from falling to rising or back, by more than a fifth of its peak.
    pub fn turns(&self) -> usize {
        let mut turns = 0;
        let (mut low, mut high) = (self.values[0], self.values[0]);
        let mut rising = None;
        for &lr in &self.values {
            low = lr.min(low);
            high = lr.max(high);
            let step = 0.2 * self.peak;
            if rising != Some(true) && lr > low + step {
                turns += usize::from(rising.is_some());
                rising = Some(true);
                high = lr;
            } else if rising != Some(false) && lr < high - step {
                turns += usize::from(rising.is_some());
                rising = Some(false);
                low = lr;
            } else if rising == Some(true) {
                low = high;
            } else if rising == Some(false) {
                high = low;
            }
        }
        turns
    }

    /// Its cuts, where it is constant but for falls.
    pub fn cuts(&self) -> Vec<Cut> {
        let mut cuts = Vec::new();
        let mut changes = 0;
        for index in 1..self.len() {
            let (before, after) = (self.values[index - 1], self.values[index]);
            if (after - before).abs() <= EQUAL * before {
                continue;
            }
            changes += 1;
            if before > 0.0 && after < before {
                cuts.push(Cut { index, factor: after / before });
            }
        }
        if changes == cuts.len() { cuts } else { Vec::new() }
    }

    /// One sentence.
    pub fn fact(&self, run: &Run) -> String {
        let (first, last) = (format_lr(self.values[0]), format_lr(self.last()));
        if self.is_constant() {
            return format!("LR constant at {first}.");
        }
        if self.peak_index == 0 {
            return format!("LR {first} at first and greatest, {last} at the end.");
        }
        format!(
            "LR {first} at first, {} at its greatest ({}), {last} at the end.",
            format_lr(self.peak),
            run.place(self.at[self.peak_index])
        )
    }
}

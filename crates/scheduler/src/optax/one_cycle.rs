//! `linear_onecycle_schedule` and `cosine_onecycle_schedule`.

use super::interpolate::interpolated;
use super::{Prepared, counted};
use crate::class::constructor;
use crate::error::value_error;
use crate::notation::Steps;

constructor! {
    /// OneCycle in three lines: up, down, and out.
    ///
    /// Formula: `peak_value / div_factor` at step 0, `peak_value` at `int(pct_start * transition_steps)`, back at the start at
    /// `int(pct_final * transition_steps)`, and `peak_value / div_factor / final_div_factor` at `transition_steps`.
    ///
    /// First value: `peak_value / div_factor`. The last value holds.
    ///
    /// Source: optax 0.2.8, `optax.linear_onecycle_schedule`; Smith and Topin 2018, arXiv 1708.07120.
    LinearOnecycleSchedule = "linear_onecycle_schedule" in Optax;
    /// Steps of the whole cycle.
    transition_steps: Steps,
    /// The LR at the peak.
    peak_value: f64,
    /// Share of the cycle at which the peak is.
    pct_start: f64 = 0.3,
    /// Share of the cycle at which the LR is back at its start.
    pct_final: f64 = 0.85,
    /// The cycle starts at `peak_value / div_factor`.
    div_factor: f64 = 25.0,
    /// The cycle ends at its start divided by this.
    final_div_factor: f64 = 1e4,
}

constructor! {
    /// OneCycle in two half cosines: up and down.
    ///
    /// Formula: `peak_value / div_factor` at step 0, `peak_value` at `int(pct_start * transition_steps)`, and `peak_value /
    /// (div_factor * final_div_factor)` at `transition_steps`.
    ///
    /// First value: `peak_value / div_factor`. The last value holds. torch's peak is one step earlier, and its last step is
    /// `total_steps - 1`.
    ///
    /// Source: optax 0.2.8, `optax.cosine_onecycle_schedule`; Smith and Topin 2018, arXiv 1708.07120.
    CosineOnecycleSchedule = "cosine_onecycle_schedule" in Optax;
    /// Steps of the whole cycle.
    transition_steps: Steps,
    /// The LR at the peak.
    peak_value: f64,
    /// Share of the cycle at which the peak is.
    pct_start: f64 = 0.3,
    /// The cycle starts at `peak_value / div_factor`.
    div_factor: f64 = 25.0,
    /// The cycle ends at its start divided by this.
    final_div_factor: f64 = 1e4,
}

counted!(LinearOnecycleSchedule);
counted!(CosineOnecycleSchedule);

/// A dict literal of Python: of two equal keys the last value counts, at the place of the first; then sorted.
fn boundaries(entries: &[(f64, f64)]) -> Vec<(i64, f64)> {
    let mut boundaries: Vec<(i64, f64)> = Vec::new();
    for &(step, scale) in entries {
        let step = step.trunc() as i64;
        match boundaries.iter_mut().find(|(known, _)| *known == step) {
            Some((_, known)) => *known = scale,
            None => boundaries.push((step, scale)),
        }
    }
    boundaries.sort_by_key(|(step, _)| *step);
    boundaries
}

const TOO_SHORT: &str = "A linear onecycle schedule was set with a non-positive `transition_steps`";

impl LinearOnecycleSchedule {
    /// The LR at step 0.
    pub(crate) fn first(&self) -> f64 {
        self.peak_value / self.div_factor
    }

    /// Steps, and the factor at each.
    pub(crate) fn boundaries(&self) -> Vec<(i64, f64)> {
        let steps = self.transition_steps.0;
        boundaries(&[
            (self.pct_start * steps, self.div_factor),
            (self.pct_final * steps, 1.0 / self.div_factor),
            (steps, 1.0 / self.final_div_factor),
        ])
    }

    fn prepare(&self) -> Prepared {
        if self.transition_steps.0 <= 0.0 {
            return Err(value_error(TOO_SHORT));
        }
        interpolated("linear", self.first(), &self.boundaries())
    }
}

impl CosineOnecycleSchedule {
    /// The LR at step 0.
    pub(crate) fn first(&self) -> f64 {
        self.peak_value / self.div_factor
    }

    /// Steps, and the factor at each.
    pub(crate) fn boundaries(&self) -> Vec<(i64, f64)> {
        let steps = self.transition_steps.0;
        boundaries(&[
            (self.pct_start * steps, self.div_factor),
            (steps, 1.0 / (self.div_factor * self.final_div_factor)),
        ])
    }

    fn prepare(&self) -> Prepared {
        if self.transition_steps.0 <= 0.0 {
            return Err(value_error(TOO_SHORT));
        }
        interpolated("cosine", self.first(), &self.boundaries())
    }
}

//! What the lanes of a schedule come to together.

use trainer::outcome::{Outcome, WINDOW};

use super::Results;
use super::lane::LaneResults;

impl Results {
    /// The lanes of one schedule.
    pub fn of_schedule(&self, schedule: usize) -> impl Iterator<Item = &LaneResults> {
        self.lanes.iter().filter(move |lane| lane.lane.schedule == schedule)
    }

    /// How many lanes of a schedule came to an outcome, and how many lanes it has. Lanes that are lost came to none.
    pub fn count(&self, schedule: usize, outcome: Outcome) -> (usize, usize) {
        let lanes = || self.of_schedule(schedule);
        (lanes().filter(|lane| !lane.lost && self.outcome(lane) == outcome).count(), lanes().count())
    }

    /// How many lanes of a schedule are lost.
    pub fn lost(&self, schedule: usize) -> usize {
        self.of_schedule(schedule).filter(|lane| lane.lost).count()
    }

    /// How many lanes have come to the target at some time, and the median of the steps that it took them; `None` where
    /// none has or it is not known.
    pub fn steps_to_target(&self, schedule: usize) -> Option<(usize, usize)> {
        let learned = self.of_schedule(schedule).filter_map(|lane| lane.learned_at.filter(|step| *step < self.steps));
        let mut steps: Vec<usize> = learned.collect();
        steps.sort_unstable();
        steps.get(steps.len() / 2).map(|median| (steps.len(), median + 1))
    }

    /// The lowest loss that a lane of a schedule ends with, as the mean of its last steps.
    pub fn best(&self, schedule: usize) -> Option<f64> {
        let count = (WINDOW / self.every.max(1)).max(1);
        let ends = self.of_schedule(schedule).filter(|lane| !lane.lost).filter_map(|lane| {
            let losses = self.losses(lane);
            let window = &losses[losses.len().checked_sub(count)?..];
            Some(f64::from(window.iter().sum::<f32>()) / window.len() as f64)
        });
        ends.filter(|loss| loss.is_finite()).min_by(f64::total_cmp)
    }

    /// The loss of a schedule over its seeds, in at most `most` points: `(step, lowest, median, highest)`. Lanes that are
    /// lost count as far as they came.
    pub fn band(&self, schedule: usize, most: usize) -> Vec<(f64, f64, f64, f64)> {
        let lanes: Vec<&[f32]> = self.of_schedule(schedule).map(|lane| self.losses(lane)).collect();
        let length = lanes.iter().map(|losses| losses.len()).max().unwrap_or(0);
        let width = length.div_ceil(most).max(1);
        (0..length)
            .step_by(width)
            .filter_map(|start| {
                let end = (start + width).min(length);
                let mean = |losses: &&[f32]| {
                    let window = losses.get(start..end.min(losses.len())).filter(|window| !window.is_empty())?;
                    Some(f64::from(window.iter().sum::<f32>()) / window.len() as f64)
                };
                let mut losses: Vec<f64> = lanes.iter().filter_map(mean).filter(|loss| loss.is_finite()).collect();
                losses.sort_by(f64::total_cmp);
                let median = *losses.get(losses.len() / 2)?;
                let step = ((start + end) as f64 / 2.0 - 0.5) * self.every as f64;
                Some((step, losses[0], median, losses[losses.len() - 1]))
            })
            .collect()
    }

    /// The median loss of a schedule at a step.
    pub fn median_at(&self, schedule: usize, step: usize) -> Option<f64> {
        let index = step / self.every.max(1);
        let at = |lane: &LaneResults| self.losses(lane).get(index).map(|loss| f64::from(*loss));
        let mut losses: Vec<f64> = self.of_schedule(schedule).filter_map(at).filter(|loss| loss.is_finite()).collect();
        losses.sort_by(f64::total_cmp);
        losses.get(losses.len() / 2).copied()
    }
}

//! How much LR a schedule has spent by a step: the sum of the LRs of the steps before. Over it, schedules of different
//! shapes can be compared by what they cost and not by how long they took.

use std::borrow::Cow;

use scheduler::curve;

use super::Results;
use crate::state::State;

/// For each schedule of a race, what it has spent before each step; empty for those that listen to a metric or were changed
/// by hand, whose LRs are known only from the race.
pub type Spent = Vec<Vec<f64>>;

/// What the schedules of a race will have spent, by `scheduler`. `steered`: those that were changed by hand.
pub fn spent(state: &State, steered: &[usize]) -> Spent {
    let of_schedule = |(index, named): (usize, &scheduler::permalink::NamedSchedule)| {
        if named.schedule.needs_metric() || steered.contains(&index) {
            return Vec::new();
        }
        let optimizer = state.experiment.scheduler_optimizer(named.lr);
        sums(curve(&named.schedule, optimizer, state.experiment.steps, &[]).first_group().into_iter())
    };
    state.schedules.iter().enumerate().map(of_schedule).collect()
}

/// The place of every step of a schedule on the horizontal axis.
pub struct Ruler<'s> {
    /// What has been spent before each step; `None` where the axis counts steps.
    spent: Option<Cow<'s, [f64]>>,
}

impl<'s> Ruler<'s> {
    /// The ruler of a schedule: over steps, or over what has been spent.
    pub fn new(over: Option<&'s Spent>, results: &Results, schedule: usize) -> Self {
        let spent = over.map(|over| match over.get(schedule) {
            Some(planned) if !planned.is_empty() => Cow::Borrowed(planned.as_slice()),
            _ => Cow::Owned(told(results, schedule)),
        });
        Self { spent }
    }

    /// Where a step is; between two steps for the middle of several.
    pub fn place(&self, step: f64) -> f64 {
        let Some(spent) = &self.spent else { return step };
        let at = |index: usize| spent.get(index).or(spent.last()).copied().unwrap_or(0.0);
        let before = at(step as usize);
        before + step.fract() * (at(step as usize + 1) - before)
    }

    /// The last step up to a place; `None` beyond the end of the schedule.
    pub fn step(&self, place: f64) -> Option<usize> {
        let Some(spent) = &self.spent else { return Some(place as usize) };
        // A place that is read off is rounded, the end of the axis as well.
        let is_within = spent.last().is_some_and(|last| place <= last * (1.0 + 1e-9));
        if is_within { spent.partition_point(|spent| *spent <= place).checked_sub(1) } else { None }
    }

    /// Where the last of so many steps is.
    pub fn end(&self, steps: usize) -> f64 {
        self.place(steps.saturating_sub(1) as f64)
    }
}

/// What the lanes of a schedule have spent by the LRs that they were trained with: the mean over the seeds.
fn told(results: &Results, schedule: usize) -> Vec<f64> {
    let lanes = || results.of_schedule(schedule);
    let steps = lanes().map(|lane| lane.lrs.len()).min().unwrap_or(0).min(results.steps);
    let count = lanes().count().max(1) as f64;
    sums((0..steps).map(|step| lanes().map(|lane| f64::from(lane.lrs[step])).sum::<f64>() / count))
}

/// The sum before each value.
fn sums(lrs: impl Iterator<Item = f64>) -> Vec<f64> {
    lrs.scan(0.0, |sum, lr| Some(std::mem::replace(sum, *sum + lr))).collect()
}

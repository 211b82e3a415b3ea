//! From the losses of a range test to what the advisor says of them.

use advisor::finder::{Analysis, Sweep, analyse};
use trainer::experiment::Task;
use trainer::messages::Run;
use trainer::range_test::end;

use crate::race::Results;

/// A point of the curve: LR, and the least, the median and the greatest smoothed loss over the seeds.
pub type Point = (f64, f64, f64, f64);

/// A range test that has been read.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The judgement.
    pub analysis: Analysis,
    /// The smoothed loss over the LR.
    pub curve: Vec<Point>,
}

/// The LR of each step of the test.
pub fn lrs(run: &Run) -> Vec<f64> {
    let Some(scheduled) = run.schedules.first() else { return Vec::new() };
    let optimizer = run.experiment.scheduler_optimizer(scheduled.base_lr);
    scheduler::curve(&scheduled.schedule, optimizer, run.experiment.steps, &[]).first_group()
}

/// Reads the losses of all seeds; `None` where there are too few to read.
pub fn read(results: &Results, task: &Task, lrs: &[f64]) -> Option<Reading> {
    let sweep = |losses: &Vec<f32>| {
        let count = end(task, losses).min(lrs.len());
        let losses: Vec<f64> = losses[..count].iter().map(|&loss| f64::from(loss)).collect();
        Sweep::new(&lrs[..count], &losses).ok()
    };
    let sweeps: Vec<Sweep> = results.lanes.iter().filter_map(|lane| sweep(&lane.losses)).collect();
    if sweeps.is_empty() {
        return None;
    }
    let analysis = analyse(&sweeps);
    let at = |(step, &lr): (usize, &f64)| {
        let mut losses: Vec<f64> =
            analysis.readings.iter().filter_map(|reading| reading.smoothed.get(step).copied()).collect();
        losses.sort_by(f64::total_cmp);
        Some((lr, *losses.first()?, losses[losses.len() / 2], *losses.last()?))
    };
    let curve = lrs.iter().enumerate().map_while(at).collect();
    Some(Reading { analysis, curve })
}

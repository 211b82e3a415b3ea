//! The LR range test: a short run whose LR grows from step to step, over several seeds at once (Smith 2017, arXiv
//! 1506.01186). What its losses mean is for `advisor::finder` to say.
//!
//! It is a run like any other, whose schedule is an `ExponentialLR` that grows, and which may end early.

use scheduler::Schedule;
use scheduler::torch::ExponentialLR;
use serde::{Deserialize, Serialize};

use crate::experiment::{Experiment, Task};
use crate::messages::{Lane, Run, ScheduledLr, StepReport};
use crate::outcome::chance_loss;
use crate::validate::Invalid;

/// The bounds and the length of a sweep.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RangeTest {
    /// LR of the first step.
    pub from: f64,
    /// LR of the last step.
    pub to: f64,
    /// Optimizer steps.
    pub steps: usize,
}

impl Default for RangeTest {
    fn default() -> Self {
        Self { from: 1e-5, to: 10.0, steps: 100 }
    }
}

/// LR and loss of the steps of one seed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curve {
    /// LR of each step.
    pub lrs: Vec<f64>,
    /// Loss of each step's batch, in nats, before the update.
    pub losses: Vec<f64>,
}

/// Steps over which losses are averaged before they are compared.
const WINDOW: usize = 5;
/// A loss of this many times the first is divergence.
const TIMES_FIRST: f32 = 1.3;
/// So it is only above chance by this many nats: a network that starts confident may start higher than that.
const ABOVE_CHANCE: f32 = 0.5;
/// A loss that had been below this share of chance has learned something.
const LEARNED: f32 = 0.8;
/// If it then comes back to this share of chance, the network has died, as one with ReLU does: its loss stays there and
/// never rises further, so that no rule about explosions sees it.
const DEAD: f32 = 0.99;

impl RangeTest {
    /// The run that makes the test of an experiment with these seeds.
    ///
    /// # Errors
    /// One sentence on bounds that make no sweep.
    pub fn run(&self, experiment: &Experiment, seeds: &[u64]) -> Result<Run, Invalid> {
        let &Self { from, to, steps } = self;
        if !(from > 0.0 && to > from && to.is_finite()) {
            return Err(Invalid(format!(
                "The sweep goes from LR {from} to {to}; it must go from a positive LR to a greater one."
            )));
        }
        if steps < 20 {
            return Err(Invalid(format!("The sweep has {steps} steps; it must have at least 20.")));
        }
        let gamma = (to / from).powf(((steps - 1) as f64).recip());
        let schedule = Schedule::from(ExponentialLR { gamma });
        Ok(Run {
            experiment: Experiment { steps, validation: None, ..experiment.clone() },
            schedules: vec![ScheduledLr { base_lr: from, schedule }],
            lanes: seeds.iter().map(|&seed| Lane { schedule: 0, seed }).collect(),
            ends_when_diverged: true,
        })
    }
}

/// Watches the losses of a test for its end.
#[derive(Clone, Debug)]
pub struct Watch {
    chance: f32,
    lanes: Vec<LaneWatch>,
}

#[derive(Clone, Debug, Default)]
struct LaneWatch {
    losses: Vec<f32>,
    learned: bool,
    over: bool,
}

impl Watch {
    /// For that many lanes.
    pub fn new(task: &Task, lanes: usize) -> Self {
        Self { chance: chance_loss(task), lanes: vec![LaneWatch::default(); lanes] }
    }

    /// Takes the next steps.
    pub fn add(&mut self, reports: &[StepReport]) {
        for report in reports {
            for (lane, &loss) in self.lanes.iter_mut().zip(&report.loss) {
                lane.add(loss, self.chance);
            }
        }
    }

    /// Whether every lane has diverged, so that greater LRs have nothing more to tell.
    pub fn is_over(&self) -> bool {
        self.lanes.iter().all(|lane| lane.over)
    }
}

impl LaneWatch {
    fn add(&mut self, loss: f32, chance: f32) {
        if self.over {
            return;
        }
        self.losses.push(loss);
        let Some(begin) = self.losses.len().checked_sub(WINDOW) else { return };
        let mean = |losses: &[f32]| losses.iter().sum::<f32>() / WINDOW as f32;
        let (first, last) = (mean(&self.losses[..WINDOW]), mean(&self.losses[begin..]));
        let bound = (TIMES_FIRST * first).max(chance + ABOVE_CHANCE);
        self.learned |= last < LEARNED * chance;
        self.over = !last.is_finite() || last > bound || self.learned && last >= DEAD * chance;
    }
}

/// How many of the losses of one lane belong to the test: all up to where it has diverged.
pub fn end(task: &Task, losses: &[f32]) -> usize {
    let mut watch = LaneWatch::default();
    let over = losses.iter().position(|&loss| {
        watch.add(loss, chance_loss(task));
        watch.over
    });
    over.map_or(losses.len(), |last| last + 1)
}

/// The curve of one lane up to where it has diverged; so it does not depend on what the lanes beside it did.
pub fn curve(task: &Task, reports: &[StepReport], lane: usize) -> Curve {
    let points = reports.iter().filter_map(|report| report.lr.get(lane).copied().zip(report.loss.get(lane).copied()));
    let (lrs, losses): (Vec<f32>, Vec<f32>) = points.unzip();
    let widen = |values: &[f32]| values[..end(task, &losses)].iter().copied().map(f64::from).collect();
    Curve { lrs: widen(&lrs), losses: widen(&losses) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::presets;

    fn over_after(losses: &[f32]) -> Option<usize> {
        let mut lane = LaneWatch::default();
        losses.iter().position(|&loss| {
            lane.add(loss, 10f32.ln());
            lane.over
        })
    }

    #[test]
    fn a_network_that_dies_or_explodes_is_over_and_one_that_has_not_begun_is_not() {
        let chance = 10f32.ln();
        let mut losses = vec![2.5f32; 10];
        losses.extend([chance; 40]);
        assert_eq!(over_after(&losses), None, "at chance from the beginning");
        let mut dies = vec![2.5f32; 10];
        dies.extend([1.2; 10]);
        dies.extend([chance; 30]);
        assert_eq!(over_after(&dies), Some(24), "mean of five back at chance");
        losses.extend([4.0; 10]);
        assert_eq!(over_after(&losses), Some(52), "mean of five above 1.3 times 2.5");
        assert_eq!(over_after(&[2.5, 2.5, 2.5, 2.5, 2.5, f32::NAN]), Some(5));
        // One bad batch is not the end.
        dies[14] = 6.0;
        assert_eq!(over_after(&dies[..20]), None);
    }

    #[test]
    fn the_lr_grows_from_one_bound_to_the_other() {
        let test = RangeTest { from: 1e-4, to: 1.0, steps: 41 };
        let run = test.run(&presets::warmup().experiment, &[0, 1]).unwrap();
        let scheduled = &run.schedules[0];
        let curve =
            scheduler::curve(&scheduled.schedule, scheduler::Optimizer::sgd(&[scheduled.base_lr], 0.9), 41, &[]);
        let lrs = curve.first_group();
        assert!((lrs[0] - 1e-4).abs() < 1e-12 && (lrs[20] - 1e-2).abs() < 1e-10 && (lrs[40] - 1.0).abs() < 1e-9);
        assert_eq!(run.lanes.len(), 2);
    }

    #[test]
    fn a_sweep_that_is_none_is_refused() {
        let experiment = presets::warmup().experiment;
        let error = |from, to, steps| RangeTest { from, to, steps }.run(&experiment, &[0]).unwrap_err().to_string();
        assert_eq!(
            error(0.0, 1.0, 100),
            "The sweep goes from LR 0 to 1; it must go from a positive LR to a greater one."
        );
        assert!(error(1.0, 0.1, 100).contains("from LR 1 to 0.1"));
        assert!(error(1e-3, f64::INFINITY, 100).contains("inf"));
        assert_eq!(error(1e-3, 1.0, 3), "The sweep has 3 steps; it must have at least 20.");
    }
}

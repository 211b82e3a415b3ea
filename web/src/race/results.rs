//! What a race has brought so far, and how much of it is shown.

use std::collections::BTreeMap;

use trainer::experiment::{Experiment, Task};
use trainer::messages::{Lane, StepReport};
use trainer::outcome::{Outcome, outcome};
use trainer::recording::Recording;

use super::lane::LaneResults;

/// All lanes of a race.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Results {
    /// In the order of schedules, then seeds.
    pub lanes: Vec<LaneResults>,
    /// Steps per value of the losses: 1 for a live race.
    pub every: usize,
    /// Steps that are shown. More may have arrived.
    pub steps: usize,
    /// What was trained, for chance level; `None` where nothing was.
    pub task: Option<Task>,
    /// What the LR of a schedule is multiplied by, where that was changed by hand under way.
    pub factors: BTreeMap<usize, f64>,
    /// The accuracy above which a lane has learned it.
    goal: f32,
}

impl Results {
    /// No steps yet.
    pub fn new(lanes: &[Lane], experiment: &Experiment) -> Self {
        let task = Some(experiment.task.clone());
        Self {
            lanes: lanes.iter().map(|&lane| LaneResults::new(lane)).collect(),
            every: 1,
            steps: 0,
            task,
            factors: BTreeMap::new(),
            goal: experiment.goal,
        }
    }

    /// A finished race from a file, whose lanes are these.
    pub fn recorded(recording: Recording, lanes: &[Lane], experiment: &Experiment) -> Self {
        Self {
            lanes: lanes
                .iter()
                .zip(recording.lanes)
                .map(|(&lane, recorded)| LaneResults::recorded(lane, recorded))
                .collect(),
            every: recording.every,
            steps: experiment.steps,
            ..Self::new(&[], experiment)
        }
    }

    /// Adds steps of some of the lanes: `which[i]` is the index here of the report's lane `i`. A lane that goes on from a
    /// checkpoint makes some steps again: those that it has are as they were.
    pub fn add(&mut self, which: &[usize], reports: &[StepReport]) {
        for report in reports {
            let step = report.step as usize;
            for (place, &index) in which.iter().enumerate() {
                let Some(lane) = self.lanes.get_mut(index).filter(|lane| lane.losses.len() == step) else { continue };
                let at = |values: &[f32]| values.get(place).copied();
                if let Some(accuracy) = report.validation.as_ref().and_then(|scores| at(&scores.accuracy)) {
                    lane.validated = Some(accuracy);
                }
                if let Some(counters) = report.plateau.get(place).copied().flatten() {
                    lane.told.push((step, counters));
                }
                let number = |values: &[f32]| at(values).unwrap_or(f32::NAN);
                let (lr, loss, accuracy) = (number(&report.lr), number(&report.loss), number(&report.accuracy));
                lane.push(self.task.as_ref(), self.goal, lr, loss, accuracy);
            }
        }
    }

    /// Steps that every lane that is trained has made; with none of those left, that any lane has made.
    pub fn received(&self) -> usize {
        let trained = self.lanes.iter().filter(|lane| !lane.lost).map(|lane| lane.losses.len()).min();
        let any = || self.lanes.iter().map(|lane| lane.losses.len()).max();
        trained.or_else(any).unwrap_or(0) * self.every.max(1)
    }

    /// Marks lanes as lost, or as trained again.
    pub fn mark_lost(&mut self, which: &[usize], lost: bool) {
        for &index in which {
            if let Some(lane) = self.lanes.get_mut(index) {
                lane.lost = lost;
            }
        }
    }

    /// How many lanes are trained and have less than is shown, since they have been lost for a while, and how far they are.
    pub fn behind(&self) -> Option<(usize, usize)> {
        let behind = || {
            let steps = self.lanes.iter().filter(|lane| !lane.lost).map(|lane| lane.losses.len() * self.every.max(1));
            steps.filter(|steps| *steps < self.steps)
        };
        behind().min().map(|step| (behind().count(), step))
    }

    /// The losses that are shown.
    pub fn losses<'r>(&self, lane: &'r LaneResults) -> &'r [f32] {
        let shown = self.steps.div_ceil(self.every.max(1));
        &lane.losses[..shown.min(lane.losses.len())]
    }

    /// Forgets what has arrived and is not shown.
    pub fn cut_to_shown(&mut self) {
        for lane in &mut self.lanes {
            lane.cut(self.steps);
        }
    }

    /// What became of a lane.
    pub fn outcome(&self, lane: &LaneResults) -> Outcome {
        match (lane.recorded, &self.task) {
            (Some(recorded), _) => recorded,
            (None, Some(task)) => {
                let losses = self.losses(lane);
                let accuracies = &lane.accuracies[..losses.len().min(lane.accuracies.len())];
                outcome(task, self.goal, losses, accuracies, lane.validated)
            }
            (None, None) => Outcome::Learning,
        }
    }

    /// The step at which a lane diverged.
    pub fn diverged_at(&self, lane: &LaneResults) -> Option<usize> {
        lane.diverged_at.filter(|step| *step < self.steps)
    }
}

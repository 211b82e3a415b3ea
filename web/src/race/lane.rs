//! What came of one lane.

use trainer::experiment::Task;
use trainer::messages::{Lane, Plateau};
use trainer::outcome::{Outcome, outcome};
use trainer::recording::RecordedLane;

/// What came of one lane, step by step.
#[derive(Clone, Debug, PartialEq)]
pub struct LaneResults {
    /// Which lane.
    pub lane: Lane,
    /// The LR of each step. Empty in a recording.
    pub lrs: Vec<f32>,
    /// Nats per step; NaN where it was not a number.
    pub losses: Vec<f32>,
    /// 0 to 1 per step. Empty in a recording.
    pub accuracies: Vec<f32>,
    /// The first step at which it counted as learned.
    pub(super) learned_at: Option<usize>,
    /// The first step at which it counted as diverged.
    pub(super) diverged_at: Option<usize>,
    /// Accuracy at the last validation, if there was one.
    pub(super) validated: Option<f32>,
    /// The counters of a schedule that listens to a metric, with the steps after which it was told one.
    pub told: Vec<(usize, Plateau)>,
    /// What became of it, where that is recorded rather than judged.
    pub(super) recorded: Option<Outcome>,
    /// Nobody trains it any more, though it has steps to go.
    pub lost: bool,
}

impl LaneResults {
    pub(super) fn new(lane: Lane) -> Self {
        Self {
            lane,
            lrs: Vec::new(),
            losses: Vec::new(),
            accuracies: Vec::new(),
            validated: None,
            told: Vec::new(),
            learned_at: None,
            diverged_at: None,
            recorded: None,
            lost: false,
        }
    }

    pub(super) fn recorded(lane: Lane, recorded: RecordedLane) -> Self {
        Self { losses: recorded.losses, recorded: Some(recorded.outcome), ..Self::new(lane) }
    }

    pub(super) fn push(&mut self, task: Option<&Task>, goal: f32, lr: f32, loss: f32, accuracy: f32) {
        let step = self.losses.len();
        self.lrs.push(lr);
        self.losses.push(loss);
        self.accuracies.push(accuracy);
        match task.map(|task| outcome(task, goal, &self.losses, &self.accuracies, self.validated)) {
            Some(Outcome::Learned) => drop(self.learned_at.get_or_insert(step)),
            Some(Outcome::Diverged) => drop(self.diverged_at.get_or_insert(step)),
            _ => {}
        }
    }

    /// Forgets what came after that many steps.
    pub(super) fn cut(&mut self, steps: usize) {
        self.lrs.truncate(steps);
        self.losses.truncate(steps);
        self.accuracies.truncate(steps);
        self.told.retain(|(step, _)| *step < steps);
        self.learned_at = self.learned_at.filter(|at| *at < steps);
        self.diverged_at = self.diverged_at.filter(|at| *at < steps);
    }
}

//! What a race has brought so far, and how much of it is shown.

use trainer::experiment::{Experiment, Task};
use trainer::messages::{Lane, Plateau, StepReport};
use trainer::outcome::{Outcome, WINDOW, outcome};
use trainer::recording::{RecordedLane, Recording};

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
    learned_at: Option<usize>,
    /// The first step at which it counted as diverged.
    diverged_at: Option<usize>,
    /// Accuracy at the last validation, if there was one.
    validated: Option<f32>,
    /// The counters of a schedule that listens to a metric, with the steps after which it was told one.
    pub told: Vec<(usize, Plateau)>,
    /// What became of it, where that is recorded rather than judged.
    recorded: Option<Outcome>,
}

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
    /// The accuracy above which a lane has learned it.
    goal: f32,
}

impl LaneResults {
    fn new(lane: Lane) -> Self {
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
        }
    }

    fn push(&mut self, task: Option<&Task>, goal: f32, lr: f32, loss: f32, accuracy: f32) {
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
            goal: experiment.goal,
        }
    }

    /// A finished race from a file, whose lanes are these.
    pub fn recorded(recording: Recording, lanes: &[Lane], experiment: &Experiment) -> Self {
        let lane = |(&lane, recorded): (&Lane, RecordedLane)| LaneResults {
            losses: recorded.losses,
            recorded: Some(recorded.outcome),
            ..LaneResults::new(lane)
        };
        Self {
            lanes: lanes.iter().zip(recording.lanes).map(lane).collect(),
            every: recording.every,
            steps: experiment.steps,
            ..Self::new(&[], experiment)
        }
    }

    /// Adds steps of some of the lanes: `which[i]` is the index here of the report's lane `i`.
    pub fn add(&mut self, which: &[usize], reports: &[StepReport]) {
        for report in reports {
            for (&index, &accuracy) in which.iter().zip(report.validation.iter().flat_map(|scores| &scores.accuracy)) {
                if let Some(lane) = self.lanes.get_mut(index) {
                    lane.validated = Some(accuracy);
                }
            }
            for (&index, counters) in which.iter().zip(&report.plateau) {
                if let (Some(lane), Some(counters)) = (self.lanes.get_mut(index), counters) {
                    lane.told.push((report.step as usize, *counters));
                }
            }
            for (place, &index) in which.iter().enumerate() {
                let at = |values: &[f32]| values.get(place).copied().unwrap_or(f32::NAN);
                if let Some(lane) = self.lanes.get_mut(index) {
                    lane.push(self.task.as_ref(), self.goal, at(&report.lr), at(&report.loss), at(&report.accuracy));
                }
            }
        }
    }

    /// Steps that every lane has made.
    pub fn received(&self) -> usize {
        self.lanes.iter().map(|lane| lane.losses.len()).min().unwrap_or(0) * self.every.max(1)
    }

    /// The losses that are shown.
    pub fn losses<'r>(&self, lane: &'r LaneResults) -> &'r [f32] {
        let shown = self.steps.div_ceil(self.every.max(1));
        &lane.losses[..shown.min(lane.losses.len())]
    }

    /// Forgets what has arrived and is not shown.
    pub fn cut_to_shown(&mut self) {
        self.cut(self.steps);
    }

    /// Forgets what came after that many steps.
    pub fn cut(&mut self, steps: usize) {
        for lane in &mut self.lanes {
            lane.lrs.truncate(steps);
            lane.losses.truncate(steps);
            lane.accuracies.truncate(steps);
            lane.told.retain(|(step, _)| *step < steps);
            lane.learned_at = lane.learned_at.filter(|at| *at < steps);
            lane.diverged_at = lane.diverged_at.filter(|at| *at < steps);
        }
        self.steps = self.steps.min(steps);
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

    /// The lanes of one schedule.
    pub fn of_schedule(&self, schedule: usize) -> impl Iterator<Item = &LaneResults> {
        self.lanes.iter().filter(move |lane| lane.lane.schedule == schedule)
    }

    /// How many lanes of a schedule came to an outcome, and how many lanes it has.
    pub fn count(&self, schedule: usize, outcome: Outcome) -> (usize, usize) {
        let lanes = || self.of_schedule(schedule);
        (lanes().filter(|lane| self.outcome(lane) == outcome).count(), lanes().count())
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
        let ends = self.of_schedule(schedule).filter_map(|lane| {
            let losses = self.losses(lane);
            let window = &losses[losses.len().checked_sub(count)?..];
            Some(f64::from(window.iter().sum::<f32>()) / window.len() as f64)
        });
        ends.filter(|loss| loss.is_finite()).min_by(f64::total_cmp)
    }

    /// The loss of a schedule over its seeds, in at most `most` points: `(step, lowest, median, highest)`.
    pub fn band(&self, schedule: usize, most: usize) -> Vec<(f64, f64, f64, f64)> {
        let lanes: Vec<&[f32]> = self.of_schedule(schedule).map(|lane| self.losses(lane)).collect();
        let length = lanes.iter().map(|losses| losses.len()).min().unwrap_or(0);
        let width = length.div_ceil(most).max(1);
        (0..length)
            .step_by(width)
            .filter_map(|start| {
                let end = (start + width).min(length);
                let mean = |losses: &&[f32]| {
                    let window = &losses[start..end];
                    f64::from(window.iter().sum::<f32>()) / window.len() as f64
                };
                let mut losses: Vec<f64> = lanes.iter().map(mean).filter(|loss| loss.is_finite()).collect();
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

//! What a race has brought so far.

use trainer::experiment::{Experiment, Task};
use trainer::messages::{Lane, StepReport};
use trainer::outcome::{Outcome, outcome};
use trainer::recording::Recording;

/// Loss and accuracy of one lane, step by step.
#[derive(Clone, Debug, PartialEq)]
pub struct LaneResults {
    /// Which lane.
    pub lane: Lane,
    /// Nats per step; NaN where it was not a number.
    pub losses: Vec<f32>,
    /// 0 to 1 per step. Empty in a recording.
    pub accuracies: Vec<f32>,
    /// Accuracy at the last validation, if there was one.
    validated: Option<f32>,
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
    /// Steps that every lane has made.
    pub steps: usize,
    /// What was trained, for chance level; `None` where nothing was.
    pub task: Option<Task>,
    /// The accuracy above which a lane has learned it.
    goal: f32,
}

impl Results {
    /// No steps yet.
    pub fn new(lanes: &[Lane], experiment: &Experiment) -> Self {
        let empty =
            |&lane| LaneResults { lane, losses: Vec::new(), accuracies: Vec::new(), validated: None, recorded: None };
        let task = Some(experiment.task.clone());
        Self { lanes: lanes.iter().map(empty).collect(), every: 1, steps: 0, task, goal: experiment.goal }
    }

    /// A finished race from a file.
    pub fn recorded(recording: &Recording) -> Self {
        let lane = |recorded: &trainer::recording::RecordedLane| LaneResults {
            lane: recorded.lane,
            losses: recorded.losses.iter().map(|loss| loss.unwrap_or(f32::NAN)).collect(),
            accuracies: Vec::new(),
            validated: None,
            recorded: Some(recorded.outcome),
        };
        Self {
            lanes: recording.lanes.iter().map(lane).collect(),
            every: recording.lanes.first().map_or(1, |lane| lane.every),
            steps: recording.experiment.steps,
            task: Some(recording.experiment.task.clone()),
            goal: recording.experiment.goal,
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
            for ((&index, &loss), &accuracy) in which.iter().zip(&report.loss).zip(&report.accuracy) {
                if let Some(lane) = self.lanes.get_mut(index) {
                    lane.losses.push(loss);
                    lane.accuracies.push(accuracy);
                }
            }
        }
        self.steps = self.lanes.iter().map(|lane| lane.losses.len()).min().unwrap_or(0);
    }

    /// Forgets what came after that many steps.
    pub fn cut(&mut self, steps: usize) {
        for lane in &mut self.lanes {
            lane.losses.truncate(steps);
            lane.accuracies.truncate(steps);
        }
        self.steps = self.steps.min(steps);
    }

    /// What became of a lane.
    pub fn outcome(&self, lane: &LaneResults) -> Outcome {
        match (lane.recorded, &self.task) {
            (Some(recorded), _) => recorded,
            (None, Some(task)) => outcome(task, self.goal, &lane.losses, &lane.accuracies, lane.validated),
            (None, None) => Outcome::Learning,
        }
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

    /// The loss of a schedule over its seeds, in at most `most` points: `(step, lowest, median, highest)`.
    pub fn band(&self, schedule: usize, most: usize) -> Vec<(f64, f64, f64, f64)> {
        let lanes: Vec<&LaneResults> = self.of_schedule(schedule).collect();
        let length = lanes.iter().map(|lane| lane.losses.len()).min().unwrap_or(0);
        let width = length.div_ceil(most).max(1);
        (0..length)
            .step_by(width)
            .filter_map(|start| {
                let end = (start + width).min(length);
                let mean = |lane: &&LaneResults| {
                    let window = &lane.losses[start..end];
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
}

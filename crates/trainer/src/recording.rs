//! A finished run on disk: what the page shows before anybody has pressed Run.

use serde::{Deserialize, Serialize};

use crate::experiment::Experiment;
use crate::messages::{Lane, ScheduledLr};
use crate::outcome::Outcome;

/// A run that this crate has made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recording {
    /// Name of the preset that was run.
    pub preset: String,
    /// Day of the run, `YYYY-MM-DD`.
    pub date: String,
    /// What it ran on, in words.
    pub device: String,
    /// Optimizer steps per second, all lanes together making one.
    pub steps_per_second: f64,
    /// What was trained.
    pub experiment: Experiment,
    /// The schedules; lanes point into it.
    pub schedules: Vec<ScheduledLr>,
    /// One for each lane.
    pub lanes: Vec<RecordedLane>,
}

/// One lane of a recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordedLane {
    /// Which lane it was.
    pub lane: Lane,
    /// What became of it, judged by all of its steps.
    pub outcome: Outcome,
    /// Loss in nats, the mean of each group of [`RecordedLane::every`] steps; not a number where it was not.
    pub losses: Vec<Option<f32>>,
    /// Steps per value of `losses`.
    pub every: usize,
}

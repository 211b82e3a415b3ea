//! What the page and the worker say to each other, as postcard bytes in a transferred `ArrayBuffer`.

use scheduler::Schedule;
use serde::{Deserialize, Serialize};

use crate::experiment::Experiment;
use crate::surface::Surfaces;

/// One replica in the batched program: one schedule with one seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lane {
    /// Index into the schedules of the run.
    pub schedule: usize,
    /// Seed of the initial weights and of the order of the data. The same seed draws the same under every schedule.
    pub seed: u64,
}

/// A schedule together with the LR it scales.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScheduledLr {
    /// The LR that the optimizer is built with.
    pub base_lr: f64,
    /// How it evolves.
    pub schedule: Schedule,
}

/// A run: what a worker is to train.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// What all lanes share.
    pub experiment: Experiment,
    /// The schedules of the race; lanes point into it.
    pub schedules: Vec<ScheduledLr>,
    /// The lanes that this worker trains (a race may be spread over several workers).
    pub lanes: Vec<Lane>,
    /// Whether a LR range test is made, which ends where all lanes have diverged.
    pub ends_when_diverged: bool,
}

impl Run {
    /// The seeds of its lanes, each once, in ascending order.
    pub fn seeds(&self) -> Vec<u64> {
        let mut seeds: Vec<u64> = self.lanes.iter().map(|lane| lane.seed).collect();
        seeds.sort_unstable();
        seeds.dedup();
        seeds
    }
}

/// What can be asked of a run under way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// Stop after the current step and wait.
    Pause,
    /// Go on after a pause.
    Resume,
    /// Train one step, and wait after it.
    Step,
    /// From the next step on, multiply the LR of a schedule by this factor.
    ScaleLr {
        /// Index into the schedules of the run.
        schedule: usize,
        /// 1 is the schedule as it is.
        factor: f64,
    },
}

/// From the page to a worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ToWorker {
    /// Train from the beginning, or from a checkpoint. A run under way is dropped.
    Start {
        /// Chosen by the page and repeated in every answer, so that late answers of an older run can be told apart.
        id: u32,
        /// What to train.
        run: Box<Run>,
        /// Where an earlier worker had got to with the same run: a [`Checkpoint`] as [`encode`] writes it.
        #[serde(with = "serde_bytes")]
        from: Option<Vec<u8>>,
    },
    /// Something about the run under way.
    Command(Command),
    /// Say what the models of the lanes with this seed make of the plane, and at the end of the run those of every seed.
    /// Answered with [`FromWorker::Surfaces`] unless nothing has changed since the last answer, or another run begins.
    Look {
        /// The seed.
        seed: u64,
    },
    /// Give up the run.
    Stop,
}

/// From a worker to the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FromWorker {
    /// The worker is up and its device works.
    Ready {
        /// What it trains on, in words ("WebGPU: NVIDIA ...", "CPU (WebAssembly SIMD)").
        device: String,
    },
    /// The first steps on a GPU compile its shaders, which may take seconds.
    Compiling {
        /// The run this belongs to.
        run: u32,
    },
    /// Steps that have been trained since the last message; at most [`MOST_REPORTS`].
    Progress {
        /// The run this belongs to.
        run: u32,
        /// One entry per trained step, in order.
        steps: Vec<StepReport>,
    },
    /// What was asked for by [`ToWorker::Look`]; at most a few kilobytes per lane with the seed.
    Surfaces {
        /// The run this belongs to.
        run: u32,
        /// What the models say.
        surfaces: Surfaces,
    },
    /// Where the run is, to go on from should this worker or its device be lost.
    Saved {
        /// The run this belongs to.
        run: u32,
        /// Steps that are trained.
        step: u32,
        /// A [`Checkpoint`] as [`encode`] writes it: millions of numbers, which the page keeps and need not read.
        #[serde(with = "serde_bytes")]
        checkpoint: Vec<u8>,
    },
    /// All steps are trained, or a range test has nothing more to see.
    Done {
        /// The run this belongs to.
        run: u32,
    },
    /// The run cannot be trained, here or anywhere.
    Refused {
        /// The run this belongs to.
        run: u32,
        /// One sentence: what is wrong with it.
        message: String,
    },
    /// The run ended early, or the worker could not start. It may be gone: start another for the next run.
    Failed {
        /// The run this belongs to; 0 where no run has been started.
        run: u32,
        /// One sentence: what happened.
        message: String,
    },
}

/// The most steps in one message, which bounds its size however fast the device is.
pub const MOST_REPORTS: usize = 500;

/// One optimizer step of every lane of this worker, in the order of the lanes of `Start`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepReport {
    /// Optimizer step, from 0.
    pub step: u32,
    /// The LR used, per lane: that of the first parameter group.
    pub lr: Vec<f32>,
    /// Mean cross-entropy of the step's batch in nats, per lane.
    pub loss: Vec<f32>,
    /// Share of right answers in the step's batch (before the update), per lane.
    pub accuracy: Vec<f32>,
    /// What the models did on the validation examples after the update, at the steps where that is looked at.
    pub validation: Option<Scores>,
    /// Where the schedules that listen to a metric stand, per lane, at the steps where they were told one.
    pub plateau: Vec<Option<Plateau>>,
}

/// Scores of every lane.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// Mean cross-entropy in nats, per lane.
    pub loss: Vec<f32>,
    /// Share of right answers, per lane.
    pub accuracy: Vec<f32>,
}

/// The counters of a schedule that listens to a metric.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plateau {
    /// The best metric so far, where the class keeps one that can be seen.
    pub best: Option<f32>,
    /// Bad metrics in a row.
    pub bad: u32,
    /// Metrics that will not be counted after the last reduction.
    pub cooldown: u32,
    /// How often the LR has been reduced.
    pub reductions: u32,
}

/// All that a run needs to go on elsewhere, on the host.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Steps that are trained.
    pub step: u32,
    /// Weights, `[lanes, P]`.
    pub weights: Vec<f32>,
    /// Moments of the optimizer, each `[lanes, P]`.
    pub moments: Vec<Vec<f32>>,
    /// Where the random streams of the examples stand: each different seed with the state of its stream.
    pub streams: Vec<(u64, u64)>,
    /// What the schedules that listen to a metric were told, per lane.
    pub told: Vec<Vec<f64>>,
    /// What the LR was multiplied by, per lane.
    pub factors: Vec<f64>,
}

impl Checkpoint {
    /// The state of some of its lanes, for workers who share what one had: `which` are their places in it.
    ///
    /// # Panics
    /// If it has no such place.
    pub fn of_lanes(&self, which: &[usize]) -> Self {
        let length = self.weights.len() / self.factors.len().max(1);
        let rows = |values: &Vec<f32>| -> Vec<f32> {
            which.iter().flat_map(|&lane| &values[lane * length..(lane + 1) * length]).copied().collect()
        };
        Self {
            step: self.step,
            weights: rows(&self.weights),
            moments: self.moments.iter().map(rows).collect(),
            // Those of other lanes do no harm: they are looked up by seed.
            streams: self.streams.clone(),
            told: which.iter().map(|&lane| self.told[lane].clone()).collect(),
            factors: which.iter().map(|&lane| self.factors[lane]).collect(),
        }
    }
}

/// Writes a message as bytes.
pub fn encode<M: Serialize>(message: &M) -> Vec<u8> {
    postcard::to_allocvec(message).expect("messages hold nothing that postcard cannot write")
}

/// Reads a message. Fails on bytes that no message of this version has.
pub fn decode<'a, M: Deserialize<'a>>(bytes: &'a [u8]) -> Result<M, postcard::Error> {
    postcard::from_bytes(bytes)
}

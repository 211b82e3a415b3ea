//! What the page and the worker say to each other, as postcard bytes in a transferred `ArrayBuffer`.

use scheduler::Schedule;
use serde::{Deserialize, Serialize};

use crate::experiment::Experiment;

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

/// From the page to a worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ToWorker {
    /// Train these lanes from the beginning. A run under way is dropped.
    Start {
        /// Chosen by the page and repeated in every answer, so that late answers of an older run can be told apart.
        run: u32,
        /// What all lanes share.
        experiment: Experiment,
        /// The schedules of the race; lanes point into it.
        schedules: Vec<ScheduledLr>,
        /// The lanes that this worker trains (a race may be spread over several workers).
        lanes: Vec<Lane>,
    },
    /// Stop after the current step and wait.
    Pause,
    /// Go on after a pause.
    Resume,
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
    /// Steps that have been trained since the last message.
    Progress {
        /// The run this belongs to.
        run: u32,
        /// One entry per trained step, in order.
        steps: Vec<StepReport>,
    },
    /// All steps are trained.
    Done {
        /// The run this belongs to.
        run: u32,
    },
    /// The run ended early, or the worker could not start. It may be gone: start another for the next run.
    Failed {
        /// The run this belongs to; 0 where no run has been started.
        run: u32,
        /// One sentence: what happened and what to do.
        message: String,
    },
}

/// One optimizer step of every lane of this worker, in the order of the lanes of `Start`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepReport {
    /// Optimizer step, from 0.
    pub step: u32,
    /// The LR used, per lane.
    pub lr: Vec<f32>,
    /// Mean cross-entropy of the step's batch in nats, per lane.
    pub loss: Vec<f32>,
    /// Share of right answers in the step's batch (before the update), per lane.
    pub accuracy: Vec<f32>,
}

/// Writes a message as bytes.
pub fn encode<M: Serialize>(message: &M) -> Vec<u8> {
    postcard::to_allocvec(message).expect("messages hold nothing that postcard cannot write")
}

/// Reads a message. Fails on bytes that no message of this version has.
pub fn decode<'a, M: Deserialize<'a>>(bytes: &'a [u8]) -> Result<M, postcard::Error> {
    postcard::from_bytes(bytes)
}

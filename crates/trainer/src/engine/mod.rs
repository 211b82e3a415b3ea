//! The training loop: all lanes of a run as one program on tensors with a leading lane axis.
//!
//! ```text
//! seeds --parameters--> weights [lanes, P] --split--> one leaf per weight matrix --model--> logits
//!   |                        ^                                                                |
//!   +--tasks--> batch [lanes, n, ...] ------------------------------------------------> loss per lane
//!                            |                                                                |
//! schedules --LR, momentum--> optimizer <--one gradient [lanes, P]-- backward of the summed loss
//! ```
//!
//! Lanes never mix: every operation keeps the lane axis, and the only sum over it is the one that starts the backward
//! pass, whose gradient is 1 for every lane. A lane that turns NaN leaves the others as they were.

mod layers;
mod model;
mod optimizer;
mod parameters;
mod pilot;

use std::fmt;

use burn_tensor::{Device, Tensor, TensorData, activation};

use crate::experiment::Experiment;
use crate::messages::{Lane, ScheduledLr, StepReport};
use crate::tasks::{Batch, Examples};
use crate::validate::{Invalid, validate};
use model::Model;
use optimizer::Optimizer;
use pilot::Pilot;

/// Why a run cannot start or go on.
#[derive(Clone, Debug, PartialEq)]
pub enum Error {
    /// The run asks for something that cannot be trained.
    Invalid(Invalid),
    /// A schedule raised what its library raises.
    Schedule(String),
    /// The device gave up: lost, out of memory, or without WebGPU.
    Device(String),
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(invalid) => invalid.fmt(formatter),
            Self::Schedule(message) => write!(formatter, "The schedule cannot go on: {message}"),
            Self::Device(message) => write!(formatter, "The device stopped: {message}"),
        }
    }
}

impl std::error::Error for Error {}

/// Many small models in training, one per lane.
pub struct Engine {
    experiment: Experiment,
    model: Model,
    examples: Examples,
    optimizer: Optimizer,
    pilots: Vec<Pilot>,
    /// All weights of all lanes, `[lanes, P]`, without gradient.
    weights: Tensor<2>,
    step: usize,
    device: Device,
}

/// What a step leaves on the device until it is read.
struct Unread {
    step: usize,
    lr: Vec<f32>,
    /// Loss and accuracy, `[lanes, 2]`.
    scores: Tensor<2>,
}

impl Engine {
    /// Draws the weights of all lanes and puts them on the device.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the run is out of bounds, [`Error::Schedule`] if a schedule cannot be built.
    pub fn new(
        experiment: &Experiment,
        schedules: &[ScheduledLr],
        lanes: &[Lane],
        device: &Device,
    ) -> Result<Self, Error> {
        validate(experiment, schedules, lanes).map_err(Error::Invalid)?;
        let pilots = lanes
            .iter()
            .map(|lane| Pilot::new(&schedules[lane.schedule], &experiment.optimizer))
            .collect::<Result<_, _>>()?;
        let seeds: Vec<u64> = lanes.iter().map(|lane| lane.seed).collect();
        let model = Model::new(&experiment.task);
        let weights = model.parameters().draw(&seeds);
        let weights = Tensor::from_data(TensorData::new(weights, [lanes.len(), model.parameters().len()]), device);
        Ok(Self {
            experiment: experiment.clone(),
            examples: Examples::new(&experiment.task, experiment.batch, &seeds),
            optimizer: Optimizer::new(&experiment.optimizer, weights.clone().zeros_like()),
            model,
            pilots,
            weights,
            step: 0,
            device: device.clone(),
        })
    }

    /// The next step to train, from 0.
    pub fn step(&self) -> usize {
        self.step
    }

    /// Whether all steps are trained.
    pub fn is_done(&self) -> bool {
        self.step == self.experiment.steps
    }

    /// Trains up to `steps` further steps and reads their results in one go.
    ///
    /// Reading back stalls a GPU, so ask for several steps at once there. Where a schedule watches the loss
    /// (ReduceLROnPlateau) every step is read all the same.
    ///
    /// # Errors
    /// [`Error::Device`] when the device is lost, [`Error::Schedule`] when a schedule refuses to be stepped.
    pub async fn advance(&mut self, steps: usize) -> Result<Vec<StepReport>, Error> {
        let end = self.experiment.steps.min(self.step + steps);
        let watches = self.pilots.iter().any(Pilot::watches_loss);
        let mut reports = Vec::with_capacity(end - self.step);
        let mut unread = Vec::new();
        while self.step < end {
            unread.push(self.train_step());
            if watches || self.step == end {
                reports.extend(read(std::mem::take(&mut unread)).await?);
            }
            if self.step < self.experiment.steps {
                let loss = reports.last().filter(|_| watches).map(|report| &report.loss);
                for (lane, pilot) in self.pilots.iter_mut().enumerate() {
                    pilot.step(loss.map(|loss| f64::from(loss[lane])))?;
                }
            }
        }
        Ok(reports)
    }

    /// One optimizer step of every lane.
    fn train_step(&mut self) -> Unread {
        let lanes = self.pilots.len();
        let batch = self.examples.draw();
        let weights = self.model.parameters().split(&self.weights);
        let logits = self.model.forward(&weights, self.upload(&batch, batch.width, &batch.input));
        let target = self.upload(&batch, batch.classes, &batch.target);

        let log_probabilities = activation::log_softmax(logits, 2);
        let of_target = (log_probabilities.clone() * target).sum_dim(2);
        let loss = of_target.clone().mean_dim(1).neg();
        let mut gradients = loss.clone().sum().backward();

        // The answer is right where no class is more probable than the target.
        let best = log_probabilities.inner().max_dim(2);
        let right = of_target.inner().greater_equal(best).float().mean_dim(1);
        let scores = Tensor::cat(vec![loss.inner(), right], 2).reshape([lanes, 2]);

        let gradient = self.model.parameters().join(&weights, &mut gradients);
        let lr: Vec<f64> = self.pilots.iter().map(Pilot::lr).collect();
        let momentum: Vec<f64> = self.pilots.iter().map(Pilot::momentum).collect();
        self.weights = self.optimizer.update(self.weights.clone(), gradient, &lr, &momentum);
        let step = self.step;
        self.step += 1;
        Unread { step, lr: lr.iter().map(|&lr| lr as f32).collect(), scores }
    }

    /// `[lanes, n, width]`, on the device with gradient tracking.
    fn upload(&self, batch: &Batch, width: usize, values: &[f32]) -> Tensor<3> {
        let shape = [self.pilots.len(), batch.rows, width];
        Tensor::<3>::from_data(TensorData::new(values.to_vec(), shape), &self.device).autodiff()
    }
}

async fn read(unread: Vec<Unread>) -> Result<Vec<StepReport>, Error> {
    let device = |error: &dyn fmt::Debug| Error::Device(format!("{error:?}"));
    let scores: Vec<Tensor<2>> = unread.iter().map(|unread| unread.scores.clone()).collect();
    let data = Tensor::stack::<3>(scores, 0).into_data_async().await.map_err(|error| device(&error))?;
    let scores: Vec<f32> = data.try_into_vec_as().map_err(|error| device(&error))?;
    let lanes = scores.len() / (2 * unread.len());
    let report = |(unread, scores): (Unread, &[f32])| StepReport {
        step: unread.step as u32,
        lr: unread.lr,
        loss: scores.iter().step_by(2).copied().collect(),
        accuracy: scores.iter().skip(1).step_by(2).copied().collect(),
    };
    Ok(unread.into_iter().zip(scores.chunks(2 * lanes)).map(report).collect())
}

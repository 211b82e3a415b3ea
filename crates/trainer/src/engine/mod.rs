//! The training loop: all lanes of a run as one program on tensors with a leading lane axis.
//!
//! ```text
//! seeds --parameters--> weights [lanes, P] --split--> one leaf per weight matrix --model--> logits
//!   |                        ^                                                                |
//!   +--tasks--> batch [lanes, n, ...] ------------------------------------------------> loss per lane
//!                            |                                                                |
//! schedules --LR, momentum of each parameter group--> optimizer <--one gradient [lanes, P]-- backward of the summed loss
//! ```
//!
//! On WebGPU kernels of our own take the place of the smallest steps (`fused`).
//!
//! Lanes never mix: every operation keeps the lane axis, and the only sum over it is the one that starts the backward
//! pass, whose gradient is 1 for every lane. A lane that turns NaN leaves the others as they were.

mod cells;
mod cross_entropy;
#[cfg(feature = "webgpu")]
mod fused;
mod gradient;
mod layers;
mod model;
mod optimizer;
mod parameters;
mod pilot;
mod plane;

use std::fmt;

use burn_tensor::{Device, Tensor, TensorData};

use crate::experiment::Experiment;
use crate::messages::{Checkpoint, Lane, ScheduledLr, Scores, StepReport};
use crate::tasks::{Batch, Examples};
use crate::validate::{Invalid, validate};
use cells::Cells;
use cross_entropy::CrossEntropy;
use gradient::Differentiation;
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
    /// A checkpoint of another run.
    Checkpoint,
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(invalid) => invalid.fmt(formatter),
            Self::Schedule(message) => write!(formatter, "The schedule cannot go on: {message}"),
            Self::Device(message) => write!(formatter, "The device was lost ({message})."),
            Self::Checkpoint => formatter.write_str("The checkpoint belongs to another run."),
        }
    }
}

impl std::error::Error for Error {}

/// Many small models in training, one per lane.
pub struct Engine {
    experiment: Experiment,
    model: Model,
    examples: Examples,
    /// Input and one-hot answers that are never trained on, `[lanes, n, ...]`.
    validation: Option<(Tensor<3>, Tensor<3>)>,
    differentiation: Differentiation,
    optimizer: Optimizer,
    lanes: Vec<Lane>,
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
    /// The same on the validation examples.
    validation: Option<Tensor<2>>,
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
        let pilots =
            lanes.iter().map(|lane| Pilot::new(&schedules[lane.schedule], experiment)).collect::<Result<_, _>>()?;
        let seeds: Vec<u64> = lanes.iter().map(|lane| lane.seed).collect();
        let model = Model::new(&experiment.task);
        let weights = model.parameters().draw(&seeds);
        let shape = [lanes.len(), model.parameters().len()];
        let weights = from_host(weights, shape, device);
        let examples = Examples::new(experiment, &seeds);
        let validation = experiment.validation.map(|validation| {
            let batch = examples.validation(validation.examples);
            (
                upload(&batch, lanes.len(), batch.width, &batch.input, device),
                upload(&batch, lanes.len(), batch.classes, &batch.target, device),
            )
        });
        Ok(Self {
            experiment: experiment.clone(),
            examples,
            validation,
            differentiation: Differentiation::new(&model, device),
            optimizer: Optimizer::new(
                &experiment.optimizer,
                Cells::new(model.parameters(), &experiment.groups, device),
                || from_host(vec![0.0; shape[0] * shape[1]], shape, device),
            ),
            model,
            lanes: lanes.to_vec(),
            pilots,
            weights,
            step: 0,
            device: device.clone(),
        })
    }

    /// Goes on with a run from where a [`checkpoint`](Self::checkpoint) was taken, on any device.
    ///
    /// # Errors
    /// As [`Engine::new`], and [`Error::Checkpoint`] for the checkpoint of another run.
    pub fn restore(
        experiment: &Experiment,
        schedules: &[ScheduledLr],
        lanes: &[Lane],
        checkpoint: &Checkpoint,
        device: &Device,
    ) -> Result<Self, Error> {
        let mut engine = Self::new(experiment, schedules, lanes, device)?;
        let step = checkpoint.step as usize;
        let shape = engine.weights.dims();
        let length = shape[0] * shape[1];
        let moments = &checkpoint.moments;
        let fits = step <= experiment.steps
            && checkpoint.weights.len() == length
            && moments.len() == engine.optimizer.moments().len()
            && moments.iter().all(|moment| moment.len() == length)
            && checkpoint.told.len() == lanes.len()
            && checkpoint.factors.len() == lanes.len();
        if !fits {
            return Err(Error::Checkpoint);
        }
        engine.examples.restore(&checkpoint.streams).ok_or(Error::Checkpoint)?;
        engine.weights = from_host(checkpoint.weights.clone(), shape, device);
        let moments = moments.iter().map(|moment| from_host(moment.clone(), shape, device));
        engine.optimizer.restore(moments.collect(), step);
        engine.step = step;
        // Schedulers are rebuilt by stepping them again: their state is theirs, and they are cheap.
        for (lane, pilot) in engine.pilots.iter_mut().enumerate() {
            if pilot.watches() {
                for &metric in &checkpoint.told[lane] {
                    pilot.step(Some(metric))?;
                }
            } else {
                for _ in 0..step.min(experiment.steps - 1) {
                    pilot.step(None)?;
                }
            }
            pilot.set_factor(checkpoint.factors[lane]);
        }
        Ok(engine)
    }

    /// The state of the run, read to the host.
    ///
    /// # Errors
    /// [`Error::Device`] when the device is lost.
    pub async fn checkpoint(&self) -> Result<Checkpoint, Error> {
        let mut moments = Vec::new();
        for moment in self.optimizer.moments() {
            moments.push(to_host(moment.clone()).await?);
        }
        Ok(Checkpoint {
            step: self.step as u32,
            weights: to_host(self.weights.clone()).await?,
            moments,
            streams: self.examples.position(),
            told: self.pilots.iter().map(|pilot| pilot.told().to_vec()).collect(),
            factors: self.pilots.iter().map(Pilot::factor).collect(),
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

    /// Multiplies the LR of a schedule from the next step on, in all of its lanes.
    pub fn scale_lr(&mut self, schedule: usize, factor: f64) {
        for (lane, pilot) in self.lanes.iter().zip(&mut self.pilots) {
            if lane.schedule == schedule {
                pilot.set_factor(factor);
            }
        }
    }

    /// Trains up to `steps` further steps and reads their results in one go.
    ///
    /// Reading back stalls a GPU, so ask for several steps at once there. Where a schedule listens to a metric, that is
    /// read whenever there is one: after each validation, and without any the loss of every step.
    ///
    /// # Errors
    /// [`Error::Device`] when the device is lost, [`Error::Schedule`] when a schedule refuses to be stepped.
    pub async fn advance(&mut self, steps: usize) -> Result<Vec<StepReport>, Error> {
        let end = self.experiment.steps.min(self.step + steps);
        let watches = self.pilots.iter().any(Pilot::watches);
        let mut reports: Vec<StepReport> = Vec::with_capacity(end - self.step);
        let mut unread = Vec::new();
        while self.step < end {
            let trained = self.train_step();
            let has_metric = trained.validation.is_some() || self.experiment.validation.is_none();
            unread.push(trained);
            if watches && has_metric || self.step == end {
                reports.extend(read(std::mem::take(&mut unread)).await?);
            }
            if self.step < self.experiment.steps {
                let report = reports.last_mut().filter(|_| watches && has_metric);
                self.step_pilots(report)?;
            }
        }
        Ok(reports)
    }

    /// The calls of `step()` after an optimizer step, with the metrics of its report, if there are any.
    fn step_pilots(&mut self, report: Option<&mut StepReport>) -> Result<(), Error> {
        let metrics =
            report.as_deref().map(|report| report.validation.as_ref().map_or(&report.loss, |scores| &scores.loss));
        for (lane, pilot) in self.pilots.iter_mut().enumerate() {
            match metrics {
                _ if !pilot.watches() => pilot.step(None)?,
                Some(metrics) => pilot.step(Some(f64::from(metrics[lane])))?,
                None => {}
            }
        }
        if let Some(report) = report {
            report.plateau = self.pilots.iter().map(Pilot::plateau).collect();
        }
        Ok(())
    }

    /// One optimizer step of every lane.
    fn train_step(&mut self) -> Unread {
        let lanes = self.pilots.len();
        let batch = self.examples.draw(self.step);
        let input = upload(&batch, lanes, batch.width, &batch.input, &self.device);
        let target = upload(&batch, lanes, batch.classes, &batch.target, &self.device);
        let (gradient, scores) = self.differentiation.gradient(&self.model, &self.weights, input, target);

        let lrs: Vec<Vec<f64>> = self.pilots.iter().map(Pilot::lrs).collect();
        let momenta: Vec<Vec<f64>> = self.pilots.iter().map(Pilot::momenta).collect();
        self.weights = self.optimizer.update(self.weights.clone(), gradient, self.experiment.clip, &lrs, &momenta);
        let step = self.step;
        self.step += 1;
        let validation = if self.experiment.validates_after(step) { self.validate() } else { None };
        Unread { step, lr: lrs.iter().map(|lrs| lrs[0] as f32).collect(), scores, validation }
    }

    /// Loss and accuracy on the validation examples, `[lanes, 2]`.
    fn validate(&self) -> Option<Tensor<2>> {
        let (input, target) = self.validation.clone()?;
        let weights = self.model.parameters().split(&self.weights);
        Some(CrossEntropy::new(self.model.forward(&weights, input), target).scores())
    }
}

/// `[lanes, n, width]`, on the device.
fn upload(batch: &Batch, lanes: usize, width: usize, values: &[f32], device: &Device) -> Tensor<3> {
    Tensor::from_data(TensorData::new(values.to_vec(), [lanes, batch.rows, width]), device)
}

async fn read(unread: Vec<Unread>) -> Result<Vec<StepReport>, Error> {
    let scores = unread.iter().map(|unread| unread.scores.clone());
    let scores = scores.chain(unread.iter().filter_map(|unread| unread.validation.clone()));
    let stacked = Tensor::stack::<3>(scores.collect(), 0);
    let [_, lanes, _] = stacked.dims();
    let values: Vec<f32> = to_host(stacked).await?;
    let mut each = values.chunks(2 * lanes).map(|scores| Scores {
        loss: scores.iter().step_by(2).copied().collect(),
        accuracy: scores.iter().skip(1).step_by(2).copied().collect(),
    });
    let trained: Vec<Scores> = each.by_ref().take(unread.len()).collect();
    let report = |(unread, scores): (Unread, Scores)| StepReport {
        step: unread.step as u32,
        lr: unread.lr,
        loss: scores.loss,
        accuracy: scores.accuracy,
        validation: unread.validation.and_then(|_| each.next()),
        plateau: Vec::new(),
    };
    Ok(unread.into_iter().zip(trained).map(report).collect())
}

/// The innermost cause in a report of several lines, one for each cause and headings between.
fn cause(report: &str) -> String {
    let report = report.split("Backtrace:").next().unwrap_or_default();
    let mut causes = report.lines().map(str::trim).filter(|line| !line.is_empty() && !line.ends_with(':'));
    causes.next_back().unwrap_or("for no reason that it gives").to_owned()
}

fn from_host(values: Vec<f32>, shape: [usize; 2], device: &Device) -> Tensor<2> {
    Tensor::from_data(TensorData::new(values, shape), device)
}

async fn to_host<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, Error> {
    let device = |error: &dyn fmt::Debug| Error::Device(cause(&format!("{error:?}")));
    let data = tensor.into_data_async().await.map_err(|error| device(&error))?;
    data.try_into_vec_as().map_err(|error| device(&error))
}

#[cfg(test)]
mod tests {
    use super::cause;

    #[test]
    fn of_a_report_the_cause_is_told() {
        let report =
            "An error happened during execution\nCaused by:\n  the buffer could not be mapped\n\nBacktrace:\nnone";
        assert_eq!(cause(report), "the buffer could not be mapped");
        assert_eq!(cause("DeviceLost"), "DeviceLost");
        assert_eq!(cause(""), "for no reason that it gives");
    }
}

//! The training run that a schedule is shown in.

use clap::{Args, ValueEnum};
use scheduler::{Cadence, Data, Horizon, Resume, Run};

use super::input::{Problem, schedule};
use crate::Failure;

/// What a run looks like; any of these makes the rows optimizer steps.
#[derive(Args, Debug)]
#[command(next_help_heading = "The training run")]
pub struct TrainingRun {
    /// Passes over the data
    #[arg(long)]
    epochs: Option<usize>,

    /// Examples in the data set; needs --batch-size
    #[arg(long, requires = "batch_size")]
    dataset_size: Option<usize>,

    /// Examples per batch and process
    #[arg(long, requires = "dataset_size")]
    batch_size: Option<usize>,

    /// Leave out an incomplete last batch
    #[arg(long, requires = "dataset_size")]
    drop_last: bool,

    /// Batches per epoch, len(loader), in place of --dataset-size
    #[arg(long, conflicts_with = "dataset_size")]
    batches: Option<usize>,

    /// Batches whose gradients are added up before each optimizer step
    #[arg(long)]
    accumulation: Option<usize>,

    /// Processes that share the data
    #[arg(long)]
    processes: Option<usize>,

    /// When scheduler.step() is called
    #[arg(long, value_enum)]
    cadence: Option<When>,

    /// The scheduler is stepped once per process each time, as accelerate does with one that was prepared
    #[arg(long, requires = "processes")]
    steps_per_process: bool,

    /// Optimizer step at which the run was stopped and started again
    #[arg(long)]
    resume_at: Option<usize>,

    /// What the schedule is after the resume; without it, its state was not saved and it starts again
    #[arg(long, requires = "resume_at")]
    resume_as: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum When {
    /// At the end of each epoch
    Epoch,
    /// After each optimizer step
    Step,
    /// After each batch, also those that only add up gradients
    Batch,
}

impl TrainingRun {
    /// The run; `None` where nothing was said about one.
    pub fn read(&self) -> Result<Option<Run>, Problem> {
        let data = match (self.dataset_size, self.batch_size, self.batches) {
            (Some(examples), Some(batch), _) => Some(Data::Examples { examples, batch, drop_last: self.drop_last }),
            (_, _, Some(batches)) => Some(Data::Batches(batches)),
            _ => None,
        };
        let others = self.accumulation.is_some()
            || self.processes.is_some()
            || self.cadence.is_some()
            || self.resume_at.is_some();
        let (epochs, data) = match (self.epochs, data) {
            (Some(epochs), Some(data)) => (epochs, data),
            (None, None) if !others => return Ok(None),
            _ => {
                let message = "A run needs its --epochs, and its data: --batches, or --dataset-size and --batch-size.";
                return Err(Failure::new(message).into());
            }
        };
        let processes = self.processes.unwrap_or(1);
        let horizon = Horizon { epochs, data, accumulation: self.accumulation.unwrap_or(1), processes };
        let cadence = match self.cadence {
            Some(When::Epoch) => Cadence::Epoch,
            Some(When::Step) | None => Cadence::Step,
            Some(When::Batch) => Cadence::Batch,
        };
        if horizon.steps() == 0 {
            let message = format!(
                "The run makes no optimizer step: {epochs} epochs of {} batches, a step every {}.",
                horizon.batches_per_epoch(),
                horizon.accumulation.max(1)
            );
            return Err(Failure::new(message).into());
        }
        let resume = match (self.resume_at, &self.resume_as) {
            (None, _) => None,
            (Some(at), None) => Some((at, Resume::Restarted)),
            (Some(at), Some(text)) => Some((at, Resume::As(Box::new(schedule(text)?)))),
        };
        Ok(Some(Run { horizon, cadence, calls: if self.steps_per_process { processes } else { 1 }, resume }))
    }
}

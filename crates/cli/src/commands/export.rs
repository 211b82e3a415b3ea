//! `lrscope export TARGET SCHEDULE`

use clap::{Args, ValueEnum};
use scheduler::Cadence;
use scheduler::codegen::{Program, Target};

use super::show::{Groups, Problem, schedule};
use crate::{Failure, Outcome, output};

/// Write a schedule as code for a framework, with the cadence of step() in the loop
#[derive(Args, Debug)]
pub struct Arguments {
    /// The framework
    #[arg(value_enum)]
    target: Framework,

    /// A schedule such as 'CosineAnnealingLR(opt, T_max=100)'
    schedule: String,

    #[command(flatten)]
    groups: Groups,

    /// What the steps of the schedule are: its scheduler is stepped that often
    #[arg(long, value_enum, default_value_t = Unit::Step)]
    unit: Unit,

    /// Passes over the data, for the loop
    #[arg(long)]
    epochs: Option<usize>,

    /// Optimizer steps of the whole run, for the frameworks that want to know
    #[arg(long)]
    steps: Option<usize>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Framework {
    /// A training loop
    Pytorch,
    /// configure_optimizers of a LightningModule
    Lightning,
    /// The Trainer
    Transformers,
    /// timm's schedulers
    Timm,
    /// A function for optax
    Optax,
    /// A schedule for Keras 3
    Keras,
    /// Burn, in Rust
    Burn,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Unit {
    /// Optimizer steps
    Step,
    /// Epochs
    Epoch,
}

/// Writes the code.
pub fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let schedule = schedule(&arguments.schedule).map_err(|problem| match problem {
        Problem::Refused(refused) => refused.1,
        Problem::Failure(failure) => failure,
    })?;
    let optimizer = arguments.groups.optimizer(None)?;
    let target = match arguments.target {
        Framework::Pytorch => Target::PyTorch,
        Framework::Lightning => Target::Lightning,
        Framework::Transformers => Target::Transformers,
        Framework::Timm => Target::Timm,
        Framework::Optax => Target::Optax,
        Framework::Keras => Target::Keras,
        Framework::Burn => Target::Burn,
    };
    let cadence = match arguments.unit {
        Unit::Step => Cadence::Step,
        Unit::Epoch => Cadence::Epoch,
    };
    let program = Program {
        schedule: &schedule,
        optimizer: &optimizer,
        cadence,
        epochs: arguments.epochs,
        steps: arguments.steps,
    };
    let code = program.write(target).map_err(|unsupported| Failure::new(unsupported.0))?;
    output::answer(&code)?;
    Ok(Outcome::Clean)
}

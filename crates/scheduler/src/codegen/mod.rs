//! A schedule as code for the frameworks people train with, with the cadence of `step()` written into the loop.
//!
//! ```text
//! Schedule --(a class of the framework, where it has one that is the same)--> constructor text --\
//!          --(else its Formula, as a function of the step in the framework's own words)---------> Program -> code
//! ```
//!
//! What a target cannot express gets a sentence that says so.

mod burn;
mod dialect;
mod keras;
mod lightning;
mod optax;
mod python;
mod pytorch;
mod timm;
mod transformers;

use crate::horizon::Cadence;
use crate::optimizer::{MomentumKind, Optimizer};
use crate::schedule::Schedule;

/// A framework that code is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// A training loop in PyTorch.
    PyTorch,
    /// `configure_optimizers` of a LightningModule.
    Lightning,
    /// The Trainer of transformers.
    Transformers,
    /// timm's schedulers.
    Timm,
    /// optax.
    Optax,
    /// Keras 3.
    Keras,
    /// Burn, in Rust.
    Burn,
}

impl Target {
    /// Every target, with the name it goes by on the command line.
    pub const ALL: [(&'static str, Self); 7] = [
        ("pytorch", Self::PyTorch),
        ("lightning", Self::Lightning),
        ("transformers", Self::Transformers),
        ("timm", Self::Timm),
        ("optax", Self::Optax),
        ("keras", Self::Keras),
        ("burn", Self::Burn),
    ];
}

/// What the code is to do.
#[derive(Clone, Debug)]
pub struct Program<'a> {
    /// The schedule.
    pub schedule: &'a Schedule,
    /// The parameter groups with their LRs.
    pub optimizer: &'a Optimizer,
    /// When the schedule's steps are made. [`Cadence::Batch`] is what nobody wants and is written as [`Cadence::Step`].
    pub cadence: Cadence,
    /// Passes over the data, where that is known.
    pub epochs: Option<usize>,
    /// Optimizer steps of the run, where that is known.
    pub steps: Option<usize>,
}

/// Why there is no code: one sentence, with what to do instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unsupported(pub String);

/// Why a schedule cannot be written as a function of the step.
fn no_formula(schedule: &Schedule) -> String {
    let (name, library) = (schedule.name(), schedule.class().library.name());
    if schedule.needs_metric() {
        return format!(
            "{name} listens to what happens in the run, so it is no function of the step; keep it in {library}."
        );
    }
    format!("{name} with these arguments has no formula that is a function of the step alone; keep it in {library}.")
}

impl Program<'_> {
    /// The code for `target`.
    ///
    /// # Errors
    /// A schedule that the target cannot express.
    pub fn write(&self, target: Target) -> Result<String, Unsupported> {
        let mut before = self.optimizer.clone();
        self.schedule
            .start(&mut before)
            .map_err(|error| Unsupported(format!("The schedule cannot be built: {error}.")))?;
        match target {
            Target::PyTorch => pytorch::write(self),
            Target::Lightning => lightning::write(self),
            Target::Transformers => transformers::write(self),
            Target::Timm => timm::write(self),
            Target::Optax => optax::write(self),
            Target::Keras => keras::write(self),
            Target::Burn => burn::write(self),
        }
    }

    fn by_epoch(&self) -> bool {
        self.cadence == Cadence::Epoch
    }

    /// The epochs of the loop: a number, or a name for the reader to fill in.
    fn epochs_text(&self) -> String {
        self.epochs.map_or("epochs".to_owned(), |epochs| epochs.to_string())
    }

    /// The optimizer of a torch loop, with its parameter groups.
    fn torch_optimizer(&self) -> String {
        let lrs = self.optimizer.lrs();
        let momentum = self.optimizer.momenta().and_then(|momenta| momenta.first().copied());
        let (class, arguments) = match (self.optimizer.momentum_kind, momentum) {
            (MomentumKind::Momentum, Some(momentum)) if momentum != 0.0 => ("SGD", format!(", momentum={momentum:?}")),
            (MomentumKind::Momentum, _) => ("SGD", String::new()),
            (MomentumKind::Beta1, Some(beta1)) if beta1 != 0.9 => ("AdamW", format!(", betas=({beta1:?}, 0.999)")),
            (MomentumKind::Beta1, _) => ("AdamW", String::new()),
            (MomentumKind::None, _) => ("Adagrad", String::new()),
        };
        if let [lr] = lrs.as_slice() {
            return format!("torch.optim.{class}(model.parameters(), lr={lr:?}{arguments})");
        }
        let group =
            |(index, lr): (usize, &f64)| format!("        {{\"params\": parameters[{index}], \"lr\": {lr:?}}},\n");
        let groups: String = lrs.iter().enumerate().map(group).collect();
        format!("torch.optim.{class}(\n    [\n{groups}    ],\n    lr={:?}{arguments},\n)", self.optimizer.default_lr)
    }
}

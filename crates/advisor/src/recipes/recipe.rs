//! What is recommended, and why.

use scheduler::permalink::{NamedSchedule, Permalink};
use scheduler::{Schedule, notation};
use serde::Serialize;

use super::situation::OptimizerKind;
use crate::source::Source;

/// What a line of a recipe is about, in the order in which they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Topic {
    /// How long to train.
    Length,
    /// The optimizer and its settings.
    Optimizer,
    /// The base LR.
    LearningRate,
    /// LRs of parameter groups.
    Groups,
    /// Warmup.
    Warmup,
    /// The schedule.
    Schedule,
    /// Clipping of gradients.
    Clipping,
    /// The LR finder.
    Finder,
    /// What to log.
    Logging,
}

impl Topic {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::Optimizer => "optimizer",
            Self::LearningRate => "base LR",
            Self::Groups => "groups",
            Self::Warmup => "warmup",
            Self::Schedule => "schedule",
            Self::Clipping => "clipping",
            Self::Finder => "LR finder",
            Self::Logging => "logging",
        }
    }
}

/// A piece of advice.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// What it is about.
    pub topic: Topic,
    /// What to do.
    pub advice: String,
    /// Why.
    pub reason: String,
    /// Who says so, and how strong that is.
    pub source: Source,
}

impl Line {
    pub(super) fn new(topic: Topic, advice: impl Into<String>, reason: impl Into<String>, source: Source) -> Self {
        Self { topic, advice: advice.into(), reason: reason.into(), source }
    }
}

/// Another way, and when it is the better one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Alternative {
    /// What to do instead.
    pub instead: String,
    /// When.
    pub when: String,
    /// Who says so.
    pub source: Source,
}

/// What a schedule counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// `step()` once per epoch.
    Epochs,
    /// `step()` after each optimizer step.
    Steps,
}

impl Unit {
    /// Plural, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Epochs => "epochs",
            Self::Steps => "steps",
        }
    }
}

/// How long the run is, in the unit of its schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Run {
    /// What the schedule counts.
    pub unit: Unit,
    /// How many of them; where nobody knows, an example to draw the schedule over.
    pub length: u64,
    /// Whether the length is known.
    pub known: bool,
    /// Optimizer steps in an epoch, where the run is given in epochs and that is known.
    pub steps_per_epoch: Option<u64>,
}

/// The optimizer with its settings.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Optimizer {
    /// Which.
    pub kind: OptimizerKind,
    /// LR of the first group.
    pub lr: f64,
    /// SGD's momentum.
    pub momentum: f64,
    /// Adam's decay rates.
    pub betas: (f64, f64),
    /// Weight decay.
    pub weight_decay: f64,
}

impl Optimizer {
    /// The name of the class in torch.
    pub fn class(&self) -> &'static str {
        match self.kind {
            OptimizerKind::Sgd => "SGD",
            OptimizerKind::Adam => "Adam",
            OptimizerKind::AdamW => "AdamW",
        }
    }
}

/// A group of parameters with its LR.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ParameterGroup {
    /// What is in it.
    pub name: &'static str,
    /// Its LR.
    pub lr: f64,
}

/// What is recommended.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Recipe {
    /// The optimizer.
    pub optimizer: Optimizer,
    /// Parameter groups; one for most.
    pub groups: Vec<ParameterGroup>,
    /// The schedule in the notation, warmup included; `None` for a constant LR.
    pub schedule: Option<String>,
    /// How long.
    pub run: Run,
    /// How long warmup is, in the unit of the schedule.
    pub warmup: u64,
    /// The norm that gradients are clipped to.
    pub clipping: Option<f64>,
    /// The advice with its reasons.
    pub lines: Vec<Line>,
    /// Other ways.
    pub alternatives: Vec<Alternative>,
}

impl Recipe {
    /// The schedule, read; a constant one where there is none.
    ///
    /// # Errors
    /// Never for a recipe as [`super::recommend`] makes it, whose schedules are all in the notation.
    pub fn read_schedule(&self) -> Result<Schedule, notation::NotationError> {
        notation::parse(self.schedule.as_deref().unwrap_or("ConstantLR(factor=1.0)"))
    }

    /// What a link to the playground says.
    pub fn permalink(&self) -> Option<Permalink> {
        let schedule = self.read_schedule().ok()?;
        let mut link = Permalink::default();
        link.lanes.push(NamedSchedule { name: "recipe".into(), lr: self.optimizer.lr, schedule });
        link.settings.insert("steps".into(), self.run.length.to_string());
        Some(link)
    }

    /// A training loop in PyTorch.
    pub fn code(&self) -> String {
        super::code::pytorch(self)
    }
}

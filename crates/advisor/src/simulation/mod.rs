//! The LR that a plan really produces: its run, made without the training.
//!
//! ```text
//! Plan + Given --numbers--> every loop, length and LR as a number, or what is Missing
//!                              |
//!                           walk: optimizers and schedulers of the scheduler crate --> Track: the LR of each optimizer step
//! ```
//!
//! * `given`: numbers that somebody says, in place of what the source leaves open or only gives a default for.
//! * `numbers`: evaluates quantities, and keeps account of what is missing and what rests on a default.
//! * `build`: optimizers and schedulers from the facts about them.
//! * `metrics`: what schedulers that listen to a metric are told.
//! * `accelerate`: what accelerate does to what a script steps.
//! * `walk`: goes through the run.
//! * `frameworks`: what those do that run the loop themselves, from what they are told.
//!
//! What cannot be known is said ([`Simulation::notes`]) or asked for ([`Stopped::Missing`]), never guessed silently.

mod accelerate;
mod build;
mod frameworks;
mod given;
mod metrics;
mod numbers;
mod walk;

use scheduler::ScheduleError;

use crate::plan::Plan;
use crate::sites::contains_optimizer_step;
use crate::span::Span;

pub use given::Given;
pub(crate) use given::short_name;

/// Longer runs are not simulated.
pub const MOST_STEPS: usize = 20_000_000;

/// What a run does to the LR.
#[derive(Clone, Debug, Default)]
pub struct Simulation {
    /// One for each optimizer that makes a step.
    pub tracks: Vec<Track>,
    /// What was taken for granted, in the order of the run.
    pub notes: Vec<Note>,
    /// How many batches an epoch has, where that is missing but not needed: the LR does not change within an epoch, and the
    /// tracks have one LR for each.
    pub batches: Option<Missing>,
}

/// The LR of one optimizer.
#[derive(Clone, Debug)]
pub struct Track {
    /// The name of the optimizer in the source; empty where it has none.
    pub name: String,
    /// Where the optimizer is built, or a framework told to build it.
    pub span: Span,
    /// The LR of its first parameter group at each of its steps, or in each epoch.
    pub lrs: Vec<f64>,
    /// What a scheduler raised, and before which step; it ends the run.
    pub error: Option<(usize, ScheduleError)>,
}

/// Something that was taken for granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Where it stands in the source.
    pub span: Span,
    /// One sentence.
    pub text: String,
}

/// A number that is missing, or what stands in place of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// What to call it when it is given.
    pub name: String,
    /// What it has to be.
    pub wanted: Wanted,
    /// What it is in the source: `len(train_loader)`.
    pub what: String,
    /// Where it is needed.
    pub span: Span,
}

/// What kind of thing is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// `90`.
    Number,
    /// `[30, 60]`.
    Numbers,
    /// `cosine`.
    Word,
    /// `lambda epoch: 0.95 ** epoch`.
    Function,
    /// `StepLR(step_size=30)`.
    Schedule,
    /// `batch` or `epoch`: after which a scheduler is stepped.
    Cadence,
}

impl Wanted {
    /// How one is written.
    pub fn example(self) -> &'static str {
        match self {
            Self::Number => "90",
            Self::Numbers => "[30, 60]",
            Self::Word => "cosine",
            Self::Function => "lambda epoch: 0.95 ** epoch",
            Self::Schedule => "StepLR(step_size=30)",
            Self::Cadence => "batch",
        }
    }
}

/// Why a run cannot be simulated.
#[derive(Clone, Debug, PartialEq)]
pub enum Stopped {
    /// No optimizer makes a step in sight, and no framework is told to make some.
    NothingTrains,
    /// These are neither in the source nor given.
    Missing(Vec<Missing>),
    /// A schedule cannot be computed: one sentence.
    Unreadable(Note),
    /// The run is longer than [`MOST_STEPS`].
    TooLong,
}

/// Goes through the run of a plan. A scheduler that listens to a metric is told `metrics`, one after the other; without
/// any, that the metric always improves.
///
/// # Errors
/// [`Stopped`].
pub fn simulate(plan: &Plan, given: &Given, metrics: &[f64]) -> Result<Simulation, Stopped> {
    if !contains_optimizer_step(&plan.run) {
        return frameworks::run(plan, given, metrics).unwrap_or(Err(Stopped::NothingTrains));
    }
    walk::walk(plan, given, metrics)
}

/// Whether a plan has a schedule that a run could follow, built in sight or by a framework.
pub fn is_scheduled(plan: &Plan) -> bool {
    walk::has_schedule(&plan.run) || frameworks::concern(plan)
}

//! What is known about one training run.
//!
//! A plan holds what is built (optimizers, schedules with the arguments of their constructors) and what happens, as a
//! tree: loops, branches, steps of optimizers and of schedulers, in the order in which they run. A front end that
//! reads source code follows calls, so `train(epoch)` below the loop that calls it is *in* that loop here. A front end
//! for a framework that steps by itself builds the same tree from what the framework does.
//!
//! Every fact may be unknown, and every fact knows where it was read. Nothing here says what is right or wrong.

use crate::quantity::Quantity;
use crate::span::Span;

/// Index into [`Plan::optimizers`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OptimizerId(pub usize);

/// Index into [`Plan::schedules`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScheduleId(pub usize);

/// One training run, as far as it is known.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The optimizers.
    pub optimizers: Vec<OptimizerFacts>,
    /// The schedules, parts of composed ones included.
    pub schedules: Vec<ScheduleFacts>,
    /// What happens, in order.
    pub run: Block,
}

impl Plan {
    /// The schedule of that id.
    pub fn schedule(&self, id: ScheduleId) -> &ScheduleFacts {
        &self.schedules[id.0]
    }

    /// The optimizer of that id.
    pub fn optimizer(&self, id: OptimizerId) -> &OptimizerFacts {
        &self.optimizers[id.0]
    }
}

/// An optimizer.
#[derive(Clone, Debug, Default)]
pub struct OptimizerFacts {
    /// Name of the class, empty where it is unknown.
    pub class: String,
    /// Where it is built.
    pub span: Span,
    /// The LR it starts with.
    pub lr: Quantity,
    /// Momentum, where given.
    pub momentum: Quantity,
}

/// How a fact about a class was established.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// By a qualified name, a base class, or being built on an optimizer.
    Proved,
    /// By a telling name and use only.
    Named,
}

/// A schedule as it is built.
#[derive(Clone, Debug)]
pub struct ScheduleFacts {
    /// Name of the class, `CosineAnnealingLR`; a class of the user's own keeps its name.
    pub class: String,
    /// Whether it is surely a scheduler.
    pub evidence: Evidence,
    /// The constructor call.
    pub span: Span,
    /// The optimizer it drives.
    pub optimizer: Option<OptimizerId>,
    /// Arguments by parameter name, the optimizer left out.
    pub arguments: Vec<Argument>,
    /// The parts of a composed schedule, in order; empty where they are not all known.
    pub parts: Vec<ScheduleId>,
}

impl ScheduleFacts {
    /// The argument given for a parameter.
    pub fn argument(&self, name: &str) -> Option<&Argument> {
        self.arguments.iter().find(|argument| argument.name == name)
    }
}

/// An argument of a constructor.
#[derive(Clone, Debug)]
pub struct Argument {
    /// The parameter.
    pub name: String,
    /// As written.
    pub text: String,
    /// What it is.
    pub value: ArgumentValue,
    /// Where it stands.
    pub span: Span,
}

/// The value of an argument.
#[derive(Clone, Debug)]
pub enum ArgumentValue {
    /// A number.
    Number(Quantity),
    /// A list of numbers.
    Numbers(Vec<Quantity>),
    /// A string.
    Text(String),
    /// True or false.
    Truth(bool),
    /// Anything else.
    Unknown,
}

impl ArgumentValue {
    /// The numbers in it, none where it is something else.
    pub fn quantities(&self) -> &[Quantity] {
        match self {
            Self::Number(quantity) => std::slice::from_ref(quantity),
            Self::Numbers(quantities) => quantities,
            _ => &[],
        }
    }
}

/// Things that happen one after the other.
pub type Block = Vec<Node>;

/// One thing that happens.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where.
    pub span: Span,
    /// What.
    pub action: Action,
}

/// What can happen in a run.
#[derive(Clone, Debug)]
pub enum Action {
    /// Something happens again and again.
    Loop(Loop),
    /// Something happens or does not: the arms exclude each other.
    Branch(Vec<Arm>),
    /// The optimizer updates the weights.
    OptimizerStep(OptimizerStep),
    /// A scheduler moves on.
    SchedulerStep(SchedulerStep),
}

/// A loop.
#[derive(Clone, Debug)]
pub struct Loop {
    /// What one turn is.
    pub turn: Turn,
    /// How many turns.
    pub turns: Quantity,
    /// What happens in one turn.
    pub body: Block,
}

/// What one turn of a loop is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// A pass over the data.
    Epoch,
    /// A batch.
    Batch,
    /// Something else, or unknown.
    Other,
}

/// One way a branch can go.
#[derive(Clone, Debug)]
pub struct Arm {
    /// When it goes this way.
    pub guard: Guard,
    /// What happens then.
    pub body: Block,
}

/// What a condition depends on.
#[derive(Clone, Debug, PartialEq)]
pub enum Guard {
    /// On things that do not change during training: options, types, whether something exists.
    Fixed,
    /// On a count that returns to zero every so many turns: gradient accumulation.
    Every(Quantity),
    /// On something that changes from turn to turn, or unknown.
    Changing,
}

/// An update of the weights.
#[derive(Clone, Debug, PartialEq)]
pub struct OptimizerStep {
    /// Which optimizer, where known.
    pub optimizer: Option<OptimizerId>,
    /// `false`: a call that is not in sight is given the optimizer and trains with it, by its name and arguments.
    pub in_sight: bool,
}

/// A call of a scheduler's `step`.
#[derive(Clone, Debug, PartialEq)]
pub struct SchedulerStep {
    /// The schedules it may be; conditions on the way have been applied.
    pub schedules: Vec<ScheduleId>,
    /// Whether it may be something else, too.
    pub or_unknown: bool,
    /// How many arguments it is given; `None` where that is not known (`*args`).
    pub arguments: Option<usize>,
}

//! What is known about one training run.
//!
//! A plan holds what is built (optimizers, schedules with the arguments of their constructors) and what happens, as a
//! tree: loops, branches, steps of optimizers and of schedulers, in the order in which they run. A front end that
//! reads source code follows calls, so `train(epoch)` below the loop that calls it is *in* that loop here. A front end
//! for a framework that steps by itself builds the same tree from what the framework does.
//!
//! Every fact may be unknown, and every fact knows where it was read. Nothing here says what is right or wrong.

use std::sync::Arc;

use crate::classes::{GRADUAL_WARMUP, PLATEAU};
use crate::quantity::Quantity;
use crate::script::Script;
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
    /// What frameworks are told, in the order of the source.
    pub settings: Vec<Settings>,
    /// The versions of libraries that the project asks for.
    pub requirements: Vec<Requirement>,
    /// Who runs the loop.
    pub driver: Driver,
    /// What happens, in order.
    pub run: Block,
    /// What the whole script shows, beyond this run of it.
    pub script: Arc<Script>,
}

/// Who runs the training loop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Driver {
    /// The source itself: every step stands in it.
    #[default]
    Source,
    /// Lightning's trainer: the plan holds what it does.
    Lightning,
    /// Nothing in sight: a config says what is built, and code elsewhere what is done with it.
    Unseen,
}

impl Plan {
    /// The schedule of that id.
    pub fn schedule(&self, id: ScheduleId) -> &ScheduleFacts {
        &self.schedules[id.0]
    }

    /// Whether a schedule is part of another, which is then the one that counts.
    pub fn is_part(&self, id: ScheduleId) -> bool {
        self.schedules.iter().any(|other| other.parts.contains(&id))
    }

    /// The plateau scheduler that a schedule is, or hands its metric on to after a warmup.
    pub fn plateau(&self, id: ScheduleId) -> Option<&ScheduleFacts> {
        let schedule = self.schedule(id);
        match (schedule.class.as_str(), &schedule.parts[..]) {
            (PLATEAU, _) => Some(schedule),
            (GRADUAL_WARMUP, [after]) => Some(self.schedule(*after)).filter(|after| after.class == PLATEAU),
            _ => None,
        }
    }

    /// The optimizer that is named, or the only one there is.
    pub fn named_or_only(&self, optimizer: Option<OptimizerId>) -> Option<OptimizerId> {
        optimizer.or_else(|| (self.optimizers.len() == 1).then_some(OptimizerId(0)))
    }

    /// The optimizer of that id.
    pub fn optimizer(&self, id: OptimizerId) -> &OptimizerFacts {
        &self.optimizers[id.0]
    }

    /// Those of one kind that are handed over with some.
    pub fn given_to<'p>(&'p self, settings: &'p Settings, owner: Owner) -> impl Iterator<Item = &'p Settings> {
        let each = settings.given.iter().filter_map(|index| self.settings.get(*index));
        each.filter(move |given| given.owner == owner)
    }

    /// The versions of a package that the project asks for.
    pub fn requirement(&self, package: &str) -> Option<&Requirement> {
        self.requirements.iter().find(|requirement| requirement.package == package)
    }

    /// All that something of that kind is told.
    pub fn settings_of(&self, owner: Owner) -> impl Iterator<Item = &Settings> {
        self.settings.iter().filter(move |settings| settings.owner == owner)
    }
}

/// The versions of a package that a project asks for, as major and minor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The package, `transformers`.
    pub package: String,
    /// This version or later.
    pub at_least: Option<(u32, u32)>,
    /// Only versions before this one.
    pub below: Option<(u32, u32)>,
}

/// What a framework is told in one place: the arguments of a constructor, or a section of a config file.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What takes them.
    pub owner: Owner,
    /// Its name as written, `Seq2SeqTrainingArguments`; what a config file does not name is called by what reads it.
    pub class: String,
    /// The call, or the section.
    pub span: Span,
    /// By name. What stands in a dict has the names of both, `lr_scheduler_kwargs.min_lr`.
    pub arguments: Vec<Argument>,
    /// Whether these are all: nothing is added out of sight, by `**kwargs`, a base config or a command line.
    pub complete: bool,
    /// The schedules that they are about, where they are about some that are built elsewhere.
    pub schedules: Vec<ScheduleId>,
    /// Others among [`Plan::settings`] that are handed over with these: callbacks to `fit`, a schedule to an optimizer.
    pub given: Vec<usize>,
}

impl Settings {
    /// The argument of that name.
    pub fn argument(&self, name: &str) -> Option<&Argument> {
        self.arguments.iter().find(|argument| argument.name == name)
    }

    /// The number given for a name.
    pub fn number(&self, name: &str) -> Option<&Quantity> {
        match &self.argument(name)?.value {
            ArgumentValue::Number(quantity) => Some(quantity),
            _ => None,
        }
    }

    /// The string given for a name.
    pub fn text(&self, name: &str) -> Option<&str> {
        match &self.argument(name)?.value {
            ArgumentValue::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// What takes settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// `transformers.TrainingArguments`, its subclasses, and config files with its fields.
    TrainingArguments,
    /// The fields of `transformers.TrainingArguments` by the names that axolotl gives them.
    Axolotl,
    /// The `scheduler` section of a DeepSpeed config: the parameters, and `type`.
    DeepSpeedScheduler,
    /// What a config of mmengine says of the run: `max_epochs` or `max_iters`, and `lr`.
    MmengineRun,
    /// One entry of mmengine's `param_scheduler`.
    MmengineScheduler,
    /// The options of timm's training script.
    TimmOptions,
    /// The options of kohya's sd-scripts.
    SdScripts,
    /// A Lightning module that optimizes by hand.
    LightningModule,
    /// The dict that `configure_optimizers` returns.
    LightningOptimizers,
    /// A scheduler that `configure_optimizers` returns, with the options of the dict around it.
    LightningScheduler,
    /// Lightning's `Trainer`.
    LightningTrainer,
    /// `accelerate.Accelerator`, and how it loads data; the schedules are those that it has prepared. `accumulates` says that
    /// the script accumulates gradients through it.
    Accelerator,
    /// A learning-rate schedule of Keras, which counts optimizer steps.
    KerasSchedule,
    /// An optimizer of Keras.
    KerasOptimizer,
    /// A callback of Keras.
    KerasCallback,
    /// `model.compile(...)`; the class is what tells one model from another.
    KerasCompile,
    /// `model.fit(...)`, as [`Owner::KerasCompile`].
    KerasFit,
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
    /// The LR as written, `args.lr`; empty where none is given.
    pub lr_text: String,
    /// The name that it is first assigned to; empty where there is none.
    pub name: String,
    /// Whether it is one class for certain, built in sight.
    pub built: bool,
    /// What the variable held that it is assigned to.
    pub replaces: Vec<OptimizerId>,
    /// What it is given are groups made out of sight, which may have LRs of their own.
    pub foreign_groups: bool,
    /// Its parameters are made on the spot, `[torch.zeros(1)]`: it trains nothing, and its LR is some number that decays.
    pub trains_nothing: bool,
    /// It is given all parameters of a model as one group: `model.parameters()`.
    pub all_parameters: bool,
}

/// How a fact about a class was established.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// By a qualified name, a base class, or being built on an optimizer.
    Proved,
    /// By a telling name and use only.
    Named,
}

/// Where a scheduler class comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Library {
    /// `torch.optim.lr_scheduler`, or a function of `transformers` that returns one of its classes.
    Torch,
    /// `timm.scheduler`.
    Timm,
    /// The package `warmup_scheduler`.
    GradualWarmup,
    /// The script's own, or not known.
    #[default]
    Other,
}

/// A schedule as it is built.
#[derive(Clone, Debug)]
pub struct ScheduleFacts {
    /// Name of the class, `CosineAnnealingLR`; a class of the user's own keeps its name.
    pub class: String,
    /// A class of the user's own, made of one of torch, that has no `step` of its own: that of torch steps it.
    pub steps_as_torch: bool,
    /// What the `get_lr` of such a class computes, from `last_epoch` and the base LR; empty where that cannot be told.
    pub own_lr: Vec<Word>,
    /// Whether it is surely a scheduler.
    pub evidence: Evidence,
    /// The constructor call.
    pub span: Span,
    /// The optimizer it drives.
    pub optimizer: Option<OptimizerId>,
    /// The optimizers of which it drives one, where that is a choice.
    pub may_drive: Vec<OptimizerId>,
    /// Arguments by parameter name, the optimizer left out.
    pub arguments: Vec<Argument>,
    /// The parts of a composed schedule, in order; empty where they are not all known.
    pub parts: Vec<ScheduleId>,
    /// Where the class comes from.
    pub library: Library,
    /// The name that it is first assigned to; empty where there is none.
    pub name: String,
}

impl ScheduleFacts {
    /// Whether an optimizer is the one that the schedule drives, or one of those of which it drives one.
    pub fn drives(&self, optimizer: OptimizerId) -> bool {
        self.optimizer == Some(optimizer) || self.optimizer.is_none() && self.may_drive.contains(&optimizer)
    }

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
    /// A function from the count of steps to a number.
    Function(FunctionFacts),
    /// Anything else.
    Unknown,
}

/// A function that a schedule is given: `lambda epoch: 0.95 ** epoch`.
#[derive(Clone, Debug, Default)]
pub struct FunctionFacts {
    /// Its parameters, those with a default left out. The first one counts.
    pub parameters: Vec<String>,
    /// What it returns as one expression, with numbers in place of the names it uses; empty where that cannot be told.
    pub body: Vec<Word>,
    /// What its result is a multiple of, as written: `args.lr`.
    pub factors: Vec<String>,
}

/// A part of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Word {
    /// As written.
    Text(String),
    /// A number.
    Number(Quantity),
    /// How many turns the loop that stands there has made before this one.
    Turn(Span),
    /// The LR in force.
    Lr,
    /// The LR that an optimizer was built with.
    BaseLr,
    /// Whether that is chosen before the run starts: 1 or 0.
    Chosen(Chosen),
}

/// An expression with the numbers that `number` gives for its parts; `None` where one is missing or nothing is known.
pub fn spelled(words: &[Word], number: &mut dyn FnMut(&Word) -> Option<f64>) -> Option<String> {
    spelled_by(words, &mut |word| number(word).map(|value| format!("({value})")))
}

/// The same as a function of the turns that the loops around have made, with the numbers that `number` gives for the rest.
pub fn by_turn(words: &[Word], number: &mut dyn FnMut(&Word) -> Option<f64>) -> Option<scheduler::Lambda> {
    let body = spelled_by(words, &mut |word| match word {
        Word::Turn(_) => Some("turn".to_owned()),
        _ => number(word).map(|value| format!("({value})")),
    })?;
    scheduler::Lambda::parse(&format!("lambda turn: {body}")).ok()
}

fn spelled_by(words: &[Word], spell: &mut dyn FnMut(&Word) -> Option<String>) -> Option<String> {
    let each = words.iter().map(|word| match word {
        Word::Text(text) => Some(text.clone()),
        _ => spell(word),
    });
    // All of it, so that all that is missing is asked for.
    let parts: Vec<Option<String>> = each.collect();
    (!parts.is_empty()).then(|| parts.into_iter().collect())?
}

impl FunctionFacts {
    /// The expression, with the numbers that `number` gives; `None` where one is missing or nothing is known.
    pub fn expression(&self, number: &mut dyn FnMut(&Quantity) -> Option<f64>) -> Option<String> {
        spelled(&self.body, &mut |word| match word {
            Word::Number(quantity) => number(quantity),
            _ => None,
        })
    }

    /// As a lambda of one parameter.
    pub fn lambda(&self, number: &mut dyn FnMut(&Quantity) -> Option<f64>) -> Option<String> {
        let [parameter] = self.parameters.as_slice() else { return None };
        Some(format!("lambda {parameter}: {}", self.expression(number)?))
    }
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
    /// A scheduler of timm is told the number of updates: `step_update(num_updates)`.
    UpdateSchedule(ScheduleId),
    /// A schedule is built.
    BuildSchedule(ScheduleId),
    /// An optimizer is built.
    BuildOptimizer(OptimizerId),
    /// The state of an optimizer is put back.
    RestoreOptimizer(OptimizerId),
    /// The LR of an optimizer is written by hand.
    SetLr(SetLr),
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
    /// The condition as written, with a comment that stands above it; empty for `else`.
    pub condition: String,
    /// The condition as an expression of what changes from turn to turn, together with that no arm before it is taken; empty
    /// where that cannot be told.
    pub test: Vec<Word>,
    /// What is said before the run that it goes this way.
    pub chosen: Chosen,
    /// What happens then.
    pub body: Block,
}

/// What a way of a branch is chosen by before the run starts: options and entries of configs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chosen {
    /// All of these hold.
    pub by: Vec<Choice>,
    /// Nothing else decides it.
    pub is_all: bool,
}

/// One thing that is said before the run starts.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// What is compared: `args.scheduler`.
    pub subject: String,
    /// With what; `None` where it is asked whether it is anything.
    pub is: Option<String>,
    /// Whether it is to be that.
    pub holds: bool,
    /// What it is unless somebody says otherwise; empty for nothing.
    pub default: Option<String>,
}

impl Choice {
    /// Whether it is made that way if it is `value`.
    pub fn is_made_by(&self, value: &str) -> bool {
        let is = match &self.is {
            Some(text) => value.eq_ignore_ascii_case(text),
            None => !matches!(value, "" | "0" | "False" | "false" | "None"),
        };
        is == self.holds
    }

    /// Whether it is made another way unless somebody says otherwise.
    pub fn is_against_default(&self) -> bool {
        self.default.as_ref().is_some_and(|default| !self.is_made_by(default))
    }
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
    /// The optimizers of which it steps one, where that is a choice.
    pub may_step: Vec<OptimizerId>,
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
    /// The first of them.
    pub first: Option<StepArgument>,
    /// It is meant to come before the optimizer's step, as the `batch_step` of the first CyclicLR was.
    pub comes_first: bool,
}

/// What a scheduler's `step` is given.
#[derive(Clone, Debug, PartialEq)]
pub struct StepArgument {
    /// The keyword, where there is one.
    pub keyword: Option<String>,
    /// As written.
    pub text: String,
    /// Where it stands.
    pub span: Span,
    /// The names in it, `val_loss` of `np.mean(self.val_loss)`.
    pub names: Vec<String>,
    /// What it was computed on.
    pub data: Data,
    /// Its value by the turns of the loops around; empty where it does not follow from them.
    pub value: Vec<Word>,
}

/// What a metric was computed on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Data {
    /// The batches that the weights are updated with.
    Training,
    /// Nothing: it counts the turns of a loop.
    Counter,
    /// Anything else, as far as is known.
    #[default]
    Unknown,
}

/// The LR of an optimizer, written by hand.
#[derive(Clone, Debug, PartialEq)]
pub struct SetLr {
    /// Which optimizer, where known.
    pub optimizer: Option<OptimizerId>,
    /// The value as written.
    pub text: String,
    /// The value as an expression of what changes from turn to turn; empty where that cannot be told.
    pub value: Vec<Word>,
    /// The schedules that are not there when it is written: `if mode == 'step'` has built them, and the mode is another.
    pub apart: Vec<ScheduleId>,
}

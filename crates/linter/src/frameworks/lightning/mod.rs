//! Lightning: `configure_optimizers` says what is built, and the trainer steps it.
//!
//! What the method returns is taken apart as Lightning does it (`lightning.pytorch.core.optimizer`): an optimizer, two
//! lists, a dict, or a list of dicts. The plan is the loop that the trainer then runs.

mod returned;
pub mod run;
mod uses;

use advisor::Span;
use advisor::classes::PLATEAU;
use advisor::plan::{
    Action, Argument, ArgumentValue, Arm, Block, Chosen, Data, Driver, Guard, Node, OptimizerId, OptimizerStep, Owner,
    Plan, ScheduleFacts, ScheduleId, SchedulerStep, Settings, StepArgument,
};
use advisor::rules::NOT_RETURNED;
use ruff_python_ast::{Expr, Stmt, StmtClassDef, StmtFunctionDef};
use ruff_text_size::Ranged;

use returned::Reader;
use run::Lengths;
use uses::Uses;

use super::Taker;
use crate::modules::Code;
use crate::walk::{Visitor, walk_stmt};

/// The trainer.
pub fn taker(library: &str, last: &str) -> Option<Taker> {
    let is_trainer = matches!(library, "lightning" | "pytorch_lightning") && last == "Trainer";
    is_trainer.then_some(Taker { owner: Owner::LightningTrainer, parameters: &[] })
}

/// The modules that the trainers of a file are given.
#[derive(Default)]
pub struct Trained<'a> {
    /// Those of other files.
    pub modules: Vec<&'a StmtClassDef>,
    /// Which module is given to which trainer, by the index of its settings.
    pub fits: Vec<(&'a StmtClassDef, usize)>,
}

impl Trained<'_> {
    /// The trainers of a module, among what frameworks are told: those that it is given to, or all that do more than try.
    pub fn trainers_of(&self, class: &StmtClassDef, settings: &[Settings]) -> Vec<usize> {
        let given: Vec<usize> =
            self.fits.iter().filter(|(module, _)| std::ptr::eq(*module, class)).map(|(_, trainer)| *trainer).collect();
        let all = settings.iter().enumerate().filter(|(_, settings)| settings.owner == Owner::LightningTrainer);
        let of_module = all.filter(|(index, _)| given.is_empty() || given.contains(index));
        of_module.filter(|(_, trainer)| !tries_out(trainer)).map(|(index, _)| index).collect()
    }
}

/// Whether a trainer only tries whether everything runs: one batch is no run.
pub fn tries_out(trainer: &Settings) -> bool {
    let fast = trainer.argument("fast_dev_run").map(|argument| &argument.value);
    matches!(fast, Some(ArgumentValue::Truth(true) | ArgumentValue::Number(_)))
}

/// The plans of the Lightning modules in a file, and of those of other files that its trainers are given: `known` holds the
/// schedules and settings that following the file has found.
pub fn plans(body: &[Stmt], trained: &Trained<'_>, code: Code<'_>, known: &Plan) -> Vec<Plan> {
    let mut classes = Classes(Vec::new());
    classes.visit_body(body);
    classes.0.iter().chain(&trained.modules).filter_map(|class| plan(class, trained, code, known)).collect()
}

struct Classes<'a>(Vec<&'a StmtClassDef>);

impl<'a> Visitor<'a> for Classes<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if let Stmt::ClassDef(class) = statement {
            self.0.push(class);
        }
        walk_stmt(self, statement);
    }

    /// No class stands in an expression.
    fn visit_expr(&mut self, _: &'a Expr) {}
}

fn method<'a>(class: &'a StmtClassDef, name: &str) -> Option<&'a StmtFunctionDef> {
    class.body.iter().rev().find_map(|statement| match statement {
        Stmt::FunctionDef(function) if function.name.as_str() == name => Some(function),
        _ => None,
    })
}

/// Whether a class is a Lightning module, by its base or by what it defines.
fn is_module(class: &StmtClassDef) -> bool {
    let bases = class.arguments.as_deref().map(|arguments| &*arguments.args).unwrap_or_default();
    let named = |base: &Expr| match base {
        Expr::Name(name) => name.id.contains("Lightning"),
        Expr::Attribute(attribute) => attribute.attr.contains("Lightning"),
        _ => false,
    };
    bases.iter().any(named) || method(class, "training_step").is_some()
}

fn plan(class: &StmtClassDef, trained: &Trained<'_>, code: Code<'_>, known: &Plan) -> Option<Plan> {
    let configure = method(class, "configure_optimizers")?;
    if !is_module(class) {
        return None;
    }
    let reader = Reader::of(configure, code, &known.schedules);
    let mut settings = Vec::new();
    let mut behind = configure.range().start();
    for returned in &reader.returned {
        reader.since.set(behind);
        reader.outer(returned, &mut settings);
        behind = returned.range().end();
    }
    let mut uses = Uses::default();
    uses.visit_body(&class.body);
    if !uses.steps_schedulers && !reader.returned.is_empty() {
        reader.not_returned(&mut settings);
    }
    settings.extend(trained.trainers_of(class, &known.settings).into_iter().map(|index| known.settings[index].clone()));
    // Before 1.0 a plateau was given the loss of `validation_end`, and nobody had to say so.
    if method(class, "validation_end").is_some() || method(class, "training_end").is_some() {
        let is_plateau =
            |settings: &&mut Settings| settings.schedules.iter().any(|id| known.schedules[id.0].class == PLATEAU);
        let schedulers = settings.iter_mut().filter(|settings| settings.owner == Owner::LightningScheduler);
        schedulers.filter(is_plateau).for_each(|settings| settings.complete = false);
    }
    let manual = uses.manual.map(|range| code.span(range));
    if let Some(manual) = manual {
        settings.push(module(class, code, manual, &uses));
    }
    let by_hand = uses.stepped.map(|range| code.span(range));
    let concerns = |owner| settings.iter().any(|settings: &Settings| settings.owner == owner);
    let has_scheduler = concerns(Owner::LightningScheduler) || concerns(Owner::LightningOptimizers);
    // Without any scheduler, what it trains with all the time.
    let built = if has_scheduler { Vec::new() } else { optimizers_of(code.span(configure.range()), known) };
    if !has_scheduler && built.is_empty() {
        return None;
    }
    let at = code.span(configure.name.range());
    let run = if manual.is_some() { Block::new() } else { run(at, &built, &settings, &known.schedules, by_hand) };
    let (optimizers, schedules) = (known.optimizers.clone(), known.schedules.clone());
    let requirements = known.requirements.clone();
    Some(Plan { optimizers, schedules, settings, requirements, driver: Driver::Lightning, run, ..Plan::default() })
}

/// The optimizers that are built within a method; of several of one name, one of which is chosen, the first.
fn optimizers_of(within: Span, known: &Plan) -> Vec<OptimizerId> {
    let mut built: Vec<OptimizerId> = Vec::new();
    for (index, facts) in known.optimizers.iter().enumerate().filter(|(_, facts)| within.contains(facts.span)) {
        if !built.iter().any(|other| known.optimizer(*other).name == facts.name) {
            built.push(OptimizerId(index));
        }
    }
    built
}

/// What a module with manual optimization says of itself.
fn module(class: &StmtClassDef, code: Code<'_>, manual: Span, uses: &Uses<'_>) -> Settings {
    let truth = |name: &str, value| Argument {
        name: name.to_owned(),
        text: if value { "True" } else { "False" }.to_owned(),
        value: ArgumentValue::Truth(value),
        span: manual,
    };
    // Other methods, of a base class or a callback, may step the schedulers out of sight.
    let only_lightning = class.arguments.as_deref().is_some_and(|arguments| arguments.args.len() == 1);
    Settings {
        owner: Owner::LightningModule,
        class: class.name.to_string(),
        span: code.span(class.name.range()),
        arguments: vec![truth("automatic_optimization", false), truth("steps_schedulers", uses.steps_schedulers)],
        complete: only_lightning,
        schedules: Vec::new(),
        given: Vec::new(),
    }
}

/// What Lightning does: epochs of batches, an optimizer step at each batch, and the schedulers as they are configured.
fn run(
    at: Span,
    optimizers: &[OptimizerId],
    settings: &[Settings],
    schedules: &[ScheduleFacts],
    by_hand: Option<Span>,
) -> Block {
    let mut trainers = settings.iter().filter(|settings| settings.owner == Owner::LightningTrainer);
    let lengths = match (trainers.next(), trainers.next()) {
        (Some(trainer), None) => Lengths::of(trainer),
        _ => Lengths::default(),
    };
    let step = |settings: &Settings| {
        // A plateau is given the monitored metric.
        let plateaus = settings.schedules.iter().filter(|id| schedules[id.0].class == PLATEAU).count();
        let arguments = match plateaus {
            0 => Some(0),
            _ if plateaus == settings.schedules.len() => Some(1),
            _ => None,
        };
        let first = settings.argument("monitor").and_then(monitored);
        let step = SchedulerStep {
            schedules: settings.schedules.clone(),
            or_unknown: false,
            arguments,
            first,
            comes_first: false,
        };
        let place = settings.argument("interval").map_or(settings.span, |interval| interval.span);
        let node = Node { span: place, action: Action::SchedulerStep(step) };
        match settings.argument("frequency") {
            None => node,
            Some(frequency) => {
                let every = settings.number("frequency").cloned().unwrap_or_default();
                let arms = vec![Arm {
                    guard: Guard::Every(every),
                    condition: String::new(),
                    test: Vec::new(),
                    chosen: Chosen::default(),
                    body: vec![node],
                }];
                Node { span: frequency.span, action: Action::Branch(arms) }
            }
        }
    };
    let stepped: Vec<&Settings> = settings
        .iter()
        .filter(|settings| settings.owner == Owner::LightningScheduler && !settings.schedules.is_empty())
        .collect();
    let (mut in_step, mut in_epoch) = (Vec::new(), Vec::new());
    for optimizer in optimizers.iter().skip(1) {
        let step = OptimizerStep { optimizer: Some(*optimizer), may_step: Vec::new(), in_sight: true };
        in_step.push(Node { span: at, action: Action::OptimizerStep(step) });
    }
    // The module steps at each batch what the trainer steps, too.
    if let (Some(span), [only]) = (by_hand, &stepped[..]) {
        in_step.push(Node { span, ..step(only) });
    }
    for settings in stepped {
        let interval = match settings.argument("interval") {
            // Options that are not all in sight may hold it.
            None if settings.complete => "epoch",
            _ => settings.text("interval").unwrap_or_default(),
        };
        match interval {
            "step" => in_step.push(step(settings)),
            "epoch" => in_epoch.push(step(settings)),
            _ => {}
        }
    }
    lengths.run(at, optimizers.first().copied(), in_step, in_epoch)
}

/// The metric of `"monitor": "val/acc"`, as it is given to the scheduler.
fn monitored(monitor: &Argument) -> Option<StepArgument> {
    let ArgumentValue::Text(metric) = &monitor.value else { return None };
    let names = metric.split(|char: char| !(char.is_alphanumeric() || char == '_')).map(str::to_owned).collect();
    let keyword = Some(monitor.name.clone());
    let (text, span, data) = (metric.clone(), monitor.span, Data::Unknown);
    Some(StepArgument { keyword, text, span, names, data, value: Vec::new() })
}

/// A scheduler that Lightning never gets.
fn not_returned(span: Span, arguments: Vec<Argument>, schedules: Vec<ScheduleId>) -> Settings {
    let (owner, class) = (Owner::LightningOptimizers, NOT_RETURNED.to_owned());
    Settings { owner, class, span, arguments, complete: true, schedules, given: Vec::new() }
}

fn attribute(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    }
}

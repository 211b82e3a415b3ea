//! Lightning: `configure_optimizers` says what is built, and the trainer steps it.
//!
//! What the method returns is taken apart as Lightning does it (`lightning.pytorch.core.optimizer`): an optimizer, two
//! lists, a dict, or a list of dicts. The plan is the loop that the trainer then runs.

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use std::cell::Cell;

use advisor::Span;
use advisor::classes::PLATEAU;
use advisor::plan::{
    Action, Argument, ArgumentValue, Arm, Block, Chosen, Data, Driver, Guard, Node, Owner, Plan, ScheduleFacts,
    ScheduleId, SchedulerStep, Settings, StepArgument,
};
use advisor::quantity::Quantity;
use advisor::rules::{NOT_RETURNED, PAIR};
use ruff_python_ast::{Expr, ExprContext, Number, Stmt, StmtClassDef, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::Taker;
use super::lightning_run::Lengths;
use crate::names;
use crate::walk::{Visitor, walk_expr, walk_stmt};

/// The trainer.
pub fn taker(library: &str, last: &str) -> Option<Taker> {
    let is_trainer = matches!(library, "lightning" | "pytorch_lightning") && last == "Trainer";
    is_trainer.then_some(Taker { owner: Owner::LightningTrainer, parameters: &[] })
}

/// Names are followed from one to the next so often.
const DEEPEST: usize = 6;

/// The plans of the Lightning modules in a file: `known` holds the schedules and settings that following the file has found.
pub fn plans(body: &[Stmt], source: &str, known: &Plan) -> Vec<Plan> {
    let mut classes = Classes(Vec::new());
    classes.visit_body(body);
    classes.0.into_iter().filter_map(|class| plan(class, source, known)).collect()
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

fn plan(class: &StmtClassDef, source: &str, known: &Plan) -> Option<Plan> {
    let configure = method(class, "configure_optimizers")?;
    if !is_module(class) {
        return None;
    }
    let reader = Reader::of(configure, source, &known.schedules);
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
    // The trainers of the file; which of them fits this module is clear only where there is one.
    settings.extend(known.settings_of(Owner::LightningTrainer).cloned());
    // Before 1.0 a plateau was given the loss of `validation_end`, and nobody had to say so.
    if method(class, "validation_end").is_some() || method(class, "training_end").is_some() {
        let is_plateau =
            |settings: &&mut Settings| settings.schedules.iter().any(|id| known.schedules[id.0].class == PLATEAU);
        let schedulers = settings.iter_mut().filter(|settings| settings.owner == Owner::LightningScheduler);
        schedulers.filter(is_plateau).for_each(|settings| settings.complete = false);
    }
    let manual = uses.manual.map(span);
    if let Some(manual) = manual {
        settings.push(module(class, manual, &uses));
    }
    let by_hand = uses.stepped.map(span);
    let run = if manual.is_some() { Block::new() } else { run(configure, &settings, &known.schedules, by_hand) };
    let concerns = |owner| settings.iter().any(|settings: &Settings| settings.owner == owner);
    if !(concerns(Owner::LightningScheduler) || concerns(Owner::LightningOptimizers)) {
        return None;
    }
    let (optimizers, schedules) = (known.optimizers.clone(), known.schedules.clone());
    let requirements = known.requirements.clone();
    Some(Plan { optimizers, schedules, settings, requirements, driver: Driver::Lightning, run, ..Plan::default() })
}

/// What a module with manual optimization says of itself.
fn module(class: &StmtClassDef, manual: Span, uses: &Uses<'_>) -> Settings {
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
        span: span(class.name.range()),
        arguments: vec![truth("automatic_optimization", false), truth("steps_schedulers", uses.steps_schedulers)],
        complete: only_lightning,
        schedules: Vec::new(),
        given: Vec::new(),
    }
}

/// What Lightning does: epochs of batches, an optimizer step at each batch, and the schedulers as they are configured.
fn run(
    configure: &StmtFunctionDef,
    settings: &[Settings],
    schedules: &[ScheduleFacts],
    by_hand: Option<Span>,
) -> Block {
    let at = span(configure.name.range());
    let mut trainers = settings.iter().filter(|settings| settings.owner == Owner::LightningTrainer);
    let lengths = match (trainers.next(), trainers.next()) {
        (Some(trainer), None) => Lengths {
            epochs: trainer.number("max_epochs").cloned(),
            steps: trainer.number("max_steps").cloned(),
            accumulation: trainer.number("accumulate_grad_batches").cloned(),
        },
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
    lengths.run(at, None, in_step, in_epoch)
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

fn span(range: TextRange) -> Span {
    Span::new(0, range.start().to_u32(), range.end().to_u32())
}

/// What else a module does that matters.
#[derive(Default)]
struct Uses<'a> {
    /// `self.automatic_optimization = False`.
    manual: Option<TextRange>,
    /// `self.lr_schedulers()`, which is how a module gets at its schedulers.
    steps_schedulers: bool,
    /// Names for what that gives.
    named: Vec<&'a str>,
    /// `self.lr_schedulers().step()`.
    stepped: Option<TextRange>,
}

impl Uses<'_> {
    fn is_scheduler(&self, expression: &Expr) -> bool {
        match expression {
            Expr::Name(name) => self.named.contains(&name.id.as_str()),
            Expr::Call(call) => attribute(&call.func) == Some("lr_schedulers"),
            _ => false,
        }
    }
}

impl<'a> Visitor<'a> for Uses<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if let Stmt::Assign(assign) = statement
            && self.is_scheduler(&assign.value)
        {
            self.named.extend(assign.targets.iter().filter_map(Expr::as_name_expr).map(|name| name.id.as_str()));
        }
        if let Stmt::Assign(assign) = statement
            && let Expr::BooleanLiteral(literal) = &*assign.value
            && !literal.value
            && assign.targets.iter().any(|target| attribute(target) == Some("automatic_optimization"))
        {
            self.manual = Some(assign.range());
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        if matches!(attribute(expression), Some("lr_schedulers" | "lr_scheduler_step" | "lr_scheduler_configs")) {
            self.steps_schedulers = true;
        }
        if let Expr::Call(call) = expression
            && let Expr::Attribute(method) = &*call.func
            && method.attr.as_str() == "step"
            && self.is_scheduler(&method.value)
        {
            self.stepped.get_or_insert(call.range());
        }
        walk_expr(self, expression);
    }
}

fn attribute(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    }
}

/// A dict as it is written out: `{...}` or `dict(...)`, and what is assigned to it afterwards.
struct Written<'a> {
    range: TextRange,
    items: Vec<(&'a str, TextRange, &'a Expr)>,
    complete: bool,
}

impl<'a> Written<'a> {
    /// The entry of that key; of several the last counts, as in Python.
    fn entry(&self, key: &str) -> Option<&(&'a str, TextRange, &'a Expr)> {
        self.items.iter().rev().find(|(known, ..)| *known == key)
    }
}

/// Reads one `configure_optimizers`.
struct Reader<'a> {
    source: &'a str,
    schedules: &'a [ScheduleFacts],
    /// What each name is assigned, anywhere in the method.
    assigned: HashMap<&'a str, Vec<&'a Expr>>,
    /// `name["key"] = value`.
    items: HashMap<&'a str, Vec<(&'a str, TextRange, &'a Expr)>>,
    /// The names that are read.
    used: HashSet<&'a str>,
    /// Where the return before the one that is looked at ends.
    since: Cell<TextSize>,
    returned: Vec<&'a Expr>,
}

impl<'a> Visitor<'a> for Reader<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    self.assign(target, &assign.value, assign.range());
                }
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.assign(&assign.target, value, assign.range());
                }
            }
            Stmt::Return(leave) => self.returned.extend(leave.value.as_deref()),
            // What is returned inside is returned from there.
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => return,
            _ => {}
        }
        walk_stmt(self, statement);
    }

    /// A name that is written to in another way (a loop, `with`) is not known.
    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Name(name) if name.ctx == ExprContext::Store => {
                self.assigned.entry(name.id.as_str()).or_default();
            }
            Expr::Name(name) => {
                self.used.insert(name.id.as_str());
            }
            _ => walk_expr(self, expression),
        }
    }
}

impl<'a> Reader<'a> {
    fn of(function: &'a StmtFunctionDef, source: &'a str, schedules: &'a [ScheduleFacts]) -> Self {
        let (assigned, items, used) = (HashMap::default(), HashMap::default(), HashSet::default());
        let since = Cell::new(function.range().start());
        let mut reader = Self { source, schedules, assigned, items, used, since, returned: Vec::new() };
        reader.visit_body(&function.body);
        reader
    }

    fn assign(&mut self, target: &'a Expr, value: &'a Expr, range: TextRange) {
        match target {
            Expr::Name(name) => self.assigned.entry(name.id.as_str()).or_default().push(value),
            Expr::Subscript(subscript) => {
                if let (Expr::Name(name), Expr::StringLiteral(key)) = (&*subscript.value, &*subscript.slice) {
                    self.items.entry(name.id.as_str()).or_default().push((key.value.to_str(), range, value));
                }
            }
            Expr::Tuple(targets) => {
                if let Expr::Tuple(values) = value
                    && values.elts.len() == targets.elts.len()
                {
                    for (target, value) in targets.elts.iter().zip(&values.elts) {
                        self.assign(target, value, range);
                    }
                }
            }
            _ => {}
        }
    }

    /// What a name stands for, where that is one expression.
    fn resolve(&self, expression: &'a Expr) -> &'a Expr {
        let mut current = expression;
        for _ in 0..DEEPEST {
            let Expr::Name(name) = current else { break };
            match self.assigned.get(name.id.as_str()).map(Vec::as_slice) {
                Some([only]) => current = only,
                _ => break,
            }
        }
        current
    }

    /// The schedules that an expression may be; `None` where that is not known of all.
    fn schedules_of(&self, expression: &'a Expr, depth: usize) -> Option<Vec<ScheduleId>> {
        match expression {
            Expr::Name(name) if depth < DEEPEST => {
                let values = self.assigned.get(name.id.as_str()).filter(|values| !values.is_empty())?;
                // What was assigned before an earlier return left with it.
                let latest = values.iter().copied().filter(|value| value.range().start() >= self.since.get());
                let latest: Vec<&Expr> =
                    latest.filter(|value| value.range().end() <= expression.range().start()).collect();
                let values = if latest.is_empty() { values } else { &latest };
                let each = values.iter().map(|value| match value {
                    // `scheduler = None` before the branches that build one.
                    Expr::NoneLiteral(_) => Some(Vec::new()),
                    value => self.schedules_of(value, depth + 1),
                });
                let mut all: Vec<ScheduleId> = each.collect::<Option<Vec<_>>>()?.concat();
                all.sort_unstable();
                all.dedup();
                Some(all)
            }
            Expr::Call(call) => {
                let at = span(call.range());
                let found: Vec<ScheduleId> = self
                    .schedules
                    .iter()
                    .enumerate()
                    .filter(|(_, facts)| facts.span == at)
                    .map(|(index, _)| ScheduleId(index))
                    .collect();
                // The same call followed twice is the same schedule.
                (!found.is_empty()).then(|| found[..1].to_vec())
            }
            _ => None,
        }
    }

    fn dict(&self, expression: &'a Expr) -> Option<Written<'a>> {
        let added = match expression {
            Expr::Name(name) => self.items.get(name.id.as_str()).map(Vec::as_slice).unwrap_or_default(),
            _ => &[],
        };
        let written = self.resolve(expression);
        let mut complete = true;
        let mut items = Vec::new();
        match written {
            Expr::Dict(dict) => {
                for item in &dict.items {
                    match &item.key {
                        Some(Expr::StringLiteral(key)) => {
                            items.push((
                                key.value.to_str(),
                                TextRange::new(key.start(), item.value.end()),
                                &item.value,
                            ));
                        }
                        _ => complete = false,
                    }
                }
            }
            Expr::Call(call) if matches!(&*call.func, Expr::Name(name) if name.id == "dict") => {
                complete = call.arguments.args.is_empty();
                for keyword in &call.arguments.keywords {
                    match &keyword.arg {
                        Some(name) => items.push((name.as_str(), keyword.range(), &keyword.value)),
                        None => complete = false,
                    }
                }
            }
            _ => return None,
        }
        items.extend(added.iter().copied());
        Some(Written { range: written.range(), items, complete })
    }

    /// What `configure_optimizers` returns, or an element of it.
    fn outer(&self, expression: &'a Expr, settings: &mut Vec<Settings>) {
        // `returned = [optimizer]`, and with a scheduler in a branch.
        if let Expr::Name(name) = expression
            && let Some(values) = self.assigned.get(name.id.as_str()).filter(|values| values.len() > 1)
        {
            values.iter().filter(|value| !value.is_name_expr()).for_each(|value| self.outer(value, settings));
            return;
        }
        if let Some(dict) = self.dict(expression) {
            if dict.entry("optimizer").is_some() {
                self.optimizers(&dict, settings);
            }
            return;
        }
        let elements = match self.resolve(expression) {
            Expr::Tuple(tuple) => &tuple.elts,
            Expr::List(list) => &list.elts,
            _ => return,
        };
        if let [optimizers, schedulers] = elements.as_slice()
            && matches!(self.resolve(optimizers), Expr::List(_))
        {
            match self.resolve(schedulers) {
                Expr::List(list) => list.elts.iter().for_each(|one| self.inner(one, None, settings)),
                _ => self.inner(schedulers, None, settings),
            }
            return;
        }
        // `return optimizer, scheduler`: neither two lists nor two optimizers.
        if let [optimizer, scheduler] = elements.as_slice()
            && self.is_schedule(scheduler)
            && !self.is_schedule(optimizer)
            && !matches!(self.resolve(optimizer), Expr::List(_) | Expr::ListComp(_) | Expr::Tuple(_) | Expr::Dict(_))
            && self
                .source
                .get(optimizer.range().to_std_range())
                .is_some_and(|text| names::is_optimizer(text) || text.contains("optim."))
        {
            let (class, range) = (PAIR.to_owned(), self.resolve(expression).range());
            settings.push(Settings {
                owner: Owner::LightningOptimizers,
                class,
                span: span(range),
                arguments: Vec::new(),
                complete: true,
                schedules: Vec::new(),
                given: Vec::new(),
            });
        }
        for element in elements {
            if self.dict(element).is_some() {
                self.outer(element, settings);
            }
        }
    }

    fn is_schedule(&self, expression: &'a Expr) -> bool {
        self.known_schedules(expression).is_some()
    }

    /// The schedules that an expression may be, where they are known and there is one.
    fn known_schedules(&self, expression: &'a Expr) -> Option<Vec<ScheduleId>> {
        self.schedules_of(expression, 0).filter(|all| !all.is_empty())
    }

    /// `{"optimizer": ..., "lr_scheduler": ..., "monitor": ...}`.
    fn optimizers(&self, dict: &Written<'a>, settings: &mut Vec<Settings>) {
        settings.push(self.settings(Owner::LightningOptimizers, "dict", dict, Vec::new()));
        self.under_other_key(dict, settings);
        if let Some((_, _, scheduler)) = dict.entry("lr_scheduler") {
            // A scheduler by itself is monitored by what stands beside it.
            let monitor = dict.entry("monitor").map(|(name, range, value)| self.argument(name, *range, value));
            self.inner(scheduler, monitor, settings);
        }
    }

    /// A scheduler that stands where Lightning does not look for one.
    fn under_other_key(&self, dict: &Written<'a>, settings: &mut Vec<Settings>) {
        if !dict.complete || dict.entry("lr_scheduler").is_some() {
            return;
        }
        for (key, range, value) in &dict.items {
            let inner = self.dict(value);
            let within = inner.as_ref().and_then(|inner| inner.entry("scheduler"));
            let scheduler = within.map_or(*value, |(_, _, scheduler)| *scheduler);
            if let Some(schedules) = self.known_schedules(scheduler) {
                let argument = self.argument(key, *range, value);
                settings.push(not_returned(span(*range), vec![argument], schedules));
            }
        }
    }

    /// The schedulers that are given names which nothing reads.
    fn not_returned(&self, settings: &mut Vec<Settings>) {
        let mut unused: Vec<&Expr> = self
            .assigned
            .iter()
            .filter(|(name, _)| !self.used.contains(*name))
            .flat_map(|(_, values)| values.iter().copied())
            .filter(|value| value.is_call_expr())
            .collect();
        unused.sort_by_key(|value| value.start());
        for value in unused {
            if let Some(schedules) = self.known_schedules(value) {
                settings.push(not_returned(span(value.range()), Vec::new(), schedules));
            }
        }
    }

    /// A scheduler, or a dict that holds one and says how it is stepped.
    fn inner(&self, expression: &'a Expr, monitor: Option<Argument>, settings: &mut Vec<Settings>) {
        if let Some(dict) = self.dict(expression) {
            if let Some((_, _, scheduler)) = dict.entry("scheduler") {
                let schedules = self.schedules_of(scheduler, 0).unwrap_or_default();
                settings.push(self.settings(Owner::LightningScheduler, "dict", &dict, schedules));
            }
            return;
        }
        let Some(schedules) = self.known_schedules(expression) else { return };
        settings.push(Settings {
            owner: Owner::LightningScheduler,
            class: "scheduler".to_owned(),
            span: span(expression.range()),
            arguments: monitor.into_iter().collect(),
            complete: true,
            schedules,
            given: Vec::new(),
        });
    }

    fn settings(&self, owner: Owner, class: &str, dict: &Written<'a>, schedules: Vec<ScheduleId>) -> Settings {
        let arguments = dict.items.iter().map(|(name, range, value)| self.argument(name, *range, value)).collect();
        let (class, span) = (class.to_owned(), span(dict.range));
        Settings { owner, class, span, arguments, complete: dict.complete, schedules, given: Vec::new() }
    }

    fn argument(&self, name: &str, range: TextRange, value: &Expr) -> Argument {
        let text = self.source.get(value.range().to_std_range()).unwrap_or_default();
        let value = match value {
            Expr::StringLiteral(literal) => ArgumentValue::Text(literal.value.to_str().to_owned()),
            Expr::BooleanLiteral(literal) => ArgumentValue::Truth(literal.value),
            Expr::NumberLiteral(literal) => match &literal.value {
                Number::Int(value) => value
                    .as_u64()
                    .map_or(ArgumentValue::Unknown, |value| ArgumentValue::Number(Quantity::number(value as f64))),
                Number::Float(value) => ArgumentValue::Number(Quantity::number(*value)),
                Number::Complex { .. } => ArgumentValue::Unknown,
            },
            _ => ArgumentValue::Unknown,
        };
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        Argument { name: name.to_owned(), text, value, span: span(range) }
    }
}

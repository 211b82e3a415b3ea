//! What is built: optimizers, schedules, loaders, and objects of the file's own classes.

use std::rc::Rc;

use advisor::classes::{GRADUAL_WARMUP, class_named};
use advisor::plan::{
    Action, Argument, ArgumentValue, Evidence, Library, OptimizerFacts, OptimizerId, ScheduleFacts, ScheduleId, Word,
};
use advisor::quantity::{Quantity, Unit};
use advisor::timm;
use ruff_python_ast::{Expr, ExprCall};
use ruff_text_size::Ranged;

use super::calls::Given;
use super::closed::Locals;
use super::{Frame, Interpreter};
use crate::names;
use crate::value::{Opaque, Value};

/// The class of an optimizer of which only the kind is known.
const SOME_OPTIMIZER: &str = "optimizer";
/// The class of a schedule of which only the kind is known.
const SOME_SCHEDULER: &str = "scheduler";

impl<'a> Interpreter<'a> {
    /// What a call of something imported builds, if it builds one of ours.
    pub(super) fn construct(&mut self, call: &'a ExprCall, name: &str, given: &Given<'a>) -> Option<Value> {
        let (module, last) = name.rsplit_once('.')?;
        if module.ends_with("optim.lr_scheduler") {
            let class = if last == "?" { SOME_SCHEDULER } else { last };
            let is_class = last == "?" || last.starts_with(|first: char| first.is_ascii_uppercase());
            return is_class.then(|| self.schedule(call, class, (Evidence::Proved, Library::Torch), given));
        }
        let from = module.split('.').next().unwrap_or_default();
        if from == "warmup_scheduler" && last == GRADUAL_WARMUP {
            return Some(self.schedule(call, last, (Evidence::Proved, Library::GradualWarmup), given));
        }
        if from == "timm" && module.contains("sched") {
            if last.ends_with("LRScheduler") || last == "PlateauLRScheduler" {
                return Some(self.schedule(call, last, (Evidence::Proved, Library::Timm), given));
            }
            // `scheduler, epochs = create_scheduler(args, optimizer)`.
            if last.starts_with("create_scheduler") {
                let given = self.with_options(last, given);
                let schedule = self.schedule(call, last, (Evidence::Proved, Library::Timm), &given);
                return Some(Value::Sequence(Rc::new(vec![schedule, epochs_of_factory(&given)])));
            }
        }
        let is_schedule_function = last.starts_with("get_") && last.contains("schedule");
        if matches!(from, "transformers" | "diffusers" | "pytorch_transformers") && is_schedule_function {
            return Some(self.schedule(call, last, (Evidence::Proved, Library::Torch), given));
        }
        let is_upper = last.starts_with(|first: char| first.is_ascii_uppercase());
        if last == "DataLoader" || (is_upper && last.ends_with("DataLoader")) {
            let size = given.keyword("batch_size").or_else(|| given.positional.get(1).map(|(value, _)| value));
            let held_out = self.text(call).to_ascii_lowercase();
            let is_training = !["test", "val", "eval"].iter().any(|word| held_out.contains(word));
            if let Some(size) = size.map(Value::quantity).filter(|size| is_training && size.value.is_some()) {
                self.script.batch_sizes.push((self.span(call.range()), size));
            }
            return Some(Value::Loader(self.call_key(call).into()));
        }
        if module == "torch.optim" && last == "?" {
            return Some(self.optimizer(call, SOME_OPTIMIZER, given));
        }
        if is_upper
            && module.contains("optim")
            && !module.ends_with("swa_utils")
            && !last.ends_with("LR")
            && !last.ends_with("Scheduler")
            || names::is_optimizer_class(last)
        {
            return Some(self.optimizer(call, last, given));
        }
        None
    }

    /// An instance of a class of this file: a scheduler or an optimizer, if it is made from one.
    pub(super) fn construct_own(&mut self, call: &'a ExprCall, class: usize, given: &Given<'a>) -> Value {
        let (_, outside) = self.lineage(class);
        let definition = self.classes[class].definition;
        let name = definition.name.as_str();
        // `AttrDict(config)`: a dict whose entries are attributes, too.
        if let [(dict @ Value::Dict(_), _)] = &*given.positional
            && given.keywords.is_empty()
            && definition.bases().iter().any(|base| matches!(base, Expr::Name(base) if base.id == "dict"))
        {
            return dict.clone();
        }
        for base in &outside {
            let Value::Qualified(base) = base else { continue };
            let last = names::last_part(base);
            // That of warmup-scheduler, copied into the project.
            if name == GRADUAL_WARMUP && matches!(last, "_LRScheduler" | "LRScheduler") {
                return self.schedule(call, name, (Evidence::Proved, Library::GradualWarmup), given);
            }
            if matches!(last, "_LRScheduler" | "LRScheduler" | GRADUAL_WARMUP) || base.contains("lr_scheduler.") {
                let schedule = self.schedule(call, name, (Evidence::Proved, Library::Other), given);
                if let Value::Schedule(id) = &schedule {
                    self.schedules[id.0].steps_as_torch = self.method(class, "step").is_none();
                    if self.schedules[id.0].steps_as_torch {
                        self.schedules[id.0].own_lr = self.own_lr(class, given).unwrap_or_default();
                    }
                }
                return schedule;
            }
            if base.starts_with("torch.optim") && last == "Optimizer" {
                return self.optimizer(call, name, given);
            }
        }
        // An optimizer written out again.
        if names::is_optimizer_class(name) && outside.is_empty() && given.positional.len() + given.keywords.len() > 1 {
            return self.optimizer(call, name, given);
        }
        let object = self.instantiate(class, Some(given));
        Value::Object(object)
    }

    /// What the `get_lr` of a scheduler of the script's own computes.
    fn own_lr(&mut self, class: usize, given: &Given<'a>) -> Option<Vec<Word>> {
        let method = self.method(class, "get_lr")?;
        // What its constructor keeps of what it is given; nothing that it does there is part of the run.
        self.trace.mute();
        let object = self.instantiate(class, Some(given));
        self.trace.unmute();
        self.memory.set_attribute(object, "last_epoch", Value::Formula([Word::Text("last_epoch".to_owned())].into()));
        let definition = self.functions[method].definition;
        let scope = self.memory.scope(self.functions[method].scope);
        self.memory.set(scope, "self", Value::Object(object));
        let (context, file) = (self.context(), self.code.file(definition));
        self.frames.push(Frame::new(scope, Some(method), context, file));
        let words = self.closed_block(&[], &mut Locals::default(), &definition.body);
        self.frames.pop();
        words
    }

    fn optimizer(&mut self, call: &'a ExprCall, class: &str, given: &Given<'a>) -> Value {
        // One that wraps another, and trains with its groups: `LARS(optimizer)`.
        let wrapped = given.keyword("optimizer").or_else(|| given.positional.first().map(|(value, _)| value));
        if let Some(wrapped @ Value::Optimizer(id)) = wrapped
            && names::is_optimizer_class(&self.optimizers[id.0].class)
        {
            return wrapped.clone();
        }
        let at = call.range().start().to_u32();
        let key = format!("call{at}:{class}#{}", self.context());
        if let Some(id) = self.optimizer_ids.get(&key) {
            let id = *id;
            self.trace.push(self.span(call.range()), Action::BuildOptimizer(id));
            return Value::Optimizer(id);
        }
        let lr = given.keyword("lr").or_else(|| given.positional.get(1).map(|(value, _)| value));
        let facts = OptimizerFacts {
            class: class.to_owned(),
            span: self.span(call.range()),
            lr: lr.map(Value::quantity).unwrap_or_default(),
            momentum: given.keyword("momentum").map(Value::quantity).unwrap_or_default(),
            lr_text: self.given_text(given, "lr", 1),
            name: String::new(),
            built: true,
            replaces: Vec::new(),
            foreign_groups: given.positional.first().is_some_and(|(value, text)| {
                // `model.get_parameters()` of a class of the project gives groups, `model.parameters()` does not.
                let text = self.text(self.as_assigned(text));
                let is_made = text.contains(".get_parameters(");
                has_own_groups(value) && (is_made || !text.contains("parameters("))
                    || is_made && !matches!(value, Value::Sequence(_) | Value::Many(_))
            }),
            trains_nothing: ["zeros(", "ones(", "empty(", "tensor("]
                .iter()
                .any(|made| self.given_text(given, "params", 0).contains(made)),
            all_parameters: self.given_text(given, "params", 0).ends_with("model.parameters()"),
        };
        let id = self.add_optimizer(&key, facts);
        self.trace.push(self.span(call.range()), Action::BuildOptimizer(id));
        Value::Optimizer(id)
    }

    /// An argument as written, by keyword or position; empty where it is not given.
    fn given_text(&self, given: &Given<'a>, name: &str, position: usize) -> String {
        let by_keyword = given.keywords.iter().find(|(keyword, ..)| &**keyword == name).map(|(.., text)| *text);
        let expression = by_keyword.or_else(|| given.positional.get(position).map(|(_, text)| *text));
        expression.map(|expression| self.wording_of(expression)).unwrap_or_default()
    }

    /// What timm's `create_scheduler(args, optimizer)` reads from its options, as if they were given one by one.
    fn with_options(&mut self, factory: &str, given: &Given<'a>) -> Given<'a> {
        let mut all = given.clone();
        if factory != timm::BY_OPTIONS {
            return all;
        }
        let of = given.keywords.iter().find(|(name, ..)| &**name == "args").map(|(_, value, at)| (value.clone(), *at));
        let Some((options, at)) = of.or_else(|| given.positional.first().cloned()) else { return all };
        for name in timm::OPTIONS {
            let known = match &options {
                Value::Opaque(_) => self.options.get(name).is_some(),
                Value::Object(object) => self.memory.attribute(*object, name).is_some(),
                _ => true,
            };
            let mut value = if known { self.attribute(&options, name) } else { Value::Unknown };
            // What is no number is taken at its default.
            if let (Value::Opaque(_), Some(Some(default))) = (&value, self.options.get(name).copied()) {
                value = self.expression(default);
            }
            if !matches!(value, Value::Unknown | Value::Opaque(_) | Value::None) {
                all.keywords.push((name.into(), value, at));
            }
        }
        all
    }

    /// Takes note of the schedules in something that goes out of sight.
    pub(super) fn hand_on(&mut self, value: &Value) {
        match value {
            Value::Schedule(id) if !self.script.handed_on.contains(id) => self.script.handed_on.push(*id),
            Value::Sequence(values) | Value::Either(values) => values.iter().for_each(|value| self.hand_on(value)),
            Value::Many(element) => self.hand_on(element),
            Value::Dict(items) => items.iter().for_each(|(_, value)| self.hand_on(value)),
            _ => {}
        }
    }

    fn add_optimizer(&mut self, key: &str, facts: OptimizerFacts) -> OptimizerId {
        let id = OptimizerId(self.optimizers.len());
        self.optimizers.push(facts);
        self.bound_built();
        self.optimizer_ids.insert(key, id);
        id
    }

    /// The optimizer that a value is. Something out of sight becomes one if it is already known to be or, with
    /// `by_name`, is called one.
    pub(super) fn optimizer_of(&mut self, value: &Value, by_name: bool) -> Option<OptimizerId> {
        match value {
            Value::Optimizer(id) => Some(*id),
            Value::Opaque(Opaque { key, name, .. }) => {
                let known = self.optimizer_ids.get(key).copied();
                if known.is_none() && by_name && names::is_optimizer(name) {
                    let facts = OptimizerFacts { name: names::last_part(name).to_owned(), ..OptimizerFacts::default() };
                    return Some(self.add_optimizer(key, facts));
                }
                known
            }
            Value::Either(values) => {
                let mut found = values.iter().filter(|value| **value != Value::None).cloned();
                let first = found.next()?;
                let rest: Vec<Value> = found.collect();
                let id = self.optimizer_of(&first, by_name)?;
                // Which of them it is stays open, so only one and the same is told.
                rest.is_empty().then_some(id)
            }
            _ => None,
        }
    }

    /// A scheduler that only its name tells.
    pub(super) fn named_schedule(&mut self, call: &'a ExprCall, opaque: &Opaque) -> ScheduleId {
        self.unbuilt_schedule(call, &opaque.key, opaque, &opaque.name, Library::Other)
    }

    /// A scheduler of which a condition tells the class: `isinstance(scheduler, ReduceLROnPlateau)`.
    pub(super) fn schedule_of_class(&mut self, call: &'a ExprCall, opaque: &Opaque, class: &str) -> ScheduleId {
        let library = if class.starts_with("timm.") { Library::Timm } else { Library::Torch };
        let key = format!("{} as {class}", opaque.key);
        self.unbuilt_schedule(call, &key, opaque, names::last_part(class), library)
    }

    fn unbuilt_schedule(
        &mut self,
        call: &'a ExprCall,
        key: &str,
        opaque: &Opaque,
        class: &str,
        library: Library,
    ) -> ScheduleId {
        if let Some(id) = self.schedule_ids.get(key) {
            return *id;
        }
        let facts = ScheduleFacts {
            own_lr: Vec::new(),
            steps_as_torch: false,
            class: class.to_owned(),
            evidence: Evidence::Named,
            span: self.span(call.range()),
            optimizer: None,
            may_drive: Vec::new(),
            arguments: Vec::new(),
            parts: Vec::new(),
            library,
            name: opaque.name.to_string(),
        };
        self.add_schedule(key, facts, false)
    }

    /// A class out of sight that is called a scheduler and built on an optimizer.
    pub(super) fn scheduler_by_name(&mut self, call: &'a ExprCall, name: &str, given: &Given<'a>) -> Option<Value> {
        let last = names::last_part(name);
        if !last.starts_with(|first: char| first.is_ascii_uppercase()) || !names::is_scheduler_class(last) {
            return None;
        }
        let optimizer =
            given.keyword("optimizer").or_else(|| given.positional.first().map(|(value, _)| value)).cloned()?;
        self.optimizer_of(&optimizer, true)?;
        Some(self.schedule(call, last, (Evidence::Named, Library::Other), given))
    }

    fn schedule(
        &mut self,
        call: &'a ExprCall,
        class: &str,
        (evidence, library): (Evidence, Library),
        given: &Given<'a>,
    ) -> Value {
        let at = call.range().start().to_u32();
        let key = format!("call{at}:{class}#{}", self.context());
        if let Some(id) = self.schedule_ids.get(&key) {
            let id = *id;
            self.trace.push(self.span(call.range()), Action::BuildSchedule(id));
            return Value::Schedule(id);
        }
        let parameters = parameters(class, library);
        let mut arguments = Vec::new();
        let (mut optimizer, mut may_drive) = (None, Vec::new());
        let mut parts = Vec::new();
        // What the parameters of a class out of sight are called, nobody knows.
        let nameless = if parameters.len() == 1 { given.positional.len() } else { 0 };
        let named = parameters.iter().copied().chain(std::iter::repeat_n("", nameless));
        let by_position =
            given.positional.iter().zip(named).map(|((value, expression), name)| (name, value, *expression));
        let by_keyword = given.keywords.iter().map(|(name, value, expression)| (&**name, value, *expression));
        let all: Vec<(String, Value, &'a Expr)> = by_position
            .chain(by_keyword)
            .map(|(name, value, expression)| (name.to_owned(), value.clone(), expression))
            .collect();
        for (name, value, expression) in all {
            match name.as_str() {
                "optimizer" => {
                    self.note_no_optimizer(&value, expression);
                    optimizer = self.driven(&value);
                    may_drive = value.alternatives().iter().filter_map(Value::optimizer).collect();
                }
                "schedulers" => parts = schedule_parts(&value),
                _ => {}
            }
            // `total_steps=None` is as good as nothing.
            if name != "optimizer" && name != "args" && value != Value::None {
                // What fits a run of another length is not held against this one.
                let is_of_other_run = self.other_length > 0 && matches!(value, Value::Number(_) | Value::Sequence(_));
                let value = if is_of_other_run { Value::Unknown } else { value };
                arguments.push(self.argument(name, &value, expression));
            }
        }
        if parts.is_empty()
            && class.starts_with(GRADUAL_WARMUP)
            && let Some(Value::Schedule(after)) =
                given.keyword("after_scheduler").or_else(|| given.positional.last().map(|(value, _)| value))
        {
            parts.push(*after);
        }
        if optimizer.is_none() {
            optimizer = parts.iter().find_map(|id: &ScheduleId| self.schedules[id.0].optimizer);
        }
        if class_named(class).is_none() || parts.is_empty() {
            // A wrapper out of sight may step what it is given.
            given.values().for_each(|value| self.hand_on(value));
        }
        let library = match (evidence, library) {
            (Evidence::Proved, library) => library,
            _ => Library::Other,
        };
        let facts = ScheduleFacts {
            own_lr: Vec::new(),
            steps_as_torch: false,
            class: class.to_owned(),
            evidence,
            span: self.span(call.range()),
            optimizer,
            may_drive,
            arguments,
            parts,
            library,
            name: String::new(),
        };
        let id = self.add_schedule(&key, facts, true);
        self.trace.push(self.span(call.range()), Action::BuildSchedule(id));
        Value::Schedule(id)
    }

    fn add_schedule(&mut self, key: &str, facts: ScheduleFacts, here: bool) -> ScheduleId {
        let id = ScheduleId(self.schedules.len());
        self.schedules.push(facts);
        self.bound_built();
        self.built_under.push(if here { self.facts.clone() } else { Vec::new() });
        self.schedule_ids.insert(key, id);
        id
    }

    /// Takes note of a scheduler that is given a function, a class or parameters for its optimizer.
    fn note_no_optimizer(&mut self, value: &Value, expression: &'a Expr) {
        let gives_parameters = matches!(expression, Expr::Call(call)
            if matches!(&*call.func, Expr::Attribute(method) if method.attr.as_str() == "parameters"));
        if gives_parameters || matches!(value, Value::Function(_) | Value::Method(..) | Value::Class(_)) {
            let given = (self.span(expression.range()), self.wording_of(expression));
            if !self.script.no_optimizers.contains(&given) {
                self.script.no_optimizers.push(given);
            }
        }
    }

    /// What a scheduler is built on is an optimizer, whatever it is called.
    fn driven(&mut self, value: &Value) -> Option<OptimizerId> {
        match value {
            Value::Opaque(Opaque { key, .. }) => match self.optimizer_ids.get(key) {
                Some(id) => Some(*id),
                None => Some(self.add_optimizer(key, OptimizerFacts::default())),
            },
            value => self.optimizer_of(value, true),
        }
    }

    pub(super) fn argument(&mut self, name: String, value: &Value, expression: &'a Expr) -> Argument {
        let value = match value {
            Value::Truth(truth) => ArgumentValue::Truth(*truth),
            Value::Text(text) => ArgumentValue::Text(text.to_string()),
            Value::Opaque(_) if let Some(text) = self.configured_text(value) => ArgumentValue::Text(text.to_string()),
            // The same for the only group.
            Value::Sequence(values)
                if let [function @ (Value::Lambda(_) | Value::Function(_) | Value::Method(..))] = values.as_slice() =>
            {
                ArgumentValue::Function(self.function_facts(function))
            }
            Value::Sequence(values) => ArgumentValue::Numbers(values.iter().map(Value::quantity).collect()),
            Value::Number(_) | Value::Opaque(_) => ArgumentValue::Number(value.quantity()),
            Value::Qualified(path) if Value::is_imported_number(path) => ArgumentValue::Number(value.quantity()),
            Value::Lambda(_) | Value::Function(_) | Value::Method(..) => {
                ArgumentValue::Function(self.function_facts(value))
            }
            _ => ArgumentValue::Unknown,
        };
        let value = match value {
            // What this parameter counts is part of what it is called; 1 says that epochs are counted after all.
            ArgumentValue::Number(quantity) if name == "steps_per_epoch" => {
                ArgumentValue::Number(match quantity.value {
                    Some(1.0) => quantity.with_unit(Unit::Bare),
                    Some(_) if quantity.unit == Unit::Bare => quantity.with_unit(Unit::StepsPerEpoch),
                    _ => quantity,
                })
            }
            other => other,
        };
        let mut text = self.wording_of(expression);
        // One of the entries of what is unpacked there.
        let before = self.code.text.get(..expression.range().start().to_usize()).unwrap_or_default();
        if before.ends_with("**") {
            text = format!("{text}[\"{name}\"]");
        }
        Argument { name, text, value, span: self.span(expression.range()) }
    }
}

/// Whether what an optimizer is given may be groups with an LR of their own.
fn has_own_groups(parameters: &Value) -> bool {
    match parameters {
        Value::Opaque(Opaque { key, .. }) => key.starts_with("call"),
        Value::Sequence(values) | Value::Either(values) => values.iter().any(has_own_groups),
        Value::Many(element) => has_own_groups(element),
        Value::Dict(items) => items.iter().any(|(name, _)| &**name == "lr"),
        _ => false,
    }
}

/// The parameters of a class that may be given by position, in order.
fn parameters(class: &str, library: Library) -> Vec<&'static str> {
    let of_timm = || scheduler::CLASSES.iter().find(|known| library == Library::Timm && known.name == class);
    // A class of the script's own may have the name of one of torch's.
    let of_torch = class_named(class).filter(|_| library != Library::Other);
    match (of_torch, of_timm()) {
        (Some(class), _) => class.parameters.to_vec(),
        (None, Some(class)) => {
            std::iter::once("optimizer").chain(class.parameters.iter().map(|parameter| parameter.name)).collect()
        }
        (None, None) if class == timm::BY_OPTIONS => vec!["args", "optimizer"],
        (None, None) if class.starts_with("create_scheduler") => vec!["optimizer", "sched"],
        (None, None) if class == GRADUAL_WARMUP => vec!["optimizer", "multiplier", "total_epoch", "after_scheduler"],
        (None, None) => vec!["optimizer"],
    }
}

/// The epochs of the run that timm's factory gives back with the scheduler, where nothing but these two add up to it.
fn epochs_of_factory(given: &Given<'_>) -> Value {
    let others = ["warmup_prefix", "cycle_limit", "cycle_mul", "lr_cycle_limit", "lr_cycle_mul", "sched"];
    let is_plain = |name: &str| match given.keyword(name) {
        None | Some(Value::Truth(false)) => true,
        Some(Value::Text(kind)) => matches!(&**kind, "cosine" | "tanh" | "poly"),
        Some(Value::Number(number)) => name != "sched" && number.value == Some(1.0),
        Some(_) => false,
    };
    match given.keyword("num_epochs").or_else(|| given.keyword("epochs")) {
        Some(epochs) if others.iter().all(|name| is_plain(name)) => {
            let cooldown = given.keyword("cooldown_epochs").map_or(Quantity::number(0.0), Value::quantity);
            Value::number(epochs.quantity().plus(&cooldown).with_unit(Unit::Epochs))
        }
        _ => Value::Unknown,
    }
}

/// The schedules in a list of them; none where one is not known.
fn schedule_parts(value: &Value) -> Vec<ScheduleId> {
    let Value::Sequence(values) = value else { return Vec::new() };
    let parts = values.iter().map(|value| match value {
        Value::Schedule(id) => Some(*id),
        _ => None,
    });
    parts.collect::<Option<Vec<_>>>().unwrap_or_default()
}

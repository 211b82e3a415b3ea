//! Calls, told apart by what is called.
//!
//! Functions, methods and classes of the project are followed (`project`), a few builtins and library functions are known
//! (`builtins`), `step` is what all of this is for (`steps`), and everything else is out of sight (`unseen`).

mod builtins;
mod project;
mod steps;
mod unseen;

use std::rc::Rc;

use advisor::classes::class_named;
use advisor::plan::{Action, Arm, Chosen, Guard, SetLr};
use advisor::quantity::{Quantity, Unit};
use ruff_python_ast::{Arguments, Expr, ExprCall};
use ruff_text_size::Ranged;

use super::Interpreter;
use super::expressions::is_options;
use crate::names;
use crate::syntax::last_name;
use crate::value::{Opaque, Value};

pub(super) use builtins::{is_one_more, rounding};

/// The arguments of a call, evaluated.
#[derive(Clone, Default)]
pub(super) struct Given<'a> {
    pub positional: Vec<(Value, &'a Expr)>,
    pub keywords: Vec<(Rc<str>, Value, &'a Expr)>,
    /// `*args` or `**kwargs` whose content is not known.
    pub open: bool,
    /// The options that are all given: `**vars(args)`.
    pub options: Option<Value>,
}

impl<'a> Given<'a> {
    /// All arguments: what each is, and how it is written.
    pub fn all(&self) -> impl Iterator<Item = (&Value, &'a Expr)> {
        let positional = self.positional.iter().map(|(value, written)| (value, *written));
        positional.chain(self.keywords.iter().map(|(_, value, written)| (value, *written)))
    }

    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.all().map(|(value, _)| value)
    }

    pub fn keyword(&self, name: &str) -> Option<&Value> {
        self.keywords.iter().find(|(keyword, ..)| &**keyword == name).map(|(_, value, _)| value)
    }

    /// Whether a schedule is told where to begin, and not at the very start.
    pub fn is_told_beginning(&self) -> bool {
        const BEGINNINGS: [&str; 8] = [
            "last_epoch",
            "last_step",
            "start_epoch",
            "start_step",
            "start_iter",
            "init_step",
            "init_steps",
            "steps_shift",
        ];
        let begins = |value: &Value, name: Option<&str>| {
            name.is_some_and(|name| BEGINNINGS.contains(&name)) && value.quantity().value != Some(-1.0)
        };
        self.all().any(|(value, written)| begins(value, last_name(written)))
            || self.keywords.iter().any(|(name, value, _)| begins(value, Some(name)))
    }

    /// Whether an optimizer goes with a loader that is one of training data by its name.
    pub fn trains_with_optimizer(&self) -> bool {
        let is_of_training = |name: &str| name.contains("train") && names::is_loader(name);
        self.values().flat_map(Value::alternatives).any(|value| matches!(value, Value::Optimizer(_)))
            && self.all().any(|(_, written)| last_name(written).is_some_and(is_of_training))
    }

    pub fn first(&self) -> Option<&Value> {
        self.positional.first().map(|(value, _)| value)
    }
}

impl<'a> Interpreter<'a> {
    pub(super) fn call(&mut self, call: &'a ExprCall) -> Value {
        if let Expr::Attribute(function) = &*call.func {
            let receiver = self.expression(&function.value);
            let given = self.arguments(&call.arguments);
            return self.method_call(call, &receiver, &function.value, &function.attr, &given);
        }
        let function = self.expression(&call.func);
        let given = self.arguments(&call.arguments);
        self.apply(call, &function, &given)
    }

    fn arguments(&mut self, arguments: &'a Arguments) -> Given<'a> {
        let mut given = Given::default();
        for argument in &arguments.args {
            if let Expr::Starred(starred) = argument {
                match self.expression(&starred.value) {
                    Value::Sequence(values) => {
                        given.positional.extend(values.iter().map(|value| (value.clone(), argument)));
                    }
                    _ => given.open = true,
                }
                continue;
            }
            let value = self.expression(argument);
            given.positional.push((value, argument));
        }
        for keyword in &arguments.keywords {
            let value = self.expression(&keyword.value);
            match &keyword.arg {
                Some(name) => given.keywords.push((name.as_str().into(), value, &keyword.value)),
                None => match value {
                    Value::Dict(items) => given
                        .keywords
                        .extend(items.iter().map(|(name, value)| (name.clone(), value.clone(), &keyword.value))),
                    options => {
                        given.open = true;
                        given.options = Some(options).filter(|options| matches!(options, Value::Opaque(_)));
                    }
                },
            }
        }
        given
    }

    /// `receiver.name(...)`.
    fn method_call(
        &mut self,
        call: &'a ExprCall,
        receiver: &Value,
        receiver_expression: &'a Expr,
        name: &str,
        given: &Given<'a>,
    ) -> Value {
        // `batch_step` is what the first CyclicLR had, before there was one in torch.
        let is_step = name == "step" || name == "batch_step" && matches!(receiver, Value::Schedule(_));
        // `lr_scheduler.step(start_epoch)` of a class of the project.
        if is_step && last_name(receiver_expression).is_some_and(names::is_some_scheduler) && given.is_told_beginning()
        {
            self.script.brought_to_position.push(Vec::new());
        }
        if is_step && !matches!(receiver, Value::Object(_) | Value::Qualified(_)) {
            let lost = matches!(receiver, Value::Unknown).then(|| self.by_its_name(receiver_expression)).flatten();
            // It may be any scheduler that has been built.
            self.script.steps_unknown |=
                lost.is_some() && last_name(receiver_expression).is_some_and(names::is_lr_scheduler);
            return self.step(call, lost.as_ref().unwrap_or(receiver), given);
        }
        // An attribute of something imported: `context.scheduler.step()`.
        if let (Value::Qualified(path), "step") = (receiver, name)
            && let Some((module, last)) = path.rsplit_once('.')
            && !module.starts_with("torch")
            && (names::is_optimizer(last) && last != "optim" || names::is_lr_scheduler(last))
        {
            return self.step(call, &Value::opaque(path.clone(), last), given);
        }
        if let Some(value) = self.config_method(receiver, name) {
            return value;
        }
        self.note_model(call, receiver, name, given);
        self.note_accumulation(receiver, name, call);
        match (receiver, name) {
            (list, "append") if list.is_list() => {
                let added = given.first().cloned().unwrap_or(Value::Unknown);
                let longer = list.alternatives().iter().map(|list| list.with(&added)).reduce(Value::or);
                self.assign(receiver_expression, longer.unwrap_or(Value::Unknown));
                return Value::None;
            }
            (dict, "get") if dict.is_dict() => {
                if let Some(Value::Text(key)) = given.first()
                    && let Some(value) = dict.entry(key)
                {
                    return value;
                }
                return given.positional.get(1).map_or(Value::Unknown, |(value, _)| value.clone());
            }
            // `config["training"].get("epochs", 100)`: what it holds, or the default.
            (Value::Opaque(_), "get") if let Some(key @ Value::Text(name)) = given.first() => {
                let held = self.element(receiver, key);
                let Value::Opaque(Opaque { key, .. }) = &held else { return held };
                let unit = names::unit_of(name);
                return match given.positional.get(1).map(|(default, _)| default) {
                    // One epoch is no run that anybody has in mind.
                    Some(Value::Number(default))
                        if unit != Unit::Epochs || default.value.is_some_and(|one| one > 1.0) =>
                    {
                        Value::number(Quantity::symbol(key, unit, default.value))
                    }
                    Some(ours @ (Value::Optimizer(_) | Value::Schedule(_) | Value::Loader(_))) => ours.clone(),
                    Some(Value::Text(default)) => {
                        self.config_texts.get_or_insert(key, default.clone());
                        held
                    }
                    _ => held,
                };
            }
            // `group.update(lr=lr)`.
            (Value::Group(optimizer), "update") => {
                if let Some((.., value)) = given.keywords.iter().find(|(name, ..)| &**name == "lr") {
                    let (optimizer, text) = (*optimizer, self.wording_of(*value));
                    let value = self.formula(value).unwrap_or_default();
                    let apart = self.ruled_out();
                    self.trace.push(self.span(call.range()), Action::SetLr(SetLr { optimizer, text, value, apart }));
                }
                return Value::Unknown;
            }
            // However it is spelled: `args.optimizer.lower()`.
            (Value::Opaque(_), "lower" | "upper" | "strip" | "casefold") if given.positional.is_empty() => {
                return receiver.clone();
            }
            (_, "split") if let Some(parts) = self.split(receiver, given) => return parts,
            (Value::Number(_), "strip") | (Value::Sequence(_), "astype" | "tolist") => return receiver.clone(),
            (Value::Text(text), "lower") => return Value::Text(text.to_ascii_lowercase().into()),
            (Value::Text(text), "upper") => return Value::Text(text.to_ascii_uppercase().into()),
            (_, "parse_args" | "parse_known_args") => return Value::opaque("args", "args"),
            // `deepspeed.initialize(model=..., optimizer=..., lr_scheduler=...)`: engine, optimizer, loader, scheduler.
            (Value::Qualified(module), "initialize") if &**module == "deepspeed" => {
                let at = call.range().start().to_u32();
                let given = |name: &str| given.keyword(name).cloned().unwrap_or(Value::Unknown);
                let engine = Value::opaque(format!("call{at}"), "engine");
                let loader = Value::Loader(format!("call{at}").into());
                return Value::Sequence(Rc::new(vec![engine, given("optimizer"), loader, given("lr_scheduler")]));
            }
            // `super().__init__(...)`.
            (Value::Opaque(Opaque { key, .. }), _) if key.starts_with("super:") => {
                return self.super_call(name, given);
            }
            // `accelerator.prepare(a, b)` gives back what it was given; so do Fabric, apex and others.
            (Value::Opaque(_) | Value::Unknown | Value::Object(_) | Value::Either(_), "prepare" | "setup")
            | (_, "initialize")
                if !self.has_method(receiver, name) =>
            {
                return match self.handed_back(given) {
                    Value::Sequence(values) => {
                        let each = values.iter().map(|value| self.prepared(receiver, value.clone()));
                        Value::Sequence(Rc::new(each.collect()))
                    }
                    value => self.prepared(receiver, value),
                };
            }
            // `parser.set_defaults(**config)`, `vars(args).update(config)`.
            (_, "set_defaults") => {
                let told: Vec<_> =
                    given.keywords.iter().map(|(name, value, _)| (name.clone(), value.clone())).collect();
                self.set_options(&told);
            }
            (options, "update") if is_options(options) => {
                if let Some(Value::Dict(entries)) = given.first() {
                    self.set_options(entries);
                }
                return Value::None;
            }
            (Value::Object(object), "save_hyperparameters") if !self.has_method(receiver, name) => {
                self.save_hyperparameters(*object, given);
                return Value::None;
            }
            (Value::Class(class), "load_from_checkpoint") if self.method(*class, name).is_none() => {
                return self.module_of_checkpoint(*class, given);
            }
            (Value::Opaque(_), "fit") => self.train_module(receiver, given),
            (_, "log_every") if given.first().is_some() => return given.positional[0].0.clone(),
            (_, "optimizer_step" | "update_params" | "step_optimizer") if !self.has_method(receiver, name) => {
                self.optimizer_step(call, given.first());
                return Value::Unknown;
            }
            (Value::Changing, _) => return Value::Changing,
            (_, "step_update") => {
                for value in receiver.alternatives() {
                    if let Value::Schedule(id) = value {
                        self.note_stepped(*id);
                        self.trace.push(self.span(call.range()), Action::UpdateSchedule(*id));
                    }
                }
            }
            (Value::Optimizer(id), "load_state_dict") => {
                let id = *id;
                let span = self.span(call.range());
                self.script.optimizers_restored.push((span, id));
                self.trace.push(span, Action::RestoreOptimizer(id));
                return Value::Unknown;
            }
            // Whatever the variable is called; by its name the survey has told others.
            (Value::Schedule(id), "get_lr") if call.arguments.is_empty() => {
                let (id, span) = (*id, self.span(call.range()));
                self.note_get_lr(id, span);
                return Value::Unknown;
            }
            // The second half of a step of SAM.
            (_, "second_step") if let Some(id) = self.optimizer_of(receiver, true) => {
                self.optimizer_step(call, Some(&Value::Optimizer(id)));
                return Value::Unknown;
            }
            (Value::Optimizer(_) | Value::Schedule(_) | Value::Group(_), _) => return Value::Unknown,
            (Value::Loader(_), _) => return receiver.clone(),
            _ => {}
        }
        let function = self.attribute(receiver, name);
        self.apply(call, &function, given)
    }

    /// Whether something is an object of this file with a method of that name.
    fn has_method(&self, receiver: &Value, name: &str) -> bool {
        matches!(receiver, Value::Object(object) if self.method(self.memory.class_of(*object), name).is_some())
    }

    /// What a function that wraps its arguments gives back.
    fn handed_back(&mut self, given: &Given<'a>) -> Value {
        let mut values: Vec<Value> = given.positional.iter().map(|(value, _)| value.clone()).collect();
        // `amp.initialize(models=model, optimizers=optimizer, opt_level=level)`.
        values.extend(["models", "optimizers"].iter().filter_map(|name| given.keyword(name).cloned()));
        values.retain(|value| !matches!(value, Value::Text(_)));
        match values.len() {
            0 => Value::Unknown,
            1 => values.remove(0),
            _ => Value::Sequence(Rc::new(values)),
        }
    }

    /// `function(...)`.
    fn apply(&mut self, call: &'a ExprCall, function: &Value, given: &Given<'a>) -> Value {
        // `get_scheduler(config, optimizer, last_epoch)`, `LrTracker(width, warmup_steps, init_step)`.
        // What a class of the library is told, the plan has.
        let is_of_library =
            |name: &str| name.starts_with(|first: char| first.is_ascii_uppercase()) && class_named(name).is_some();
        let makes_schedule = |name: &str| {
            (name.to_ascii_lowercase().contains("sched") || names::is_about_lr(name)) && !is_of_library(name)
        };
        if last_name(&call.func).is_some_and(makes_schedule) && given.is_told_beginning() {
            self.script.brought_to_position.push(Vec::new());
        }
        match function {
            Value::Function(id) => self.called(call, *id, None, given),
            Value::Method(id, object) => self.called(call, *id, Some(*object), given),
            Value::Class(class) => self.construct_own(call, *class, given),
            Value::Object(object) => {
                let class = self.memory.class_of(*object);
                match self.method(class, "__call__").or_else(|| self.method(class, "forward")) {
                    Some(method) => self.called(call, method, Some(*object), given),
                    None => Value::Unknown,
                }
            }
            Value::Qualified(name) => {
                let name = name.clone();
                self.library_call(call, &name, given)
            }
            Value::Lambda(_) => Value::Unknown,
            Value::Either(functions) => self.apply_one_of(call, functions, given),
            Value::Opaque(Opaque { key, name, .. }) => {
                let (key, name) = (key.clone(), name.clone());
                self.method_out_of_sight(&key, given);
                match self.builtin(call, &name, given) {
                    Some(value) if *key == *name => value,
                    _ => self.unseen_call(call, &name, given),
                }
            }
            _ => {
                given.values().for_each(|value| self.hand_on(value));
                Value::Unknown
            }
        }
    }

    /// One of several functions or classes, such as those of a table.
    fn apply_one_of(&mut self, call: &'a ExprCall, functions: &[Value], given: &Given<'a>) -> Value {
        let (mut arms, mut result) = (Vec::new(), None);
        for function in functions.iter().filter(|function| **function != Value::None) {
            self.trace.open();
            let value = self.apply(call, function, given);
            let body = self.trace.close();
            arms.push(Arm {
                guard: Guard::Fixed,
                condition: String::new(),
                test: Vec::new(),
                chosen: Chosen::default(),
                body,
            });
            result = Some(match result {
                Some(before) => self.one_of(before, value),
                None => value,
            });
        }
        self.trace.push_branch(self.span(call.range()), arms);
        result.unwrap_or(Value::Unknown)
    }

    /// One or the other; a schedule that is lost sight of thereby may be anywhere.
    pub(super) fn one_of(&mut self, one: Value, other: Value) -> Value {
        let either = one.clone().or(other.clone());
        if matches!(either, Value::Unknown | Value::Changing) {
            self.hand_on(&one);
            self.hand_on(&other);
        }
        either
    }
}

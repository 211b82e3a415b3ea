//! Calls: functions and methods of the file are followed; a few builtins and library functions are known.

use rustc_hash::FxHashMap as HashMap;
use std::rc::Rc;

use advisor::Span;
use advisor::plan::{
    Action, Arm, Chosen, Data, Guard, OptimizerId, OptimizerStep, ScheduleId, SchedulerStep, SetLr, StepArgument,
};
use advisor::quantity::{Quantity, Unit};
use ruff_python_ast::{Arguments, Expr, ExprCall, Operator, StmtFunctionDef};
use ruff_text_size::Ranged;

use super::conditions::Fact;
use super::{DEEPEST_CALL, Frame, Interpreter, MOST_IDLE};
use crate::survey::whole_number;
use crate::value::{Opaque, Value};
use crate::{names, options};
use advisor::classes::PLATEAU;

/// The arguments of a call, evaluated.
#[derive(Clone, Default)]
pub(super) struct Given<'a> {
    pub positional: Vec<(Value, &'a Expr)>,
    pub keywords: Vec<(Rc<str>, Value, &'a Expr)>,
    /// `*args` or `**kwargs` whose content is not known.
    pub open: bool,
}

impl Given<'_> {
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.positional.iter().map(|(value, _)| value).chain(self.keywords.iter().map(|(_, value, _)| value))
    }

    pub fn keyword(&self, name: &str) -> Option<&Value> {
        self.keywords.iter().find(|(keyword, ..)| &**keyword == name).map(|(_, value, _)| value)
    }

    pub fn first(&self) -> Option<&Value> {
        self.positional.first().map(|(value, _)| value)
    }
}

/// What the key of an object begins with that is of a class of the project called a scheduler.
const OWN: &str = "own ";

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
                    _ => given.open = true,
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
        if is_step && !matches!(receiver, Value::Object(_) | Value::Qualified(_)) {
            let lost = matches!(receiver, Value::Unknown).then(|| self.by_its_name(receiver_expression)).flatten();
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
            (Value::Sequence(_) | Value::Many(_), "append") => {
                let added = given.first().cloned().unwrap_or(Value::Unknown);
                let list = match receiver {
                    Value::Sequence(values) => {
                        Value::Sequence(Rc::new(values.iter().cloned().chain([added]).collect()))
                    }
                    Value::Many(element) => Value::Many(Rc::new((**element).clone().or(added))),
                    _ => Value::Unknown,
                };
                self.assign(receiver_expression, list);
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
                        self.config_texts.entry(key.clone()).or_insert_with(|| default.clone());
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
                    self.trace.push(self.span(call.range()), Action::SetLr(SetLr { optimizer, text, value }));
                }
                return Value::Unknown;
            }
            // However it is spelled: `args.optimizer.lower()`.
            (Value::Opaque(_), "lower" | "upper" | "strip" | "casefold") if given.positional.is_empty() => {
                return receiver.clone();
            }
            (_, "split") if let Some(parts) = self.split(receiver, given) => return parts,
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
            // The second half of a step of SAM.
            (_, "second_step") if let Some(id) = self.optimizer_of(receiver, true) => {
                self.optimizer_step(call, Some(&Value::Optimizer(id)));
                return Value::Unknown;
            }
            (Value::Optimizer(_) | Value::Schedule(_) | Value::Group(_), _) => return Value::Unknown,
            (Value::Loader(_), _) => return receiver.clone(),
            // `super().__init__(...)`.
            (Value::Opaque(Opaque { key, .. }), _) if key.starts_with("super:") => {
                return self.super_call(name, given);
            }
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
            Value::Opaque(Opaque { key, name }) => {
                let (key, name) = (key.clone(), name.clone());
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

    /// A function of this file.
    fn called(&mut self, call: &'a ExprCall, function: usize, object: Option<usize>, given: &Given<'a>) -> Value {
        if self.frames.len() > DEEPEST_CALL || self.is_followed(function) {
            self.hand_over(call, self.functions[function].definition.name.as_str(), given);
            given.values().for_each(|value| self.hand_on(value));
            return Value::Unknown;
        }
        let context = self.context().wrapping_mul(31).wrapping_add(u64::from(call.range().start().to_u32()) + 1);
        let before = std::mem::replace(&mut self.frame().context, context);
        let steps = self.optimizer_steps;
        let value = self.call_function(function, object, Some(given));
        let definition = self.functions[function].definition;
        let is_elsewhere = self.code.file(definition) > 0;
        let value = if is_elsewhere { self.returned(call, value) } else { value };
        // What trains by its name, further out of sight than can be followed.
        if is_elsewhere && self.optimizer_steps == steps {
            self.hand_over(call, definition.name.as_str(), given);
        }
        self.frame().context = before;
        value
    }

    /// Follows a function; without arguments its parameters are out of sight.
    pub(super) fn call_function(&mut self, function: usize, object: Option<usize>, given: Option<&Given<'a>>) -> Value {
        if self.functions[function].idle >= MOST_IDLE {
            return Value::Unknown;
        }
        let (nodes, assigned) = (self.trace.count(), self.memory.lasting_assignments());
        let info = &mut self.functions[function];
        let is_first = !std::mem::replace(&mut info.ran, true);
        let (definition, around) = (info.definition, info.scope);
        let file = self.code.file(definition);
        if is_first && file > 0 {
            self.look_into(function);
        }
        if self.frames.len() > DEEPEST_CALL {
            return Value::Unknown;
        }
        let scope = self.memory.scope(around);
        let context = self.context();
        let bound = self.bind(definition, object, given);
        let is_method = object.is_some();
        let formulas =
            given.map(|given| self.given_formulas(&definition.parameters, is_method, given)).unwrap_or_default();
        let by_hydra = self.given_by_hydra(definition);
        for (name, value) in bound {
            self.memory.set(scope, &name, value);
        }
        if let (Some(config), Some(first)) = (by_hydra, definition.parameters.args.first()) {
            self.memory.set(scope, first.parameter.name.as_str(), config);
        }
        for (name, words) in formulas {
            self.memory.set_formula(scope, name, Value::Formula(words.into()));
        }
        self.frames.push(Frame::new(scope, Some(function), context, file));
        self.block(&definition.body);
        let Some(mut frame) = self.frames.pop() else { return Value::None };
        // What holds after the call is what holds where it is left, early or not.
        while let Some((mark, mut ways)) = frame.left.pop() {
            ways.push(self.memory.roll_back(mark));
            self.memory.join(&ways);
        }
        let returned = frame.returned.unwrap_or(Value::None);
        let does_nothing = self.trace.count() == nodes && self.memory.lasting_assignments() == assigned;
        if does_nothing && matches!(returned, Value::None | Value::Unknown) {
            self.functions[function].idle += 1;
        }
        returned
    }

    fn bind(
        &mut self,
        definition: &'a StmtFunctionDef,
        object: Option<usize>,
        given: Option<&Given<'a>>,
    ) -> Vec<(Rc<str>, Value)> {
        let (function, parameters) = (definition.name.as_str(), &definition.parameters);
        let mut bound: Vec<(Rc<str>, Value)> = Vec::new();
        let mut positional = given.map(|given| given.positional.iter()).into_iter().flatten();
        let mut keywords: HashMap<Rc<str>, Value> = given
            .map(|given| given.keywords.iter().map(|(name, value, _)| (name.clone(), value.clone())).collect())
            .unwrap_or_default();
        let open = given.is_some_and(|given| given.open);
        let mut in_order = parameters.posonlyargs.iter().chain(&parameters.args).peekable();
        if let (Some(object), Some(first)) = (object, in_order.peek())
            && matches!(first.parameter.name.as_str(), "self" | "cls")
        {
            bound.push((first.parameter.name.as_str().into(), Value::Object(object)));
            in_order.next();
        }
        // The class that a class method is called on is nobody's argument.
        if object.is_none()
            && given.is_some()
            && in_order.peek().is_some_and(|first| first.parameter.name.as_str() == "cls")
        {
            bound.push(("cls".into(), Value::Unknown));
            in_order.next();
        }
        let is_positional = in_order.map(|parameter| (parameter, true));
        let is_keyword = parameters.kwonlyargs.iter().map(|parameter| (parameter, false));
        for (parameter, by_position) in is_positional.chain(is_keyword) {
            let name = parameter.parameter.name.as_str();
            let by_position = if by_position { positional.next().map(|(value, _)| value.clone()) } else { None };
            let value = match by_position.or_else(|| keywords.remove(name)) {
                Some(value) => value,
                None => {
                    let by_click = || options::click_default(&definition.decorator_list, name);
                    let written = parameter.default.as_deref();
                    let by_command_line = written.and_then(options::typer_default).or_else(by_click);
                    let called = by_command_line.is_none() && given.is_some() && !open;
                    if let Some(Expr::StringLiteral(text)) = by_command_line {
                        self.config_texts.insert(format!("{function}:{name}").into(), text.value.to_str().into());
                    }
                    self.missing(function, name, by_command_line.or(written), called)
                }
            };
            bound.push((name.into(), value.named(name)));
        }
        if let Some(rest) = &parameters.vararg {
            let values: Vec<Value> = positional.map(|(value, _)| value.clone()).collect();
            let value = if given.is_some() && !open { Value::Sequence(Rc::new(values)) } else { Value::Unknown };
            bound.push((rest.name.as_str().into(), value));
        }
        if let Some(rest) = &parameters.kwarg {
            let name = rest.name.as_str();
            let value = if given.is_some() && !open {
                Value::Dict(Rc::new(keywords.into_iter().collect()))
            } else {
                Value::opaque(format!("{function}:{name}"), name)
            };
            bound.push((name.into(), value));
        }
        bound
    }

    /// A parameter that nothing is given for.
    fn missing(&mut self, function: &str, name: &str, default: Option<&'a Expr>, called: bool) -> Value {
        let key = format!("{function}:{name}");
        match default.map(|default| self.expression(default)) {
            Some(value) if called => value,
            // Some caller out of sight may give another.
            Some(Value::Number(number)) => Value::number(Quantity::symbol(&key, names::unit_of(name), number.value)),
            _ => Value::opaque(key, name),
        }
    }

    /// An instance of a class of this file; without arguments those of its constructor are out of sight.
    pub(super) fn instantiate(&mut self, class: usize, given: Option<&Given<'a>>) -> usize {
        let object = self.memory.object(class);
        self.classes[class].instance.get_or_insert(object);
        match self.method(class, "__init__") {
            Some(init) if !self.is_followed(init) => {
                self.call_function(init, Some(object), given);
            }
            None => self.dataclass_fields(class, object, given),
            Some(_) => {}
        }
        object
    }

    /// Without a constructor of its own, keywords are fields: a dataclass.
    fn dataclass_fields(&mut self, _class: usize, object: usize, given: Option<&Given<'a>>) {
        for (name, value, _) in given.map(|given| given.keywords.as_slice()).unwrap_or_default() {
            self.memory.set_attribute(object, name, value.clone().named(name));
        }
    }

    fn super_call(&mut self, name: &str, given: &Given<'a>) -> Value {
        let Some(Value::Object(object)) = self.memory.get(self.scope(), "self").cloned() else { return Value::Unknown };
        let Some(class) = self.frames.last().and_then(|frame| self.functions[frame.function?].class) else {
            return Value::Unknown;
        };
        let (lineage, _) = self.lineage(class);
        let method = lineage[1..].iter().find_map(|base| self.method(*base, name));
        match method {
            Some(method) if !self.is_followed(method) => self.call_function(method, Some(object), Some(given)),
            _ => Value::Unknown,
        }
    }

    /// What sight was lost of, such as an optimizer that a checkpoint may have replaced, if its name still tells what it is.
    fn by_its_name(&self, expression: &Expr) -> Option<Value> {
        let (Expr::Name(_) | Expr::Attribute(_)) = expression else { return None };
        let text = self.text(expression);
        let last = names::last_part(text).to_owned();
        (names::is_optimizer(&last) || names::is_lr_scheduler(&last))
            .then(|| Value::opaque(format!("lost:{text}"), last))
    }

    /// `something.step(...)`.
    fn step(&mut self, call: &'a ExprCall, receiver: &Value, given: &Given<'a>) -> Value {
        let span = self.span(call.range());
        let arguments = (!given.open).then(|| given.positional.len() + given.keywords.len());
        // `scaler.step(optimizer)`, by position or name.
        let first = given.first().or_else(|| given.keyword("optimizer")).cloned();
        let mut schedules = Vec::new();
        let mut or_unknown = false;
        let mut optimizer = None;
        // Those of which it is one, where that stays open.
        let mut may_step: Vec<OptimizerId> = Vec::new();
        for value in receiver.alternatives() {
            match value {
                Value::Schedule(id) => schedules.push(*id),
                Value::Optimizer(id) => {
                    may_step.push(*id);
                    optimizer = Some(Some(*id).filter(|_| optimizer.is_none_or(|known| known == Some(*id))));
                }
                Value::None | Value::Unbound => {}
                Value::Opaque(opaque) => {
                    // What drives an optimizer has been seen to be one; else the names decide.
                    if let Some(id) = self.optimizer_of(value, false) {
                        optimizer = Some(Some(id));
                    } else if let Some(id) = first.as_ref().and_then(|first| self.optimizer_of(first, true)) {
                        optimizer = Some(Some(id));
                    } else if let Some(several) = first.as_ref().map(optimizers).filter(|several| !several.is_empty()) {
                        may_step.extend(several);
                        optimizer = Some(None);
                    } else if names::is_optimizer(&opaque.name) {
                        optimizer = Some(self.optimizer_of(value, true));
                    } else if let Some(class) = self.class_by_condition(opaque) {
                        schedules.push(self.schedule_of_class(call, opaque, &class));
                    } else if names::is_lr_scheduler(&opaque.name) && self.is_given_metric(call) {
                        // What takes a metric is a plateau scheduler.
                        schedules.push(self.schedule_of_class(call, opaque, PLATEAU));
                    } else if names::is_lr_scheduler(&opaque.name)
                        && !opaque.key.starts_with(OWN)
                        && (arguments == Some(0) || is_told_epoch(call))
                    {
                        schedules.push(self.named_schedule(call, opaque));
                    } else if arguments == Some(0) && opaque.name.contains("engine") {
                        optimizer = Some(None);
                    } else {
                        or_unknown = true;
                    }
                }
                _ => {
                    if let Some(id) = first.as_ref().and_then(|first| self.optimizer_of(first, true)) {
                        optimizer = Some(Some(id));
                    } else {
                        or_unknown = true;
                    }
                }
            }
        }
        // A scheduler that steps what it holds is stepped itself, or nothing is.
        let is_within = self.is_in_scheduler();
        if or_unknown && arguments.is_none_or(|count| count <= 1) && !is_within && !self.is_no_scheduler(&call.func) {
            self.script.steps_unknown = true;
            if let Expr::Attribute(function) = &*call.func {
                self.script.steps_named |= self.text(&*function.value).to_ascii_lowercase().contains("sched");
            }
        }
        if let Some(optimizer) = optimizer {
            self.note_optimizers(receiver);
            first.iter().for_each(|first| self.note_optimizers(first));
            self.push_optimizer_step(span, optimizer, may_step, true);
        }
        // What holds here rules some of them out.
        schedules.retain(|id| {
            let built_under = &self.built_under[id.0];
            !self.facts.iter().any(|fact| {
                built_under.iter().any(|built| built.contradicts(fact))
                    || matches!(fact, Fact::Narrows(among, kept) if among.contains(id) && !kept.contains(id))
            })
        });
        schedules.sort_unstable();
        schedules.dedup();
        if !schedules.is_empty() {
            schedules.iter().for_each(|id| self.note_stepped(*id));
            let first = self.step_argument(call);
            let comes_first = names::last_part(self.text(&*call.func)) == "batch_step";
            let step = SchedulerStep { schedules, or_unknown, arguments, first, comes_first };
            self.trace.push(span, Action::SchedulerStep(step));
        }
        Value::Unknown
    }

    /// `step(val_loss)` or, as before PyTorch 1.4, `step(val_loss, epoch)`.
    fn is_given_metric(&self, call: &ExprCall) -> bool {
        let metric = match &*call.arguments.args {
            // No other scheduler of torch has a parameter of that name.
            [] if let [only] = &*call.arguments.keywords => return only.arg.as_deref() == Some("metrics"),
            [metric] => metric,
            [metric, epoch] if crate::metric::names(epoch).iter().any(|name| name.contains("epoch")) => metric,
            _ => return false,
        };
        let names = crate::metric::names(metric);
        call.arguments.keywords.is_empty()
            && names.iter().any(|name| names::is_metric(name))
            && !names.iter().any(|name| name.to_ascii_lowercase().contains("epoch") && !names::is_metric(name))
    }

    /// The class that a condition around says something is of.
    fn class_by_condition(&self, opaque: &Opaque) -> Option<Rc<str>> {
        self.facts.iter().find_map(|fact| match fact {
            Fact::IsA(key, class, true) if *key == opaque.key => Some(class.clone()),
            _ => None,
        })
    }

    fn note_stepped(&mut self, schedule: ScheduleId) {
        if !self.script.stepped.contains(&schedule) {
            self.script.stepped.push(schedule);
        }
    }

    /// Whether something that is stepped is surely no scheduler, by its name.
    fn is_no_scheduler(&self, function: &Expr) -> bool {
        const OTHERS: [&str; 14] = [
            "env", "prof", "sim", "game", "world", "bar", "tracker", "ema", "meter", "timer", "stop", "early",
            "logger", "pruner",
        ];
        let Expr::Attribute(function) = function else { return false };
        let receiver = self.text(&*function.value).to_ascii_lowercase();
        // `es = EarlyStopping(patience)`
        receiver == "es" || OTHERS.iter().any(|other| receiver.contains(other))
    }

    /// Takes note that one of several optimizers trains: which of them is a choice.
    fn note_optimizers(&mut self, value: &Value) {
        for value in value.alternatives() {
            if let Value::Optimizer(id) = value {
                self.note_optimizer(Some(*id));
            }
        }
    }

    fn note_optimizer(&mut self, optimizer: Option<OptimizerId>) {
        if let Some(id) = optimizer
            && !self.script.optimizers_stepped.contains(&id)
        {
            self.script.optimizers_stepped.push(id);
        }
    }

    /// Takes note of a number of epochs that goes out of sight together with a schedule.
    fn note_epochs(&mut self, given: &Given<'a>) {
        let by_value = given.values().map(Value::quantity).find(|number| number.unit == Unit::Epochs);
        let by_name = given.keywords.iter().find(|(name, ..)| names::unit_of(name) == Unit::Epochs);
        let Some(epochs) = by_value.or_else(|| by_name.map(|(_, value, _)| value.quantity())) else { return };
        for value in given.values() {
            for value in value.alternatives() {
                if let Value::Schedule(id) = value {
                    self.script.epochs_handed_on.push((*id, epochs.clone()));
                }
            }
        }
    }

    /// `adjust_lr(optimizer, opt.lr, epoch, opt.decay_rate, opt.decay_epoch)` out of sight: every how many epochs it lowers the LR.
    fn note_decay(&mut self, name: &str, given: &Given<'a>) {
        if !names::is_about_lr(name) {
            return;
        }
        let all = || {
            let by_keyword = given.keywords.iter().map(|(_, value, text)| (value, *text));
            given.positional.iter().map(|(value, text)| (value, *text)).chain(by_keyword)
        };
        let is_named = |text: &Expr, part: &str| crate::survey::last_name(text).is_some_and(|name| name.contains(part));
        let takes_epoch = all().any(|(value, text)| *value == Value::Changing && is_named(text, "epoch"));
        let decay = all().find(|(value, text)| {
            matches!(value, Value::Number(_)) && is_named(text, "decay") && is_named(text, "epoch")
        });
        if let Some((value, text)) = decay.filter(|_| takes_epoch) {
            let entry = (self.span(text.range()), self.text(text).to_owned(), value.quantity());
            self.script.decays_every.push(entry);
        }
    }

    /// What a scheduler's `step` is given first.
    fn step_argument(&mut self, call: &'a ExprCall) -> Option<StepArgument> {
        let by_position = call.arguments.args.first().map(|expression| (None, expression));
        let by_keyword = || {
            // `step(epoch=epoch, metrics=loss)`.
            let keyword = call.arguments.find_keyword("metrics").or(call.arguments.keywords.first())?;
            Some((Some(keyword.arg.as_ref()?.to_string()), &keyword.value))
        };
        let (keyword, expression) = by_position.or_else(by_keyword)?;
        let body = match self.frames.last().and_then(|frame| frame.function) {
            Some(function) => self.functions[function].definition.body.as_slice(),
            None => self.body,
        };
        let names = crate::metric::names(expression);
        // In a turn for training data of a loop over several kinds.
        let in_training = self.phases.last().is_some_and(|phase| phase.contains("train"))
            && names.iter().any(|name| names::is_metric(name))
            && !names.iter().any(|name| crate::metric::is_held_out(name));
        let data = if in_training { Data::Training } else { crate::metric::data(expression, body) };
        let (text, span) = (self.wording_of(expression), self.span(expression.range()));
        let value = self.formula(expression).unwrap_or_default();
        Some(StepArgument { keyword, text, span, names, data, value })
    }

    fn optimizer_step(&mut self, call: &'a ExprCall, given: Option<&Value>) {
        let optimizer = given.and_then(|value| self.optimizer_of(value, true));
        self.push_optimizer_step(self.span(call.range()), optimizer, given.map(optimizers).unwrap_or_default(), true);
    }

    fn push_optimizer_step(
        &mut self,
        span: Span,
        optimizer: Option<OptimizerId>,
        may_step: Vec<OptimizerId>,
        in_sight: bool,
    ) {
        self.note_optimizer(optimizer);
        self.optimizer_steps += 1;
        let may_step = if optimizer.is_none() { may_step } else { Vec::new() };
        self.trace.push(span, Action::OptimizerStep(OptimizerStep { optimizer, may_step, in_sight }));
    }

    /// A function that nobody sees. If it is given an optimizer and trains by its name, it steps it.
    fn unseen_call(&mut self, call: &'a ExprCall, name: &str, given: &Given<'a>) -> Value {
        self.hand_over(call, name, given);
        let last = names::last_part(name);
        if !names::stores(last) {
            given.values().for_each(|value| self.hand_on(value));
        }
        self.note_epochs(given);
        self.note_decay(last, given);
        if given.values().any(|value| *value == Value::Changing) {
            return Value::Changing;
        }
        if let Some(schedule) = self.scheduler_by_name(call, name, given) {
            return schedule;
        }
        // Progress bars and prefetchers yield what they are given.
        let lower = last.to_ascii_lowercase();
        let wraps = ["tqdm", "progress", "track", "prefetch", "islice", "bar", "batches", "cycle", "loop", "log_every"];
        let is_many =
            |value: &Value| matches!(value, Value::Range(_) | Value::Sequence(_) | Value::Many(_) | Value::Loader(_));
        if let Some(value) = given.values().find(|value| is_many(value) || value.loader_key().is_some())
            && wraps.iter().any(|word| lower.contains(word))
        {
            return value.clone();
        }
        if lower == "trange" {
            return self.range(given);
        }
        if lower.ends_with("dataloader") {
            return Value::Loader(self.call_key(call).into());
        }
        // `CycleScheduler(optimizer, lr)` of the project: what its steps do, nobody knows.
        let is_own = lower.ends_with("scheduler")
            && last.starts_with(|first: char| first.is_ascii_uppercase())
            && matches!(given.first(), Some(Value::Optimizer(_)));
        let key = self.call_key(call);
        Value::opaque(if is_own { format!("{OWN}{key}") } else { key }, "")
    }

    /// Notes that something out of sight trains with an optimizer it is given.
    fn hand_over(&mut self, call: &'a ExprCall, name: &str, given: &Given<'a>) {
        let last = names::last_part(name);
        let missing = !names::letters(&last.to_ascii_lowercase());
        // Of most names the letters tell that they speak of none of these.
        if ["train", "fit", "epoch", "run", "scaler"].iter().all(|part| names::letters(part) & missing != 0) {
            return;
        }
        // `TrainEpoch(model, optimizer=optimizer)` trains when it is run.
        if last.contains("Train") || last.contains("Epoch") || last.contains("Runner") {
            given.values().for_each(|value| self.note_optimizers(value));
        }
        // `loss_scaler(loss, optimizer, clip_grad=1.0, parameters=model.parameters())` of timm.
        let scales = last.to_ascii_lowercase().ends_with("scaler");
        // `set_train(model, loader, optimizer)`: with a loader it prepares nothing.
        let takes_loader = || given.values().any(|value| value.loader_key().is_some());
        if !(names::trains(last) || scales || last.contains("train") && takes_loader()) {
            return;
        }
        given.values().for_each(|value| self.note_optimizers(value));
        for value in given.values().flat_map(Value::alternatives) {
            if let Value::Schedule(id) = value {
                self.script.trained_with.push(*id);
            }
        }
        let optimizer =
            given.values().cloned().collect::<Vec<_>>().iter().find_map(|value| self.optimizer_of(value, true));
        let may_step: Vec<OptimizerId> = given.values().flat_map(optimizers).collect();
        if optimizer.is_some() || !may_step.is_empty() {
            self.push_optimizer_step(self.span(call.range()), optimizer, may_step, scales);
        }
    }

    fn library_call(&mut self, call: &'a ExprCall, name: &str, given: &Given<'a>) -> Value {
        self.note_settings(call, name, given);
        if let Some(value) = self.read_config(name, given) {
            return value;
        }
        if let Some(value) = self.construct(call, name, given) {
            return value;
        }
        let last = names::last_part(name);
        // A model of the script, wrapped, is still that model.
        if let ("compile" | "script" | "DataParallel" | "DistributedDataParallel", Some(model @ Value::Object(_))) =
            (last, given.first())
        {
            return model.clone();
        }
        match (name, last) {
            (_, "tqdm" | "trange" | "islice" | "count" | "cycle") | ("math.ceil" | "math.floor", _) => {
                self.builtin(call, last, given).unwrap_or(Value::Unknown)
            }
            (_, "ArgumentParser") => Value::opaque("parser", "parser"),
            _ => self.unseen_call(call, name, given),
        }
    }

    /// Builtins, and library functions that do as little.
    fn builtin(&mut self, call: &'a ExprCall, name: &str, given: &Given<'a>) -> Option<Value> {
        let first = given.first().cloned();
        let number = |round: fn(f64) -> f64| first.as_ref().map(|value| Value::number(value.quantity().rounded(round)));
        Some(match name {
            "range" | "trange" => self.range(given),
            "enumerate" | "tqdm" | "iter" | "islice" | "list" | "tuple" | "sorted" | "reversed" | "cycle" => {
                first.unwrap_or(Value::Unknown)
            }
            "zip" => {
                let loader = given.values().find(|value| value.loader_key().is_some());
                match loader {
                    Some(loader) => loader.clone(),
                    None => self.zip(given),
                }
            }
            // The script's own data set.
            "len"
                if matches!(first, Some(Value::Object(_)))
                    && matches!(given.positional.first(), Some((_, Expr::Name(name))) if name.id.ends_with("dataset")) =>
            {
                let (_, expression) = given.positional.first()?;
                Value::number(Quantity::symbol(&format!("len({})", self.wording_of(*expression)), Unit::Unknown, None))
            }
            "len" => match first.as_ref() {
                Some(Value::Sequence(values)) => Value::number(Quantity::number(values.len() as f64)),
                Some(value) => match value.loader_key() {
                    Some(key) => Value::number(crate::value::batches(&key)),
                    None => match value {
                        // By what it is and by what it is called.
                        Value::Opaque(Opaque { key, name }) => {
                            let called = if key.ends_with(&**name) { key.to_string() } else { format!("{key}.{name}") };
                            Value::number(Quantity::symbol(&format!("len({called})"), Unit::Unknown, None))
                        }
                        Value::Changing => Value::Changing,
                        _ => Value::Unknown,
                    },
                },
                None => Value::Unknown,
            },
            "int" | "float" | "round" | "ceil" | "floor" | "abs" => match &first {
                Some(Value::Changing) => Value::Changing,
                Some(Value::Number(_) | Value::Opaque(_) | Value::Truth(_)) => number(rounding(name))?,
                _ => Value::Unknown,
            },
            "min" | "max" => {
                let mut all = given.positional.iter().map(|(value, _)| value);
                let start = all.next()?.quantity();
                let pick = if name == "min" { f64::min } else { f64::max };
                Value::number(all.fold(start, |a, b| a.bounded(&b.quantity(), pick)))
            }
            "open" => first.and_then(|path| self.open_config(&path)).unwrap_or(Value::Unknown),
            "next" => Value::Changing,
            "super" => Value::opaque(format!("super:{}", call.range().start().to_u32()), "super"),
            "getattr" => match (&first, given.positional.get(1)) {
                (Some(value), Some((Value::Text(name), _))) => {
                    let (value, name) = (value.clone(), name.clone());
                    self.attribute(&value, &name)
                }
                (Some(value @ Value::Qualified(_)), Some((named, _)))
                    if let Some(name) = self.configured_text(named) =>
                {
                    let value = value.clone();
                    self.attribute(&value, &name)
                }
                // A class of that module, whichever.
                (Some(Value::Qualified(module)), _) => Value::Qualified(format!("{module}.?").into()),
                _ => Value::Unknown,
            },
            // The options as a dict.
            "vars" => match first {
                Some(value @ Value::Opaque(_)) => value,
                _ => Value::Unknown,
            },
            "dict" if let Some(dict @ Value::Dict(_)) = &first => dict.clone(),
            "dict" => Value::Dict(Rc::new(
                given.keywords.iter().map(|(name, value, _)| (name.clone(), value.clone().named(name))).collect(),
            )),
            "map" => self.mapped(given),
            "print" | "isinstance" | "hasattr" | "str" | "repr" | "format" | "type" | "sum" | "filter" | "setattr"
            | "bool" | "set" | "id" | "input" | "callable" => Value::Unknown,
            _ => return None,
        })
    }

    fn zip(&mut self, given: &Given<'a>) -> Value {
        let lists: Option<Vec<&Vec<Value>>> = given
            .values()
            .map(|value| match value {
                Value::Sequence(values) => Some(&**values),
                _ => None,
            })
            .collect();
        match lists {
            Some(lists) if !lists.is_empty() => {
                let shortest = lists.iter().map(|list| list.len()).min().unwrap_or(0);
                let row = |at: usize| Value::Sequence(Rc::new(lists.iter().map(|list| list[at].clone()).collect()));
                Value::Sequence(Rc::new((0..shortest).map(row).collect()))
            }
            _ => Value::Unknown,
        }
    }

    /// The 200 of `range(start, start + 200)`.
    fn added(&mut self, given: &Given<'a>) -> Option<Quantity> {
        let [(_, start), (_, Expr::BinOp(stop))] = given.positional[..] else { return None };
        if stop.op != Operator::Add {
            return None;
        }
        let is_start = |side: &Expr| self.wording_of(side) == self.wording_of(start);
        let other = if is_start(&stop.left) {
            &stop.right
        } else if is_start(&stop.right) {
            &stop.left
        } else {
            return None;
        };
        (!start.is_number_literal_expr()).then(|| self.expression(other).quantity())
    }

    /// `range(stop)`, `range(start, stop)`.
    fn range(&mut self, given: &Given<'a>) -> Value {
        let at = |index: usize| given.positional.get(index).map(|(value, _)| value);
        let turns = match (at(0), at(1), at(2)) {
            (Some(stop), None, _) => stop.quantity(),
            (Some(_), Some(_), None) if let Some(turns) = self.added(given) => turns,
            (Some(start), Some(stop), None) => {
                // Of a first epoch that a checkpoint may change, the one of a fresh run.
                let is_literal = |value: &&Value| matches!(value, Value::Number(from) if from.is_literal());
                let fresh = start.alternatives().iter().find(is_literal);
                let (from, to) = (fresh.unwrap_or(start).quantity(), stop.quantity());
                let difference = to.minus(&from);
                match given.positional.get(1).map(|(_, stop)| *stop) {
                    _ if fresh.is_some() || difference.is_literal() => difference,
                    // A run that goes on from a checkpoint is as long as the whole, and counts from 1 if it ends so.
                    Some(Expr::BinOp(sum)) if sum.op == Operator::Add && whole_number(&sum.right) == Some(1) => {
                        to.minus(&Quantity::number(1.0))
                    }
                    _ => to,
                }
            }
            _ => Quantity::unknown(),
        };
        Value::Range(Rc::new(turns))
    }
}

/// The optimizers that something may be.
fn optimizers(value: &Value) -> Vec<OptimizerId> {
    value.alternatives().iter().filter_map(Value::optimizer).collect()
}

/// `step(epoch)`, `step(epoch=...)`.
fn is_told_epoch(call: &ExprCall) -> bool {
    match (&*call.arguments.args, &*call.arguments.keywords) {
        ([Expr::Name(name)], []) => name.id.as_str() == "epoch",
        ([], keywords) => {
            keywords.iter().any(|keyword| keyword.arg.as_ref().is_some_and(|arg| arg.as_str() == "epoch"))
        }
        _ => false,
    }
}

/// What a builtin function, or one of `math`, does to a number.
pub(super) fn rounding(name: &str) -> fn(f64) -> f64 {
    match name {
        "int" => f64::trunc,
        "round" => f64::round_ties_even,
        "ceil" => f64::ceil,
        "floor" => f64::floor,
        "abs" => f64::abs,
        _ => |value| value,
    }
}

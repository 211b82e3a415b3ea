//! Calls of functions, methods and classes of the project: they are followed with the arguments they are given.

use std::rc::Rc;

use advisor::plan::OptimizerId;
use advisor::quantity::Quantity;
use ruff_python_ast::{Expr, ExprCall, Stmt, StmtFunctionDef};
use ruff_text_size::Ranged;

use super::{Given, Interpreter};
use crate::interpreter::{DEEPEST_CALL, Frame, MOST_IDLE};
use crate::table::Table;
use crate::value::Value;
use crate::{names, options};

impl<'a> Interpreter<'a> {
    /// A function of this file.
    pub(super) fn called(
        &mut self,
        call: &'a ExprCall,
        function: usize,
        object: Option<usize>,
        given: &Given<'a>,
    ) -> Value {
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
        // `self.train(epoch)` of a class that leaves the work to those made of it.
        if let Some(object) = object
            && is_abstract(&definition.body)
            && names::trains(&definition.name)
        {
            self.train_out_of_sight(call, object);
        }
        self.frame().context = before;
        value
    }

    /// Somebody trains with the optimizers that an object has.
    fn train_out_of_sight(&mut self, call: &'a ExprCall, object: usize) {
        let all = (0..self.optimizers.len()).map(OptimizerId);
        let may_step: Vec<OptimizerId> = all.filter(|id| self.memory.has(object, &Value::Optimizer(*id))).collect();
        let only = if let [only] = may_step[..] { Some(only) } else { None };
        if !may_step.is_empty() {
            may_step.iter().for_each(|id| self.note_optimizer(Some(*id)));
            self.push_optimizer_step(self.span(call.range()), only, may_step, false);
        }
    }

    /// Follows a function; without arguments its parameters are out of sight.
    pub(in crate::interpreter) fn call_function(
        &mut self,
        function: usize,
        object: Option<usize>,
        given: Option<&Given<'a>>,
    ) -> Value {
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
        let returned = match frame.returned {
            _ if frame.yields => Value::Unknown,
            // The `yield` of a generator may stand where no way seemed to lead.
            None if self.text(definition).contains("yield ") => Value::Unknown,
            returned => returned.unwrap_or(Value::None),
        };
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
        let mut keywords = Table::default();
        for (name, value, _) in given.map(|given| given.keywords.as_slice()).unwrap_or_default() {
            keywords.insert(name, Some(value.clone()));
        }
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
            let value = match by_position.or_else(|| keywords.get_mut(name).and_then(Option::take)) {
                Some(value) => value,
                None => {
                    let by_click = || options::click_default(&definition.decorator_list, name);
                    let written = parameter.default.as_deref();
                    let by_command_line = written.and_then(options::typer_default).or_else(by_click);
                    let called = by_command_line.is_none() && given.is_some() && !open;
                    if let Some(Expr::StringLiteral(text)) = by_command_line {
                        self.config_texts.insert(&format!("{function}:{name}"), text.value.to_str().into());
                    }
                    match given.and_then(|given| given.options.as_ref()).filter(|_| self.option(name).is_some()) {
                        Some(options) => self.attribute(options, name),
                        None => self.missing(function, name, by_command_line.or(written), called),
                    }
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
                Value::Dict(Rc::new(
                    keywords.into_entries().into_iter().filter_map(|(name, value)| Some((name, value?))).collect(),
                ))
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
            // The options of something, as they are unless somebody gives others.
            Some(options @ Value::Dict(_)) => options,
            _ => Value::opaque(key, name),
        }
    }

    /// An instance of a class of this file; without arguments those of its constructor are out of sight.
    pub(in crate::interpreter) fn instantiate(&mut self, class: usize, given: Option<&Given<'a>>) -> usize {
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

    pub(super) fn super_call(&mut self, name: &str, given: &Given<'a>) -> Value {
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
}

/// Whether a method does nothing: it has a docstring, `pass`, `...` or `raise NotImplementedError`.
fn is_abstract(body: &[Stmt]) -> bool {
    body.iter().all(|statement| match statement {
        Stmt::Pass(_) | Stmt::Raise(_) => true,
        Stmt::Expr(expression) => {
            expression.value.is_string_literal_expr() || expression.value.is_ellipsis_literal_expr()
        }
        _ => false,
    })
}

//! Functions that a schedule is given: `lambda epoch: 0.95 ** epoch`.

use advisor::plan::{FunctionFacts, Word};
use ruff_python_ast::{Expr, ExprCall, Operator, Parameters, Stmt};

use super::calls::Given;
use super::closed::{Locals, number};
use super::{Frame, FunctionInfo, Interpreter};
use crate::memory::ScopeId;
use crate::names;
use crate::value::Value;
use crate::walk::{Visitor, walk_stmt};

/// A function of the script: a lambda, a function, a method of an object.
pub(super) struct FunctionCode<'a> {
    pub parameters: &'a Parameters,
    /// What a lambda returns.
    pub result: Option<&'a Expr>,
    pub body: &'a [Stmt],
    /// Where its names are looked up.
    pub scope: ScopeId,
    /// Its first parameter is the object.
    pub is_method: bool,
    /// What it has been given already.
    pub bound: Vec<(&'a str, Value)>,
}

impl<'a> Interpreter<'a> {
    /// What is known of a function of the count of steps, and maybe of the LR.
    pub(super) fn function_facts(&mut self, value: &Value) -> FunctionFacts {
        let Some(function) = self.code_of(value) else { return FunctionFacts::default() };
        let Some((parameters, mut locals)) = self.parameters(&function) else { return FunctionFacts::default() };
        let mut results = Returns(Vec::new());
        results.0.extend(function.result);
        results.visit_body(function.body);
        let mut factors = Vec::new();
        for result in &results.0 {
            self.factors(result, &mut factors);
        }
        let body = self.closed_function(&function, &parameters, &mut locals);
        FunctionFacts { parameters, body: body.unwrap_or_default(), factors }
    }

    /// What a function of the script is made of.
    pub(super) fn code_of(&mut self, function: &Value) -> Option<FunctionCode<'a>> {
        Some(match function {
            Value::Lambda(id) => {
                let (lambda, scope) = self.lambdas[*id];
                let parameters = lambda.parameters.as_deref()?;
                let result = Some(&*lambda.body);
                FunctionCode { parameters, result, body: &[], scope, is_method: false, bound: Vec::new() }
            }
            Value::Function(id) | Value::Method(id, _) => {
                let info = &self.functions[*id];
                let (definition, around, bound) = (info.definition, info.scope, info.bound.clone());
                let object = if let Value::Method(_, object) = function { Some(*object) } else { None };
                let scope = object.map_or(around, |object| self.scope_of_method(around, object));
                let (parameters, is_method) = (&*definition.parameters, object.is_some());
                FunctionCode { parameters, result: None, body: &definition.body, scope, is_method, bound }
            }
            _ => return None,
        })
    }

    /// What a function returns, as one expression of its parameters.
    pub(super) fn closed_function(
        &mut self,
        function: &FunctionCode<'a>,
        parameters: &[String],
        locals: &mut Locals,
    ) -> Option<Vec<Word>> {
        self.seen_from(function.scope, |this| match function.result {
            Some(result) => this.closed(parameters, locals, result),
            None => this.closed_block(parameters, locals, function.body),
        })
    }

    /// A scope like that of a call of a method, in which `self` is an object.
    pub(super) fn scope_of_method(&mut self, around: ScopeId, object: usize) -> ScopeId {
        let scope = self.memory.scope(around);
        self.memory.set(scope, "self", Value::Object(object));
        scope
    }

    /// Looks names up from another scope.
    pub(super) fn seen_from<T>(&mut self, scope: ScopeId, look: impl FnOnce(&mut Self) -> T) -> T {
        let (context, file) = (self.context(), self.frames.last().map_or(0, |frame| frame.file));
        self.frames.push(Frame::new(scope, None, context, file));
        let found = look(self);
        self.frames.pop();
        found
    }

    /// The parameters that are given, one or two, and the defaults of the others.
    fn parameters(&mut self, function: &FunctionCode<'a>) -> Option<(Vec<String>, Locals)> {
        let (mut given, mut locals) = (Vec::new(), Locals::default());
        let all = function.parameters.args.iter().chain(&function.parameters.kwonlyargs);
        for parameter in all.skip(usize::from(function.is_method)) {
            let name = parameter.parameter.name.as_str();
            if let Some((_, value)) = function.bound.iter().find(|(bound, _)| *bound == name) {
                locals.insert(name, number(value)?);
                continue;
            }
            match &parameter.default {
                None => given.push(name.to_owned()),
                Some(default) => {
                    locals.insert(name, self.closed(&[], &Locals::default(), default)?);
                }
            }
        }
        (!given.is_empty() && given.len() <= 2).then_some((given, locals))
    }

    /// `functools.partial(function, ...)`: the function with some of its arguments.
    pub(super) fn partial(&mut self, given: &Given<'a>) -> Option<Value> {
        let (Value::Function(id) | Value::Method(id, _)) = *given.first()? else { return None };
        let info = &self.functions[id];
        let (definition, is_method) = (info.definition, matches!(given.first(), Some(Value::Method(..))));
        let names = definition.parameters.iter_non_variadic_params().map(|parameter| parameter.parameter.name.as_str());
        let names: Vec<&'a str> = names.skip(usize::from(is_method)).collect();
        let mut bound = info.bound.clone();
        bound.extend(names.iter().copied().zip(given.positional.iter().skip(1).map(|(value, _)| value.clone())));
        for (keyword, value, _) in &given.keywords {
            bound.extend(names.iter().find(|name| **name == &**keyword).map(|name| (*name, value.clone())));
        }
        let (scope, class) = (info.scope, info.class);
        self.functions.push(FunctionInfo { definition, scope, class, ran: true, idle: 0, bound });
        let partial = self.functions.len() - 1;
        Some(match given.first()? {
            Value::Method(_, object) => Value::Method(partial, *object),
            _ => Value::Function(partial),
        })
    }

    /// What the result of a function of this file is a multiple of, by what it is given.
    fn factors_of_call(&self, name: &str, call: &'a ExprCall) -> Vec<String> {
        let Some(definition) = self.functions.iter().map(|info| info.definition).find(|it| it.name.as_str() == name)
        else {
            return Vec::new();
        };
        let mut results = Returns(Vec::new());
        results.visit_body(&definition.body);
        // One that calls others, or itself, is not followed further.
        let mut inside = Vec::new();
        for result in results.0.iter().filter(|result| !result.is_call_expr()) {
            self.factors(result, &mut inside);
        }
        let parameters = definition.parameters.args.iter().map(|parameter| parameter.parameter.name.as_str());
        let by_position = parameters.zip(&call.arguments.args);
        let by_name =
            call.arguments.keywords.iter().filter_map(|keyword| Some((keyword.arg.as_ref()?.as_str(), &keyword.value)));
        let given = by_position.chain(by_name).filter(|(parameter, _)| inside.iter().any(|factor| factor == parameter));
        let mut outside = Vec::new();
        given.for_each(|(_, argument)| self.factors(argument, &mut outside));
        outside
    }

    /// What an expression is a multiple of.
    fn factors(&self, expression: &'a Expr, found: &mut Vec<String>) {
        match expression {
            Expr::BinOp(operation) => match operation.op {
                Operator::Mult => {
                    self.factors(&operation.left, found);
                    self.factors(&operation.right, found);
                }
                Operator::Div => {
                    let mut above = Vec::new();
                    self.factors(&operation.left, &mut above);
                    let below = self.wording_of(&*operation.right);
                    // An LR by another is a number of times.
                    let is_ratio = names::is_about_lr(&below);
                    found.extend(
                        above.into_iter().filter(|over| *over != below && !(is_ratio && names::is_about_lr(over))),
                    );
                }
                // A sum of LRs is one, too.
                Operator::Add | Operator::Sub => {
                    self.factors(&operation.left, found);
                    self.factors(&operation.right, found);
                }
                _ => {}
            },
            Expr::Name(_) | Expr::Attribute(_) | Expr::Subscript(_) => found.push(self.wording_of(expression)),
            Expr::If(choice) => {
                self.factors(&choice.body, found);
                self.factors(&choice.orelse, found);
            }
            Expr::Call(call) => {
                if matches!(&*call.func, Expr::Name(name) if matches!(name.id.as_str(), "float" | "max" | "min")) {
                    call.arguments.args.iter().for_each(|argument| self.factors(argument, found));
                } else if let Some(name) = own_function(&call.func) {
                    found.extend(self.factors_of_call(name, call));
                }
            }
            _ => {}
        }
    }
}

/// The function of `lr_at(epoch)` and of `self.lr_at(epoch)`.
fn own_function(function: &Expr) -> Option<&str> {
    match function {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(method) if matches!(&*method.value, Expr::Name(of) if matches!(of.id.as_str(), "self" | "cls")) => {
            Some(method.attr.as_str())
        }
        _ => None,
    }
}

/// What a function returns.
struct Returns<'a>(Vec<&'a Expr>);

impl<'a> Visitor<'a> for Returns<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            Stmt::Return(leave) => self.0.extend(leave.value.as_deref()),
            _ => walk_stmt(self, statement),
        }
    }
}

//! Lists of numbers: `[int(epoch) for epoch in args.milestones.split(",")]`, `[epochs * share for share in (0.5, 0.75)]`.

use std::rc::Rc;

use advisor::quantity::{Quantity, Unit};
use ruff_python_ast::{Comprehension, Expr, ExprCall};

use super::Interpreter;
use super::calls::{Given, rounding};
use crate::value::{Opaque, Value};

/// Longer lists are not followed.
const LONGEST: usize = 64;

impl<'a> Interpreter<'a> {
    /// The parts that `text.split(",")` gives, numbers where they are some; `None` for a text that is not known.
    pub(super) fn split(&mut self, receiver: &Value, given: &Given<'a>) -> Option<Value> {
        let separator = match given.first() {
            Some(Value::Text(separator)) if !separator.is_empty() => Some(separator.clone()),
            None => None,
            Some(_) => return None,
        };
        let (text, option) = self.known_text(receiver)?;
        let parts: Vec<&str> = match &separator {
            Some(separator) => text.split(&**separator).collect(),
            None => text.split_whitespace().collect(),
        };
        (parts.len() <= LONGEST).then(|| Value::Sequence(Rc::new(numbers_of(&parts, option.as_deref()))))
    }

    /// A text, or that of an option's default and the option.
    fn known_text(&mut self, value: &Value) -> Option<(Rc<str>, Option<Rc<str>>)> {
        match value {
            Value::Text(text) => Some((text.clone(), None)),
            Value::Opaque(Opaque { key, .. }) => match (self.configured_text(value), self.default_of(value)) {
                (Some(text), _) => Some((text, Some(key.clone()))),
                (None, Some(Some(Expr::StringLiteral(text)))) => {
                    Some((Rc::from(text.value.to_str()), Some(key.clone())))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// `eval("[30, 60]")`, where that is all there is to it.
    pub(super) fn evaluated(&mut self, given: &Given<'a>) -> Option<Value> {
        let (text, option) = self.known_text(given.first()?)?;
        let inner = text.trim().strip_prefix(['[', '(']).and_then(|text| text.strip_suffix([']', ')']))?;
        let parts: Vec<&str> = inner.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
        let values = numbers_of(&parts, option.as_deref());
        is_numbers(&values).then(|| Value::Sequence(Rc::new(values)))
    }

    /// `list(range(0, epochs, epochs // 4))`.
    pub(super) fn counted_out(&mut self, call: &'a ExprCall) -> Option<Value> {
        let Expr::Call(range) = call.arguments.args.first()? else { return None };
        if !matches!(&*range.func, Expr::Name(name) if name.id == "range") {
            return None;
        }
        let given: Vec<Quantity> = range.arguments.args.iter().map(|one| self.expression(one).quantity()).collect();
        let (start, stop, step) = match given.as_slice() {
            [stop] => (Quantity::number(0.0), stop.clone(), Quantity::number(1.0)),
            [start, stop] => (start.clone(), stop.clone(), Quantity::number(1.0)),
            [start, stop, step] => (start.clone(), stop.clone(), step.clone()),
            _ => return None,
        };
        let count = ((stop.value? - start.value?) / step.value?).ceil();
        if !(1.0..=LONGEST as f64).contains(&count) {
            return None;
        }
        let value = |at: usize| Value::number(start.plus(&step.times(&Quantity::number(at as f64))));
        Some(Value::Sequence(Rc::new((0..count as usize).map(value).collect())))
    }

    /// `map(int, parts)` of numbers.
    pub(super) fn mapped(&mut self, given: &Given<'a>) -> Value {
        match given.positional.as_slice() {
            [(_, Expr::Name(function)), (Value::Sequence(values), _)]
                if matches!(function.id.as_str(), "int" | "float") && is_numbers(values) =>
            {
                let round = |value: &Value| Value::number(value.quantity().rounded(rounding(&function.id)));
                Value::Sequence(Rc::new(values.iter().map(round).collect()))
            }
            [(Value::Lambda(id), _), (Value::Sequence(values), _)] if is_numbers(values) => {
                let (lambda, scope) = self.lambdas[*id];
                let Some([parameter]) = lambda.parameters.as_deref().map(|all| &*all.args) else {
                    return Value::Unknown;
                };
                if !is_computation(&lambda.body) {
                    return Value::Unknown;
                }
                let (name, scope) = (parameter.parameter.name.as_str(), self.memory.scope(scope));
                let compute = |value: &Value| {
                    self.memory.set(scope, name, value.clone());
                    self.seen_from(scope, |this| this.expression(&lambda.body))
                };
                Value::Sequence(Rc::new(values.iter().map(compute).collect()))
            }
            _ => Value::Unknown,
        }
    }

    /// A comprehension over numbers that computes numbers, one by one.
    pub(super) fn numbers(&mut self, element: &'a Expr, generators: &'a [Comprehension]) -> Option<Value> {
        let [generator] = generators else { return None };
        // `if part` leaves out what is no number.
        let is_there = |test: &Expr| crate::syntax::last_name(test).is_some() && test.is_name_expr();
        if !generator.ifs.iter().all(is_there) || !is_computation(element) {
            return None;
        }
        let Value::Sequence(values) = self.expression(&generator.iter) else { return None };
        if !is_numbers(&values) {
            return None;
        }
        let computed = values.iter().map(|value| {
            self.assign(&generator.target, value.clone());
            self.expression(element)
        });
        let computed: Vec<Value> = computed.collect();
        is_numbers(&computed).then(|| Value::Sequence(Rc::new(computed)))
    }
}

/// Parts of a text, numbers where they are some.
fn numbers_of(parts: &[&str], option: Option<&str>) -> Vec<Value> {
    let value = |(at, part): (usize, &&str)| match (part.trim().parse::<f64>(), option) {
        (Ok(number), None) if number.is_finite() => Value::number(Quantity::number(number)),
        // Who gives the option gives another.
        (Ok(number), Some(key)) if number.is_finite() => {
            Value::number(Quantity::symbol(&format!("{key}[{at}]"), Unit::Unknown, Some(number)))
        }
        _ => Value::Text((*part).into()),
    };
    parts.iter().enumerate().map(value).collect()
}

fn is_numbers(values: &[Value]) -> bool {
    (1..=LONGEST).contains(&values.len()) && values.iter().all(|value| matches!(value, Value::Number(_)))
}

/// Whether an expression only computes, and calls nothing that builds anything.
fn is_computation(expression: &Expr) -> bool {
    match expression {
        Expr::Name(_) | Expr::NumberLiteral(_) | Expr::Attribute(_) | Expr::Subscript(_) => true,
        Expr::BinOp(operation) => is_computation(&operation.left) && is_computation(&operation.right),
        Expr::UnaryOp(operation) => is_computation(&operation.operand),
        Expr::Call(call) => {
            let is_known = match &*call.func {
                Expr::Name(name) => {
                    matches!(name.id.as_str(), "int" | "float" | "round" | "len" | "min" | "max" | "abs")
                }
                // `int(part.strip())`.
                Expr::Attribute(method) => method.attr.as_str() == "strip" && is_computation(&method.value),
                _ => false,
            };
            is_known && call.arguments.keywords.is_empty() && call.arguments.args.iter().all(is_computation)
        }
        _ => false,
    }
}

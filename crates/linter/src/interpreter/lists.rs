//! Lists of numbers: `[int(epoch) for epoch in args.milestones.split(",")]`, `[epochs * share for share in (0.5, 0.75)]`.

use std::rc::Rc;

use advisor::quantity::{Quantity, Unit};
use ruff_python_ast::{Comprehension, Expr};

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
        let (text, option) = match receiver {
            Value::Text(text) => (text.clone(), None),
            Value::Opaque(Opaque { key, .. }) => match (self.configured_text(receiver), self.default_of(receiver)) {
                (Some(text), _) => (text, Some(key.clone())),
                (None, Some(Some(Expr::StringLiteral(text)))) => (Rc::from(text.value.to_str()), Some(key.clone())),
                _ => return None,
            },
            _ => return None,
        };
        let parts: Vec<&str> = match &separator {
            Some(separator) => text.split(&**separator).collect(),
            None => text.split_whitespace().collect(),
        };
        let value = |(at, part): (usize, &str)| match (part.trim().parse::<f64>(), &option) {
            (Ok(number), None) if number.is_finite() => Value::number(Quantity::number(number)),
            // Who gives the option gives another.
            (Ok(number), Some(key)) if number.is_finite() => {
                Value::number(Quantity::symbol(&format!("{key}[{at}]"), Unit::Unknown, Some(number)))
            }
            _ => Value::Text(part.into()),
        };
        (parts.len() <= LONGEST).then(|| Value::Sequence(Rc::new(parts.into_iter().enumerate().map(value).collect())))
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
            _ => Value::Unknown,
        }
    }

    /// A comprehension over numbers that computes numbers, one by one.
    pub(super) fn numbers(&mut self, element: &'a Expr, generators: &'a [Comprehension]) -> Option<Value> {
        let [generator] = generators else { return None };
        if !generator.ifs.is_empty() || !is_computation(element) {
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
            let is_known = matches!(&*call.func, Expr::Name(name)
                if matches!(name.id.as_str(), "int" | "float" | "round" | "len" | "min" | "max" | "abs"));
            is_known && call.arguments.keywords.is_empty() && call.arguments.args.iter().all(is_computation)
        }
        _ => false,
    }
}

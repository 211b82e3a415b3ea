//! The types of arguments: how each is read from an expression and written as Python.

use super::{Expression, Kind, NotationError};
use crate::error::Exception;
use crate::lambda::{Lambda, Term, Value, constant};
use crate::python::number;
use crate::schedule::Schedule;

/// A type that an argument of a constructor may have.
pub(crate) trait Argument: Sized {
    /// Whether Python's `None` is one of its values.
    const MAY_BE_NONE: bool = false;

    fn read(name: &str, expression: &Expression) -> Result<Self, NotationError>;

    /// As Python source that reads back as itself.
    fn write(&self) -> String;

    /// Anything, for the place of what could not be read.
    fn blank() -> Self;
}

/// A number of calls of `step()`. Whether those are epochs or optimizer steps is the business of whoever calls it.
///
/// A float because Python's is whatever the caller wrote; whole numbers are exact up to 2^53 and written without a point.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Steps(pub f64);

impl From<f64> for Steps {
    fn from(steps: f64) -> Self {
        Self(steps)
    }
}

impl From<usize> for Steps {
    fn from(steps: usize) -> Self {
        Self(steps as f64)
    }
}

/// A parameter that is one value for all parameter groups, or a list with one for each.
#[derive(Clone, Debug, PartialEq)]
pub enum PerGroup<T = f64> {
    /// The same everywhere.
    All(T),
    /// One for each group.
    Each(Vec<T>),
}

/// A float that torch insists on being written as one: `1.0`, not `1`.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct StrictFloat(pub f64);

/// Whole steps and a value each, as in Python's `{10: 0.1, 20: 0.5}`; sorted by step.
#[derive(Clone, Debug, PartialEq)]
pub struct Boundaries(pub Vec<(i64, f64)>);

fn evaluate(name: &str, expression: &Expression) -> Result<Value, NotationError> {
    constant(expression)
        .map_err(|error| NotationError::of(error.exception, format!("`{name}`: {}", error.message), error.span))
}

fn wrong(expected: String, expression: &Expression) -> NotationError {
    NotationError::of(Exception::TypeError, expected, expression.span)
}

fn items<'e>(name: &str, example: &str, expression: &'e Expression) -> Result<&'e [Expression], NotationError> {
    match &expression.kind {
        Kind::List(items) | Kind::Tuple(items) => Ok(items),
        _ => Err(wrong(format!("`{name}` must be a list such as {example}."), expression)),
    }
}

fn list<T: Argument>(items: &[T]) -> String {
    format!("[{}]", items.iter().map(T::write).collect::<Vec<_>>().join(", "))
}

impl Argument for f64 {
    fn read(name: &str, expression: &Expression) -> Result<Self, NotationError> {
        Ok(evaluate(name, expression)?.float())
    }

    fn write(&self) -> String {
        format!("{self:?}")
    }

    fn blank() -> Self {
        0.0
    }
}

impl Argument for Steps {
    fn read(name: &str, expression: &Expression) -> Result<Self, NotationError> {
        // A length of -0.0 is written as 0, and so it is read as one.
        f64::read(name, expression).map(|steps| Self(steps + 0.0))
    }

    fn write(&self) -> String {
        number(self.0)
    }

    fn blank() -> Self {
        Self(0.0)
    }
}

impl Argument for StrictFloat {
    fn read(name: &str, expression: &Expression) -> Result<Self, NotationError> {
        match evaluate(name, expression)? {
            Value::Float(float) => Ok(Self(float)),
            Value::Integer(integer) => Err(NotationError::of(
                Exception::ValueError,
                format!("Expected float between 0 and 1 {name}, but got {integer}; torch wants `{integer}.0`."),
                expression.span,
            )),
        }
    }

    fn write(&self) -> String {
        self.0.write()
    }

    fn blank() -> Self {
        Self(0.0)
    }
}

impl Argument for i64 {
    fn read(name: &str, expression: &Expression) -> Result<Self, NotationError> {
        match evaluate(name, expression)? {
            Value::Integer(integer) => Ok(integer),
            Value::Float(float) => Err(NotationError::of(
                Exception::ValueError,
                format!("Expected positive integer {name}, but got {float:?}."),
                expression.span,
            )),
        }
    }

    fn write(&self) -> String {
        self.to_string()
    }

    fn blank() -> Self {
        0
    }
}

impl Argument for bool {
    fn read(name: &str, expression: &Expression) -> Result<Self, NotationError> {
        match expression.kind {
            Kind::Boolean(value) => Ok(value),
            Kind::Integer(value @ (0 | 1)) => Ok(value == 1),
            _ => Err(wrong(format!("`{name}` must be True or False."), expression)),
        }
    }

    fn write(&self) -> String {
        if *self { "True" } else { "False" }.into()
    }

    fn blank() -> Self {
        false
    }
}

impl Argument for String {
    fn read(name: &str, expression: &Expression) -> Result<Self, NotationError> {
        match &expression.kind {
            Kind::Text(text) => Ok(text.clone()),
            _ => Err(wrong(format!("`{name}` must be a string."), expression)),
        }
    }

    fn write(&self) -> String {
        // The grammar has no escapes; a text that was read holds at most one kind of quote.
        let quote = if self.contains('\'') { '"' } else { '\'' };
        format!("{quote}{self}{quote}")
    }

    fn blank() -> Self {
        Self::new()
    }
}

impl<T: Argument> Argument for Option<T> {
    const MAY_BE_NONE: bool = true;

    fn read(name: &str, expression: &Expression) -> Result<Self, NotationError> {
        if expression.kind == Kind::None { Ok(None) } else { T::read(name, expression).map(Some) }
    }

    fn write(&self) -> String {
        self.as_ref().map_or("None".into(), T::write)
    }

    fn blank() -> Self {
        None
    }
}

impl Argument for Vec<i64> {
    fn read(name: &str, expression: &Expression) -> Result<Self, NotationError> {
        items(name, "[30, 60]", expression)?.iter().map(|item| i64::read(name, item)).collect()
    }

    fn write(&self) -> String {
        list(self)
    }

    fn blank() -> Self {
        Self::new()
    }
}

impl Argument for Vec<f64> {
    fn read(name: &str, expression: &Expression) -> Result<Self, NotationError> {
        items(name, "[0.1, 0.01]", expression)?.iter().map(|item| f64::read(name, item)).collect()
    }

    fn write(&self) -> String {
        list(self)
    }

    fn blank() -> Self {
        Self::new()
    }
}

impl Argument for Vec<Schedule> {
    fn read(name: &str, expression: &Expression) -> Result<Self, NotationError> {
        items(name, "[LinearLR(), CosineAnnealingLR(T_max=95)]", expression)?.iter().map(super::read).collect()
    }

    fn write(&self) -> String {
        format!("[{}]", self.iter().map(Schedule::to_string).collect::<Vec<_>>().join(", "))
    }

    fn blank() -> Self {
        Self::new()
    }
}

impl Argument for Box<Schedule> {
    fn read(_: &str, expression: &Expression) -> Result<Self, NotationError> {
        super::read(expression).map(Self::new)
    }

    fn write(&self) -> String {
        self.to_string()
    }

    fn blank() -> Self {
        Self::new(Schedule::constant())
    }
}

impl Argument for PerGroup<f64> {
    fn read(name: &str, expression: &Expression) -> Result<Self, NotationError> {
        match expression.kind {
            Kind::List(_) | Kind::Tuple(_) => Vec::read(name, expression).map(Self::Each),
            _ => f64::read(name, expression).map(Self::All),
        }
    }

    fn write(&self) -> String {
        match self {
            Self::All(value) => value.write(),
            Self::Each(values) => values.write(),
        }
    }

    fn blank() -> Self {
        Self::Each(Vec::new())
    }
}

impl Argument for Lambda {
    fn read(_: &str, expression: &Expression) -> Result<Self, NotationError> {
        Self::read(expression)
    }

    fn write(&self) -> String {
        self.to_string()
    }

    fn blank() -> Self {
        Self { parameter: String::new(), body: Term::Parameter }
    }
}

impl Argument for PerGroup<Lambda> {
    fn read(_: &str, expression: &Expression) -> Result<Self, NotationError> {
        match &expression.kind {
            Kind::List(items) | Kind::Tuple(items) => {
                items.iter().map(Lambda::read).collect::<Result<_, _>>().map(Self::Each)
            }
            _ => Lambda::read(expression).map(Self::All),
        }
    }

    fn write(&self) -> String {
        match self {
            Self::All(lambda) => lambda.to_string(),
            Self::Each(lambdas) => list(lambdas),
        }
    }

    fn blank() -> Self {
        Self::Each(Vec::new())
    }
}

impl Argument for Boundaries {
    fn read(name: &str, expression: &Expression) -> Result<Self, NotationError> {
        let Kind::Dict(entries) = &expression.kind else {
            return Err(wrong(format!("`{name}` must be a dict such as {{10: 0.1, 20: 0.5}}."), expression));
        };
        let entry = |(step, value): &(Expression, Expression)| Ok((i64::read(name, step)?, f64::read(name, value)?));
        let mut read = entries.iter().map(entry).collect::<Result<Vec<_>, NotationError>>()?;
        // Of two equal keys Python keeps the last; both libraries that take such a dict sort it.
        read.reverse();
        read.sort_by_key(|(step, _)| *step);
        read.dedup_by_key(|(step, _)| *step);
        Ok(Self(read))
    }

    fn write(&self) -> String {
        let entries = self.0.iter().map(|(step, value)| format!("{step}: {value:?}"));
        format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
    }

    fn blank() -> Self {
        Self(Vec::new())
    }
}

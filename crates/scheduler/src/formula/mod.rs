//! A schedule as one expression of the step: for code in frameworks that do not have its class, and for showing.
//!
//! The expressions are those of the closed forms. They are written as Python and read by the notation, so that what is
//! printed is what has been tested.

mod keras;
mod optax;
mod phases;
mod timm;
mod torch;
mod transformers;

use crate::lambda::{Lambda, Term, Value};
use crate::notation::{BinaryOperator, Comparison};
use crate::optimizer::Optimizer;
use crate::python::number;
use crate::schedule::Schedule;

/// The LR as an expression of the step.
#[derive(Clone, Debug, PartialEq)]
pub struct Formula {
    pub(crate) lambda: Lambda,
    /// Whether it is a factor of the LR that the optimizer was built with, rather than the LR itself.
    pub is_factor: bool,
}

impl Formula {
    fn factor(text: &str) -> Option<Self> {
        Some(Self { lambda: read(text)?, is_factor: true })
    }

    fn lr(text: &str) -> Option<Self> {
        Some(Self { lambda: read(text)?, is_factor: false })
    }

    /// As the LR itself, for an optimizer built with `base_lr`.
    fn absolute(self, base_lr: f64) -> Self {
        if !self.is_factor {
            return self;
        }
        let body = Term::Binary(BinaryOperator::Multiply, boxed(base_lr), Box::new(self.lambda.body));
        Self { lambda: Lambda { body, ..self.lambda }, is_factor: false }
    }

    /// As a factor of `base_lr`; `None` where that is 0.
    pub(crate) fn relative(self, base_lr: f64) -> Option<Self> {
        if self.is_factor {
            return Some(self);
        }
        if base_lr == 0.0 {
            return None;
        }
        let body = Term::Binary(BinaryOperator::Divide, Box::new(self.lambda.body), boxed(base_lr));
        Some(Self { lambda: Lambda { body, ..self.lambda }, is_factor: true })
    }

    /// The LR at `step`.
    ///
    /// # Errors
    /// What Python raises.
    pub fn at(&self, step: i64, base_lr: f64) -> Result<f64, crate::ScheduleError> {
        let value = self.lambda.call(step)?;
        Ok(if self.is_factor { base_lr * value } else { value })
    }
}

/// As Python: `lambda step: ...`.
impl std::fmt::Display for Formula {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.lambda.fmt(formatter)
    }
}

fn boxed(value: f64) -> Box<Term> {
    Box::new(Term::Value(Value::Float(value)))
}

fn read(body: &str) -> Option<Lambda> {
    Lambda::parse(&format!("lambda step: {body}")).ok()
}

/// A float as Python source, in brackets where it is negative.
fn f(value: f64) -> String {
    if value < 0.0 { format!("({value:?})") } else { format!("{value:?}") }
}

/// A number of steps.
fn n(steps: crate::Steps) -> String {
    number(steps.0)
}

impl Schedule {
    /// The LR of parameter group `group` as an expression of the step; `None` where there is none: for schedules that
    /// listen to a metric, that are resumed, or whose steps must be replayed.
    pub fn formula(&self, optimizer: &Optimizer, group: usize) -> Option<Formula> {
        // What the constructor refuses has no formula.
        let mut after = optimizer.clone();
        self.start(&mut after).ok()?;
        let before = optimizer.groups.get(group)?;
        let base_lr = before.initial_lr.unwrap_or(before.lr);
        // OneCycleLR among others changes what those after it start from, and not those before it.
        if !self.children().is_empty() && after.groups[group].initial_lr.is_some_and(|initial| initial != base_lr) {
            return None;
        }
        Scope { optimizer, base_lr, group }.of(self)
    }
}

/// What a formula of a parameter group depends on beside the schedule.
struct Scope<'a> {
    optimizer: &'a Optimizer,
    base_lr: f64,
    group: usize,
}

impl Scope<'_> {
    fn of(&self, schedule: &Schedule) -> Option<Formula> {
        self.torch(schedule)
            .or_else(|| self.transformers(schedule))
            .or_else(|| self.timm(schedule))
            .or_else(|| phases::formula(schedule))
            .or_else(|| optax::formula(schedule))
            .or_else(|| keras::formula(schedule))
    }
}

/// One formula after another, all of them factors or all LRs; each counts from the step at which it begins, the first from 0.
fn joined(parts: impl IntoIterator<Item = (i64, Formula)>) -> Option<Formula> {
    let mut is_factor = false;
    let mut bodies: Vec<(i64, Term)> = Vec::new();
    for (start, part) in parts {
        // The nested conditions need boundaries in order.
        if bodies.last().is_some_and(|(before, _)| *before >= start) {
            return None;
        }
        is_factor = part.is_factor;
        let body = part.lambda.body;
        bodies.push((start, if start == 0 { body } else { body.substitute(&steps_since(start)) }));
    }
    let (mut until, mut body) = bodies.pop()?;
    for (start, part) in bodies.into_iter().rev() {
        let test =
            Term::Compare(Box::new(Term::Parameter), vec![(Comparison::Less, Term::Value(Value::Integer(until)))]);
        body = Term::Conditional { test: Box::new(test), value: Box::new(part), otherwise: Box::new(body) };
        until = start;
    }
    Some(Formula { lambda: Lambda { parameter: "step".into(), body }, is_factor })
}

/// `step - start`.
fn steps_since(start: i64) -> Term {
    let start = Box::new(Term::Value(Value::Integer(start)));
    Term::Binary(BinaryOperator::Subtract, Box::new(Term::Parameter), start)
}

/// A number of steps that is one.
fn whole(length: f64) -> Option<String> {
    (length >= 1.0 && length.fract() == 0.0).then(|| number(length))
}

//! The arguments of a constructor call, matched with its parameters as Python would match them.

use super::{Expression, Kind, NotationError, Span};
use crate::lambda::{Value, constant};
use crate::schedule::PerGroup;

/// The arguments of one call by parameter name.
pub(super) struct Arguments<'a> {
    class: &'a str,
    span: Span,
    values: Vec<(&'static str, &'a Expression)>,
}

impl<'a> Arguments<'a> {
    /// Matches positional and keyword arguments with `parameters`, the names in the order of the signature.
    pub fn new(
        class: &'a str,
        span: Span,
        positional: &'a [Expression],
        keywords: &'a [(String, Expression)],
        parameters: &'static [&'static str],
    ) -> Result<Self, NotationError> {
        if let Some(extra) = positional.get(parameters.len()) {
            let message = format!("{class} takes at most {} values.", parameters.len());
            return Err(NotationError::new(message, extra.span));
        }
        let mut values: Vec<(&'static str, &Expression)> = parameters.iter().copied().zip(positional).collect();
        for (name, value) in keywords {
            let Some(parameter) = parameters.iter().find(|parameter| *parameter == name) else {
                return Err(NotationError::new(unknown_parameter(class, name, parameters), value.span));
            };
            if values.iter().any(|(known, _)| known == parameter) {
                return Err(NotationError::new(format!("{class} is given `{name}` twice."), value.span));
            }
            values.push((parameter, value));
        }
        Ok(Self { class, span, values })
    }

    /// The expression given for a parameter; `None` also for an explicit `None`.
    pub fn get(&self, name: &str) -> Option<&'a Expression> {
        let (_, value) = self.values.iter().find(|(known, _)| *known == name)?;
        (value.kind != Kind::None).then_some(value)
    }

    pub fn required(&self, name: &str) -> Result<&'a Expression, NotationError> {
        self.get(name).ok_or_else(|| NotationError::new(format!("{} needs `{name}`.", self.class), self.span))
    }

    pub fn float(&self, name: &str, default: f64) -> Result<f64, NotationError> {
        self.get(name).map_or(Ok(default), |value| float(name, value))
    }

    pub fn required_float(&self, name: &str) -> Result<f64, NotationError> {
        float(name, self.required(name)?)
    }

    /// A float that torch insists on being a float, not an int.
    pub fn strict_float(&self, name: &str, default: f64) -> Result<f64, NotationError> {
        let Some(value) = self.get(name) else { return Ok(default) };
        match number(name, value)? {
            Value::Float(float) => Ok(float),
            Value::Integer(integer) => Err(NotationError::new(
                format!("Expected float between 0 and 1 {name}, but got {integer}; torch wants `{integer}.0`."),
                value.span,
            )),
        }
    }

    pub fn integer(&self, name: &str) -> Result<Option<i64>, NotationError> {
        self.get(name).map(|value| integer(name, value)).transpose()
    }

    pub fn boolean(&self, name: &str, default: bool) -> Result<bool, NotationError> {
        match self.get(name) {
            None => Ok(default),
            Some(Expression { kind: Kind::Boolean(value), .. }) => Ok(*value),
            Some(other) => Err(NotationError::new(format!("`{name}` must be True or False."), other.span)),
        }
    }

    pub fn text(&self, name: &str, default: &str) -> Result<String, NotationError> {
        match self.get(name) {
            None => Ok(default.into()),
            Some(Expression { kind: Kind::Text(text), .. }) => Ok(text.clone()),
            Some(other) => {
                Err(NotationError::new(format!("`{name}` must be a string such as '{default}'."), other.span))
            }
        }
    }

    /// One number for all parameter groups, or a list with one for each.
    pub fn per_group(&self, name: &str, default: f64) -> Result<PerGroup, NotationError> {
        self.get(name).map_or(Ok(PerGroup::All(default)), |value| per_group(name, value))
    }

    pub fn required_per_group(&self, name: &str) -> Result<PerGroup, NotationError> {
        per_group(name, self.required(name)?)
    }

    /// A list of whole numbers.
    pub fn integers(&self, name: &str) -> Result<Vec<i64>, NotationError> {
        let value = self.required(name)?;
        match &value.kind {
            Kind::List(items) | Kind::Tuple(items) => items.iter().map(|item| integer(name, item)).collect(),
            _ => Err(NotationError::new(format!("`{name}` must be a list such as [30, 60]."), value.span)),
        }
    }
}

fn unknown_parameter(class: &str, name: &str, parameters: &[&str]) -> String {
    if name == "verbose" {
        return "`verbose` is gone from torch's schedulers; leave it out.".into();
    }
    match nearest(name, parameters.iter().copied()) {
        Some(near) => format!("{class} has no parameter `{name}`; did you mean `{near}`?"),
        None => format!("{class} has no parameter `{name}`; it has {}.", parameters.join(", ")),
    }
}

/// The known name that was probably meant.
pub(super) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let score = |candidate: &str| strsim::jaro_winkler(&name.to_lowercase(), &candidate.to_lowercase());
    let best = known.max_by(|a, b| score(a).total_cmp(&score(b)))?;
    (score(best) > 0.8).then_some(best)
}

fn number(name: &str, value: &Expression) -> Result<Value, NotationError> {
    constant(value).map_err(|error| NotationError::new(format!("`{name}`: {}", error.message), error.span))
}

fn float(name: &str, value: &Expression) -> Result<f64, NotationError> {
    Ok(number(name, value)?.float())
}

fn integer(name: &str, value: &Expression) -> Result<i64, NotationError> {
    match number(name, value)? {
        Value::Integer(integer) => Ok(integer),
        Value::Float(float) => {
            Err(NotationError::new(format!("Expected positive integer {name}, but got {float:?}."), value.span))
        }
    }
}

fn per_group(name: &str, value: &Expression) -> Result<PerGroup, NotationError> {
    match &value.kind {
        Kind::List(items) | Kind::Tuple(items) => {
            items.iter().map(|item| float(name, item)).collect::<Result<_, _>>().map(PerGroup::Each)
        }
        _ => float(name, value).map(PerGroup::All),
    }
}

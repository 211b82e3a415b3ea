//! The arguments of a constructor call, matched with its parameters as Python would match them.

use std::cell::RefCell;

use super::argument::Argument;
use super::{Expression, Kind, NotationError, Span};
use crate::class::Class;
use crate::error::Exception;

/// The arguments of one call by parameter name.
#[derive(Debug)]
pub(crate) struct Arguments<'a> {
    class: &'a str,
    span: Span,
    values: Vec<(&'a str, &'a Expression)>,
    /// What was first found wrong with a value.
    wrong: RefCell<Option<NotationError>>,
}

impl<'a> Arguments<'a> {
    /// Matches positional and keyword arguments with the parameters of a class.
    pub fn new(
        class: &Class,
        span: Span,
        positional: impl ExactSizeIterator<Item = &'a Expression>,
        keywords: impl IntoIterator<Item = (&'a str, &'a Expression)>,
    ) -> Result<Self, NotationError> {
        let name = class.name;
        let known = class.parameters;
        let mut values: Vec<(&'a str, &Expression)> = Vec::new();
        let given = positional.len();
        for (index, value) in positional.enumerate() {
            let Some(parameter) = known.get(index) else {
                let message = format!("{name} takes at most {} values; {given} are given.", known.len());
                return Err(NotationError::of(Exception::TypeError, message, value.span));
            };
            values.push((parameter.name, value));
        }
        for (keyword, value) in keywords {
            let Some(parameter) = known.iter().find(|parameter| parameter.name == keyword) else {
                return Err(NotationError::of(Exception::TypeError, unknown_parameter(class, keyword), value.span));
            };
            if values.iter().any(|(known, _)| *known == parameter.name) {
                let message = format!("{name} is given `{keyword}` twice.");
                return Err(NotationError::of(Exception::TypeError, message, value.span));
            }
            values.push((parameter.name, value));
        }
        Ok(Self { class: name, span, values, wrong: RefCell::new(None) })
    }

    /// The expression given for a parameter.
    pub fn get(&self, name: &str) -> Option<&'a Expression> {
        self.values.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    /// The value of a parameter, or its default where it is left out. Where it cannot be read, that is kept for
    /// [`Self::unless_wrong`] and the value means nothing: so reading a class is a row of calls without branches, which matters
    /// where all classes are sent to a browser.
    pub fn value<T: Argument>(&self, name: &str, default: Option<T>) -> T {
        let read = match default {
            Some(default) => self.optional(name).map(|given| given.unwrap_or(default)),
            None => self.required(name),
        };
        read.unwrap_or_else(|error| {
            self.wrong.borrow_mut().get_or_insert(error);
            T::blank()
        })
    }

    /// What was read, unless something was wrong.
    pub fn unless_wrong<T>(&self, read: T) -> Result<T, NotationError> {
        self.wrong.take().map_or(Ok(read), Err)
    }

    /// The value of a parameter without a default.
    pub fn required<T: Argument>(&self, name: &str) -> Result<T, NotationError> {
        match self.get(name) {
            Some(value) => T::read(name, value),
            None => Err(NotationError::of(Exception::TypeError, format!("{} needs `{name}`.", self.class), self.span)),
        }
    }

    /// The value of a parameter with a default; `None` where it is left out, and for an explicit `None` where that
    /// cannot be a value.
    pub fn optional<T: Argument>(&self, name: &str) -> Result<Option<T>, NotationError> {
        match self.get(name) {
            Some(value) if value.kind == Kind::None && !T::MAY_BE_NONE => Ok(None),
            Some(value) => T::read(name, value).map(Some),
            None => Ok(None),
        }
    }
}

fn unknown_parameter(class: &Class, name: &str) -> String {
    if name == "verbose" {
        return "`verbose` is gone from torch's schedulers; leave it out.".into();
    }
    let (class, parameters) = (class.name, class.parameters.iter().map(|parameter| parameter.name));
    match nearest(name, parameters.clone()) {
        Some(near) => format!("{class} has no parameter `{name}`; did you mean `{near}`?"),
        None => format!(
            "{class} has no parameter `{name}`; it has {}.",
            parameters.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        ),
    }
}

/// The known name that was probably meant.
pub(crate) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let score = |candidate: &str| strsim::jaro_winkler(&name.to_ascii_lowercase(), &candidate.to_ascii_lowercase());
    let best = known.max_by(|a, b| score(a).total_cmp(&score(b)))?;
    (score(best) > 0.8).then_some(best)
}

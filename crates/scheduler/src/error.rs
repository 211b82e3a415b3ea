//! What goes wrong when a schedule is built or stepped: the exceptions that the Python libraries raise.

use std::fmt;

/// The Python exception that the library raises in this situation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exception {
    /// A value the constructor rejects.
    ValueError,
    /// A value of the wrong type, or an argument that is missing or not known.
    TypeError,
    /// A division by a length of zero.
    ZeroDivisionError,
    /// An operation that a class does not have.
    NotImplementedError,
    /// A number too large for a float.
    OverflowError,
    /// A key of a parameter group that is not there.
    KeyError,
    /// A value that an `assert` rejects.
    AssertionError,
    /// A class that does not exist.
    NameError,
    /// A text that is no Python expression, or none that a schedule can be made of.
    SyntaxError,
}

impl Exception {
    /// The name of the exception in Python.
    pub fn name(self) -> &'static str {
        match self {
            Self::ValueError => "ValueError",
            Self::TypeError => "TypeError",
            Self::ZeroDivisionError => "ZeroDivisionError",
            Self::NotImplementedError => "NotImplementedError",
            Self::OverflowError => "OverflowError",
            Self::KeyError => "KeyError",
            Self::AssertionError => "AssertionError",
            Self::NameError => "NameError",
            Self::SyntaxError => "SyntaxError",
        }
    }
}

/// An error of a schedule, with the exception and the words that the Python library would use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ScheduleError {
    /// The kind of error.
    pub exception: Exception,
    /// What is wrong, in the library's words.
    pub message: String,
}

impl fmt::Display for ScheduleError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.message.as_str() {
            "" => formatter.write_str(self.exception.name()),
            message => write!(formatter, "{}: {message}", self.exception.name()),
        }
    }
}

pub(crate) fn value_error(message: impl Into<String>) -> ScheduleError {
    ScheduleError { exception: Exception::ValueError, message: message.into() }
}

pub(crate) fn type_error(message: impl Into<String>) -> ScheduleError {
    ScheduleError { exception: Exception::TypeError, message: message.into() }
}

pub(crate) fn zero_division(message: &str) -> ScheduleError {
    ScheduleError { exception: Exception::ZeroDivisionError, message: message.into() }
}

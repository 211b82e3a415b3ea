//! Schedules as people write them: the constructor text of the Python libraries.
//!
//! ```text
//! text --parse--> Expression --read--> Schedule --Display--> text
//! ```
//!
//! The grammar is Python's expression grammar without what a schedule has no use for: calls with keywords, lists,
//! tuples, dicts, numbers, strings, names, arithmetic, comparisons, `and`/`or`/`not`, `a if b else c` and lambdas. A reader of
//! Python code builds the same [`Expression`] from its own tree, so that the meaning of a constructor exists once.

mod argument;
mod arguments;
mod expression;
mod lexer;
mod parser;
mod read;

pub(crate) use argument::Argument;
pub use argument::{Boundaries, PerGroup, Steps, StrictFloat};
pub(crate) use arguments::Arguments;
pub use expression::{BinaryOperator, Comparison, Expression, Kind, Span, UnaryOperator};
pub use read::{read, read_optimizer};

use crate::error::Exception;
use crate::optimizer::Optimizer;
use crate::schedule::Schedule;

/// The longest text that is read, in bytes. The longest schedule seen in the wild has a few hundred.
pub const MAX_LENGTH: usize = 8 * 1024;

/// What is wrong with a text, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct NotationError {
    /// One sentence, with what to do where that is known.
    pub message: String,
    /// The bytes of the text that it is about.
    pub span: Span,
    /// What Python would raise.
    pub exception: Exception,
}

impl NotationError {
    /// A text that is not of the grammar.
    pub(crate) fn new(message: impl Into<String>, span: Span) -> Self {
        Self::of(Exception::SyntaxError, message, span)
    }

    pub(crate) fn of(exception: Exception, message: impl Into<String>, span: Span) -> Self {
        Self { message: message.into(), span, exception }
    }
}

/// Reads a schedule from constructor text such as
/// `SequentialLR(opt, [LinearLR(opt, 0.01, total_iters=5), CosineAnnealingLR(opt, T_max=95)], [5])`.
///
/// The optimizer argument is optional and module prefixes are allowed.
///
/// # Errors
/// The first thing that is not understood, with its place in the text.
pub fn parse(text: &str) -> Result<Schedule, NotationError> {
    read(&parse_expression(text)?)
}

/// Reads an optimizer from constructor text such as `SGD(momentum=0.9)`, with one parameter group for each LR.
///
/// # Errors
/// As [`parse`].
pub fn parse_optimizer(text: &str, lrs: &[f64]) -> Result<Optimizer, NotationError> {
    read_optimizer(&parse_expression(text)?, lrs)
}

/// Reads any expression of the notation.
///
/// # Errors
/// As [`parse`].
pub fn parse_expression(text: &str) -> Result<Expression, NotationError> {
    if text.len() > MAX_LENGTH {
        return Err(NotationError::new(
            format!("The schedule is {} bytes long; at most {MAX_LENGTH} are read.", text.len()),
            Span { start: MAX_LENGTH, end: text.len() },
        ));
    }
    parser::parse(text)
}

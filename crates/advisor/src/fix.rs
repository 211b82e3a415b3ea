//! What a rule proposes to change.

use serde::Serialize;

use crate::span::Span;

/// Whether a fix can be made without asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Applicability {
    /// It changes what the program does, which is its purpose: somebody should look at it.
    Unsafe,
    /// The program does the same as before, less what was wrong with it.
    Safe,
}

/// A change of the source that mends a finding.
///
/// A rule says what to change; where the commas and the indentation go is known to the front end that read the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// Whether it can be made without asking.
    pub applicability: Applicability,
    /// What it does, as an order: "Remove `verbose`".
    pub title: String,
    /// What to change.
    pub changes: Vec<Change>,
    /// The changes as text, in the order of the source and apart from each other. A rule leaves this empty; the front
    /// end fills it, or drops the fix where the source is written in a way that it cannot change.
    pub edits: Vec<Edit>,
}

impl Fix {
    /// A fix that can be made without asking.
    pub fn safe(title: impl Into<String>, change: Change) -> Self {
        Self { applicability: Applicability::Safe, title: title.into(), changes: vec![change], edits: Vec::new() }
    }

    /// A fix that somebody should look at.
    pub fn not_safe(title: impl Into<String>, change: Change) -> Self {
        Self { applicability: Applicability::Unsafe, ..Self::safe(title, change) }
    }
}

/// A change in terms of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Other text in place of what stands there.
    Replace {
        /// What is replaced.
        span: Span,
        /// By what.
        text: String,
    },
    /// A call without one of its arguments.
    RemoveArgument {
        /// The value of the argument, without its name: `True` in `verbose=True`.
        value: Span,
    },
    /// A call without all of its arguments.
    RemoveArguments {
        /// The call.
        call: Span,
    },
    /// The same call of another method.
    RenameMethod {
        /// The call.
        call: Span,
        /// The other method.
        name: String,
    },
    /// Entries of a dict move into the value of another entry, which becomes a dict of its own where it is none.
    MoveEntries {
        /// The entry that they move into, with its key.
        into: Span,
        /// The key that its value gets in a new dict.
        key: String,
        /// The entries that move, with their keys.
        entries: Vec<Span>,
    },
    /// A statement moves down, with the conditions that hold nothing else.
    MoveStatement {
        /// The statement: its span, or that of the call that it consists of.
        statement: Span,
        /// Something in the statement behind which it goes. Where that is elsewhere, it goes to the end of the loop.
        after: Option<Span>,
    },
}

/// Other text for a range of the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty where something is put in.
    pub span: Span,
    /// By what.
    pub text: String,
}

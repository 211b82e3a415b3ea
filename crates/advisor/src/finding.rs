//! What a rule has found.

use serde::Serialize;

use crate::fix::Fix;
use crate::rule::Rule;
use crate::span::Span;

/// How bad it is if true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Training is probably worse than intended.
    Warning,
    /// Training breaks or the code does something else than it says.
    Error,
}

/// How sure we are that it is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// It depends on what nobody can see here; shown only when asked for.
    Hint,
    /// Everything it rests on was read, some of it from names and defaults.
    Likely,
    /// It follows from the code.
    Certain,
}

/// Something that a rule has found in a plan.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// The place to look at.
    pub span: Span,
    /// Other places that matter, and why.
    pub related: Vec<(Span, String)>,
    /// What is wrong.
    pub what: String,
    /// Why that is bad.
    pub why: String,
    /// What to do.
    pub help: String,
    /// The LR it causes.
    pub effect: Option<Effect>,
    /// A change that mends it.
    pub fix: Option<Fix>,
}

/// The LR as the code makes it against the LR that was meant.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// The difference in one sentence, with numbers.
    pub summary: String,
    /// What had to be assumed for the numbers; empty where everything was read.
    pub assumed: Vec<String>,
    /// What the points are: `step` or `epoch`.
    pub unit: &'static str,
    /// LR as written, one value per unit.
    pub written: Vec<f64>,
    /// LR as meant, the same length.
    pub intended: Vec<f64>,
}

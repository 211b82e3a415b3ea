//! From training code to the plan of the run it describes.
//!
//! ```text
//! bytes --decode--> text --parse--> syntax tree --Interpreter--> Plans --advisor::check--> Findings
//! ```
//!
//! This crate records facts and where they were read; what is good or bad about them is the business of `advisor`. It
//! is the only one that knows the Python parser.
//!
//! * [`source`]: what can be read at all; lines and columns.
//! * `nesting`: a bound on depth, so that walking the tree needs no more stack than a thread has.
//! * `interpreter`: follows the program without running it.
//! * `names`: what names tell about units and roles.

mod interpreter;
mod memory;
mod names;
mod nesting;
mod options;
pub mod source;
mod trace;
mod value;

use advisor::{Confidence, Finding, Plan};
use ruff_python_parser::parse_module;
use source::Unreadable;

/// Words without which no LR scheduler is ever built or stepped in a file.
///
/// Every class and function that is recognised is imported from a module, or called by a name, with one of them.
pub fn may_concern(source: &str) -> bool {
    source.contains("step") && (source.contains("sched") || source.contains("LR"))
}

/// The plans of the runs that a source describes: what the module does, and what each function does that nothing in
/// it calls.
///
/// # Errors
/// A syntax error, or nesting that is too deep to follow.
pub fn plans(source: &str) -> Result<Vec<Plan>, Unreadable> {
    if let Some(at) = nesting::too_deep(source) {
        let deepest = nesting::DEEPEST;
        return Err(Unreadable::new(
            format!("The code is nested more than {deepest} levels deep; it is not read."),
            at,
        ));
    }
    let parsed = parse_module(source).map_err(|error| {
        Unreadable::new(format!("Syntax error: {}.", error.error), error.location.start().to_usize())
    })?;
    Ok(interpreter::Interpreter::new(source).run(&parsed.syntax().body))
}

/// What is wrong with the schedules in a source, in the order of the source, each thing once.
///
/// # Errors
/// As [`plans`].
pub fn lint_source(source: &str) -> Result<Vec<Finding>, Unreadable> {
    let mut findings: Vec<Finding> = Vec::new();
    for plan in plans(source)? {
        for finding in advisor::check(&plan) {
            let same = |other: &&mut Finding| other.span == finding.span && other.rule.code == finding.rule.code;
            match findings.iter_mut().find(same) {
                // Another way through the same code may know more.
                Some(other)
                    if (other.confidence, other.effect.is_some()) < (finding.confidence, finding.effect.is_some()) =>
                {
                    *other = finding;
                }
                Some(_) => {}
                None => findings.push(finding),
            }
        }
    }
    findings.sort_by_key(|finding| (finding.span, finding.rule.code));
    Ok(findings)
}

/// Whether a finding is shown by default.
pub fn is_shown(finding: &Finding, hints: bool) -> bool {
    hints || finding.confidence > Confidence::Hint
}

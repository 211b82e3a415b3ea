//! Judgement: rules over what is known about a training run.
//!
//! ```text
//! front end (Python, page state, ...) --> Plan --check--> Findings --> terminal | JSON | page
//!                                                  |
//!                                   scheduler: the LR as written and as meant
//! ```
//!
//! * [`plan`]: what is built and what happens in a run; every fact may be unknown and knows where it was read.
//! * [`quantity`]: numbers with a unit, so that epochs and steps are told apart.
//! * [`sites`]: how often a scheduler is stepped.
//! * [`rules`]: one file per rule, with its documentation and cases.
//! * [`Finding`]: what is wrong, why, what to do, and the LR it causes.
//!
//! Nothing here knows Python, pages or terminals. A rule fires on facts, never on their absence.

pub mod classes;
mod effect;
mod finding;
pub mod plan;
pub mod quantity;
mod rule;
pub mod rules;
pub mod sites;
mod span;

pub use finding::{Confidence, Effect, Finding, Severity};
pub use plan::Plan;
pub use rule::{Cases, Docs, Rule};
pub use span::Span;

/// Runs all rules over a plan.
pub fn check(plan: &Plan) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in rules::ALL {
        (rule.check)(plan, &mut findings);
    }
    findings
}

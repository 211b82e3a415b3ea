//! Judgement: rules over what is known about a training run.
//!
//! ```text
//! front end (Python, page state, ...) --> Plan --check--> Findings --> terminal | JSON | page
//!                                                  |
//!                                   scheduler: the LR as written and as meant
//! ```
//!
//! * [`plan`]: what is built and what happens in a run; every fact may be unknown and knows where it was read.
//! * [`script`]: what the whole script shows, wherever in it.
//! * [`quantity`]: numbers with a unit, so that epochs and steps are told apart.
//! * [`composed`]: a plan from a schedule and a run instead of a source.
//! * [`sites`]: how often a scheduler is stepped.
//! * [`rules`]: one file per rule, with its documentation and cases.
//! * [`simulation`]: the LR that a plan really produces, optimizer step by optimizer step.
//! * [`Finding`]: what is wrong, why, what to do, and the LR it causes.
//! * [`detected()`]: the schedules of a plan as constructor text, to be drawn.
//! * [`finder`]: what a LR range test says.
//! * [`live`]: races of the playground that show what a rule warns of.
//! * [`claims`]: what is often said, whether it is true, and how we know.
//! * [`recipes`]: what to train with, each line with its reason and source ([`source`]).
//! * [`diagnosis`]: what went wrong in a run, from its log.
//! * [`log`]: logs of training runs, whoever wrote them.
//!
//! Nothing here knows Python, pages or terminals. A rule fires on facts, never on their absence.

pub mod claims;
pub mod classes;
pub mod composed;
mod detected;
pub mod diagnosis;
mod effect;
pub mod finder;
mod finding;
mod fix;
#[cfg(feature = "docs")]
pub mod live;
pub mod log;
mod origin;
pub mod plan;
pub mod quantity;
pub mod recipes;
mod rule;
pub mod rules;
pub mod script;
mod settings;
pub mod simulation;
pub mod sites;
pub mod source;
mod span;
pub mod timm;
mod words;

pub use detected::{Detected, detected};
pub use finding::{Confidence, Effect, Finding, Severity};
pub use fix::{Applicability, Change, Edit, Fix};
pub use origin::Symbol;
pub use plan::Plan;
pub use rule::{Cases, Docs, Rule, config_name};
pub use script::Script;
pub use span::Span;

/// Runs all rules over a plan.
pub fn check(plan: &Plan) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in rules::ALL {
        (rule.check)(plan, &mut findings);
    }
    findings
}

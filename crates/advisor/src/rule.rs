//! What a rule is.

use crate::finding::{Confidence, Finding, Severity};
use crate::plan::Plan;

/// A rule: its names, its check, (with the feature `docs`) its documentation, and (with `cases`) the cases that show what it
/// reports and what it leaves alone.
#[derive(Debug)]
pub struct Rule {
    /// The bad pattern, so that suppressing the rule reads as allowing it.
    pub name: &'static str,
    /// A short code that never changes.
    pub code: &'static str,
    /// How bad, unless the finding says otherwise.
    pub severity: Severity,
    /// How sure, unless the finding says otherwise.
    pub confidence: Confidence,
    /// The documentation. Not in the page's worker, which people wait for.
    #[cfg(feature = "docs")]
    pub docs: Docs,
    /// Cases beyond the documentation's own. Half of all text in the crate, and for tests only.
    #[cfg(feature = "cases")]
    pub cases: Cases,
    /// Reports what it finds in a plan.
    pub check: Check,
}

/// Reports what a rule finds in a plan.
pub type Check = fn(&Plan, &mut Vec<Finding>);

/// The check of a rule that nothing but a source can break: what it says to a framework, stores, logs or calls. Who judges
/// composed schedules alone does without its code.
#[cfg(feature = "source")]
pub(crate) const fn of_source(check: Check) -> Check {
    check
}

/// The check of a rule that nothing but a source can break, where there are none.
#[cfg(not(feature = "source"))]
pub(crate) const fn of_source(_: Check) -> Check {
    |_, _| {}
}

/// Whether there are sources to judge: what only they show is left out where composed schedules are all there is.
pub(crate) const READS_SOURCES: bool = cfg!(feature = "source");

/// The documentation of a rule, in Markdown.
#[derive(Debug)]
pub struct Docs {
    /// What the rule reports.
    pub what: &'static str,
    /// Why that is bad.
    pub why: &'static str,
    /// Python that the rule reports.
    pub example: &'static str,
    /// The same, done right.
    pub instead: &'static str,
    /// When the same looks are fine, and what the rule does then.
    pub fine: &'static str,
}

/// Sources that a rule reports and sources that it does not: Python, or a config file where the first line names one
/// (`# train.yaml`).
#[derive(Debug)]
pub struct Cases {
    /// Reported, once each.
    pub fail: &'static [&'static str],
    /// Not reported, by this rule or any other.
    pub pass: &'static [&'static str],
}

impl Rule {
    /// Whether this rule has found something at a place already.
    pub(crate) fn is_among(&self, findings: &[Finding], span: crate::Span) -> bool {
        findings.iter().any(|finding| finding.span == span && finding.rule.code == self.code)
    }

    /// A finding of this rule with nothing but its message.
    pub fn finding(
        &'static self,
        span: crate::Span,
        what: impl Into<String>,
        why: impl Into<String>,
        help: impl Into<String>,
    ) -> Finding {
        Finding {
            rule: self,
            severity: self.severity,
            confidence: self.confidence,
            span,
            related: Vec::new(),
            what: what.into(),
            why: why.into(),
            help: help.into(),
            effect: None,
            fix: None,
        }
    }
}

/// The name of the config file that an example or a case of a rule is; `None` where it is Python.
pub fn config_name(case: &str) -> Option<&str> {
    let name = case.lines().next()?.strip_prefix("# ")?;
    [".yaml", ".json", ".toml"].iter().any(|end| name.ends_with(end)).then_some(name)
}

//! A file that cannot be read as what its name says it is. Front ends report it.

use crate::finding::{Confidence, Severity};
use crate::rule::Rule;

/// The rule.
pub static RULE: Rule = Rule {
    name: "unreadable-source",
    code: "LRS001",
    severity: Severity::Error,
    confidence: Confidence::Certain,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "A file could not be read: a syntax error, bytes that are not UTF-8, a notebook that is not JSON, more than \
               4 MB, or nesting that no person writes.",
        why: "Nothing in it has been checked. The rest of the run goes on, and so do the other cells of a notebook.",
        example: "
scheduler.step(
",
        instead: "
scheduler.step()
",
        fine: "A file that is met while walking a folder is read only if a word of schedules is in it. Python 2 cannot be \
               read; name the folder under `exclude` in the configuration.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases { fail: &["def f(:\n    scheduler.step()\n", "print 'Python 2'\n"], pass: &[""] },
    check: |_, _| {},
};

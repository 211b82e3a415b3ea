//! A comment that silences a rule where there is nothing to silence. Front ends report it.

use crate::finding::{Confidence, Severity};
use crate::rule::Rule;

/// The rule.
pub static RULE: Rule = Rule {
    name: "unused-suppression",
    code: "LRS002",
    severity: Severity::Warning,
    confidence: Confidence::Certain,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "A `# lrscope: ignore[...]` or `# noqa: LRS...` comment that silences nothing, or that names a rule which \
               does not exist.",
        why: "The mistake that it was written for has gone, moved, or was never there; the next one on this line would \
              go unseen.",
        example: "
optimizer.step()
scheduler.step()  # lrscope: ignore[plateau-without-metric] the metric comes later
",
        instead: "
optimizer.step()
scheduler.step()
",
        fine: "A bare `# noqa` may be there for another tool and is never reported.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[
            "# lrscope: ignore-file\n",
            "x = 1  # noqa: LRS101\n",
            "x = 1  # lrscope: ignore[no-such-rule]\n",
            "x = 1  # lrscope: ignroe[units]\n",
        ],
        pass: &["x = 1  # noqa\n", "x = 1  # noqa: F401\n", "x = '# lrscope: ignore'\n", "# lrscope: a tool\n"],
    },
    check: |_, _| {},
};

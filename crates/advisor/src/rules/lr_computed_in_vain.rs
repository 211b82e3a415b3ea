//! An LR that is computed and never reaches an optimizer.

use crate::finding::{Confidence, Finding, Severity};
use crate::plan::Plan;
use crate::rule::{Rule, of_source};

/// The rule.
pub static RULE: Rule = Rule {
    name: "lr-computed-in-vain",
    code: "LRS626",
    severity: Severity::Error,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "A function that is named after adjusting the LR computes one, and neither writes it into a parameter group nor \
               returns it.",
        why: "The optimizer goes on with its LR. What the function prints is not what trains.",
        example: "
def adjust_learning_rate(optimizer, epoch):
    lr = args.lr * (0.1 ** (epoch // 30))
    print('lr is now', lr)
",
        instead: "
def adjust_learning_rate(optimizer, epoch):
    lr = args.lr * (0.1 ** (epoch // 30))
    for group in optimizer.param_groups:
        group['lr'] = lr
    print('lr is now', lr)
",
        fine: "A function that stores the LR anywhere, or gives it to another function, is left alone.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases { fail: &[], pass: &[] },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    for (span, name) in &plan.script.lr_computed_in_vain {
        findings.push(RULE.finding(
            *span,
            format!("`{name}` computes an LR that never reaches the optimizer."),
            "Training goes on with the old LR.",
            "Write it into the parameter groups: `for group in optimizer.param_groups: group['lr'] = lr`.",
        ));
    }
}

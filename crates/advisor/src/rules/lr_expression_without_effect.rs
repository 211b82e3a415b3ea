//! `optimizer.param_groups[0]['lr']` as a statement of its own.

use crate::finding::{Confidence, Finding, Severity};
use crate::plan::Plan;
use crate::rule::{Rule, of_source};

/// The rule.
pub static RULE: Rule = Rule {
    name: "lr-expression-without-effect",
    code: "LRS625",
    severity: Severity::Warning,
    confidence: Confidence::Certain,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "The LR of a parameter group is named in a statement that does nothing with it: an assignment is missing, \
               `==` stands for `=`, or `*` for `*=`.",
        why: "The LR is not changed.",
        example: "
for epoch in range(90):
    train_one_epoch(model, optimizer)
    if epoch == 60:
        for group in optimizer.param_groups:
            group['lr'] == 0.01
",
        instead: "
for epoch in range(90):
    train_one_epoch(model, optimizer)
    if epoch == 60:
        for group in optimizer.param_groups:
            group['lr'] = 0.01
",
        fine: "The last line of a cell of a notebook is shown; it is not reported.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases { fail: &[], pass: &[] },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    for read in plan.script.lr_reads.iter().filter(|read| read.in_vain) {
        findings.push(RULE.finding(
            read.span,
            "This statement reads the LR and does nothing with it.",
            "If it was meant to change the LR, it does not.",
            "Assign to it, or take it out.",
        ));
    }
}

//! `verbose=`, which PyTorch has removed.

use crate::finding::{Confidence, Finding, Severity};
use crate::fix::{Change, Fix};
use crate::plan::{Evidence, Library, Plan};
use crate::rule::{Rule, of_source};

/// The rule.
pub static RULE: Rule = Rule {
    name: "removed-verbose-argument",
    code: "LRS521",
    severity: Severity::Warning,
    confidence: Confidence::Certain,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "A scheduler of PyTorch is given `verbose`.",
        why: "The argument was deprecated in PyTorch 2.2 and has since been removed: new versions raise a TypeError when the \
              scheduler is built.",
        example: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=5, verbose=True)
for epoch in range(90):
    train_one_epoch(model, optimizer)
    scheduler.step(validate(model))
",
        instead: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=5)
for epoch in range(90):
    train_one_epoch(model, optimizer)
    scheduler.step(validate(model))
    print('lr', scheduler.get_last_lr())
",
        fine: "Schedulers of other libraries and of the script itself may have a parameter of that name.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[
            // Handed on to the class of torch that it is made of.
            "
from torch.optim.lr_scheduler import LRScheduler
class Poly(LRScheduler):
    def __init__(self, optimizer, total, last_epoch=-1, verbose=False):
        self.total = total
        super().__init__(optimizer, last_epoch, verbose)
    def get_lr(self):
        return [lr * (1 - self.last_epoch / self.total) for lr in self.base_lrs]
",
            "
import torch
class Poly(torch.optim.lr_scheduler._LRScheduler):
    def __init__(self, optimizer, last_epoch=-1, verbose='deprecated'):
        super(Poly, self).__init__(optimizer, last_epoch, verbose=verbose)
",
        ],
        pass: &["
class Bar(Progress):
    def __init__(self, total, verbose=False):
        super().__init__(total, verbose)
"],
    },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    for span in &plan.script.verbose_to_base {
        let mut finding = RULE.finding(
            *span,
            "The base class no longer takes `verbose`.",
            "It was deprecated in PyTorch 2.2 and is removed in new versions, which raise a TypeError here.",
            "Leave it out, and print scheduler.get_last_lr() where the LR should be seen.",
        );
        finding.fix = Some(Fix::safe("Remove `verbose`", Change::RemoveArgument { value: *span }));
        findings.push(finding);
    }
    for schedule in &plan.schedules {
        // By a class of torch under its own name, wherever it was imported from.
        let is_torch = schedule.library == Library::Torch
            || schedule.evidence == Evidence::Named && crate::classes::class_named(&schedule.class).is_some();
        let Some(argument) = schedule.argument("verbose").filter(|_| is_torch) else { continue };
        let mut finding = RULE.finding(
            argument.span,
            format!("{} no longer takes `verbose`.", schedule.class),
            "It was deprecated in PyTorch 2.2 and is removed in new versions, which raise a TypeError here.",
            "Leave it out, and print scheduler.get_last_lr() where the LR should be seen.",
        );
        if schedule.library != Library::Torch {
            finding.confidence = Confidence::Likely;
        }
        finding.fix = Some(Fix::safe("Remove `verbose`", Change::RemoveArgument { value: argument.span }));
        findings.push(finding);
    }
}

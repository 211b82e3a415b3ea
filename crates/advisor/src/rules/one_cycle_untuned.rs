//! OneCycleLR with a peak that was never measured.

use crate::finding::{Confidence, Finding, Severity};
use crate::plan::Plan;
use crate::rule::Rule;
use crate::rules::run::{number, schedules};

/// The rule.
pub static RULE: Rule = Rule {
    name: "one-cycle-untuned",
    code: "LRS907",
    severity: Severity::Info,
    confidence: Confidence::Hint,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "The `max_lr` of OneCycleLR is a number written in the code, and no range test is in sight.",
        why: "The policy trains near the largest LR that the model bears, so that its peak matters more than that of other \
              schedules: twice too high diverges.",
        example: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, epochs=20, steps_per_epoch=len(train_loader))
for epoch in range(20):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
        scheduler.step()
",
        instead: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
best = find_lr(model, train_loader)
scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=best, epochs=20, steps_per_epoch=len(train_loader))
for epoch in range(20):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
        scheduler.step()
",
        fine: "A number from an earlier range test looks the same; this is a hint.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases { fail: &[], pass: &[] },
    check,
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    for (_, schedule) in schedules(plan).filter(|(_, schedule)| schedule.class == "OneCycleLR") {
        let Some(argument) = schedule.argument("max_lr") else { continue };
        let written = number(schedule, "max_lr").is_some_and(crate::quantity::Quantity::is_literal);
        let measured = schedule.argument("max_lr").is_some_and(|argument| argument.text.contains("best"));
        if !written || measured {
            continue;
        }
        let mut finding = RULE.finding(
            argument.span,
            format!("max_lr={} was not measured here.", argument.text),
            "OneCycleLR trains near the largest LR that the model bears; a peak twice too high diverges.",
            "Run a range test and take a value a little below the one where the loss starts to rise.",
        );
        // A range test in the same script whose result is not used.
        if !plan.script.finders.is_empty() {
            finding.confidence = Confidence::Likely;
            finding.related.push((plan.script.finders[0].span, "the result of this range test is not used".to_owned()));
        }
        findings.push(finding);
    }
}

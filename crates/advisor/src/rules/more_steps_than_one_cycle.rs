//! More calls of `OneCycleLR.step()` than it has steps.

use crate::effect::rough;
use crate::finding::{Confidence, Finding, Severity};
use crate::plan::Plan;
use crate::quantity::Quantity;
use crate::rule::Rule;
use crate::rules::run::{self, number};

/// The rule.
pub static RULE: Rule = Rule {
    name: "more-steps-than-one-cycle",
    code: "LRS405",
    severity: Severity::Error,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "The run calls `OneCycleLR.step()` more often than `total_steps`, or than `epochs` times `steps_per_epoch`.",
        why: "The call after the last step raises a ValueError, so the run ends there, hours after it began.",
        example: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, epochs=10, steps_per_epoch=len(train_loader))
for epoch in range(20):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
        scheduler.step()
",
        instead: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, epochs=20, steps_per_epoch=len(train_loader))
for epoch in range(20):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
        scheduler.step()
",
        fine: "Fewer calls than steps end the cycle early, which another rule reports where both numbers are known.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &["
import torch
epochs = 5
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, total_steps=len(train_loader))
for epoch in range(epochs):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
        scheduler.step()
"],
        pass: &["
import torch
def main(epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, total_steps=epochs * len(train_loader) + 1)
    for epoch in range(epochs):
        for x, y in train_loader:
            loss(x, y).backward()
            optimizer.step()
            scheduler.step()
"],
    },
    check,
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    for stepped in run::stepped(plan) {
        let schedule = stepped.schedule;
        if schedule.class != "OneCycleLR" || stepped.held_back {
            continue;
        }
        let Some(total) = total(schedule) else { continue };
        let Some(ratio) = stepped.calls.ratio(&total) else { continue };
        // Off by one is on the border of what it allows.
        let barely = stepped.calls.value.zip(total.value).is_some_and(|(calls, total)| calls <= total + 1.0);
        if ratio <= 1.0 || barely {
            continue;
        }
        let span = schedule.argument("total_steps").or(schedule.argument("epochs")).map_or(schedule.span, |a| a.span);
        if RULE.is_among(findings, span) {
            continue;
        }
        let mut finding = RULE.finding(
            span,
            format!("The run has {} times as many steps as this OneCycleLR.", rough(ratio)),
            "The call of step() after the last one raises a ValueError.",
            "Give it the number of epochs and the steps per epoch of this run.",
        );
        finding.related.push((stepped.site.span, "stepped here".to_owned()));
        findings.push(finding);
    }
}

fn total(schedule: &crate::plan::ScheduleFacts) -> Option<Quantity> {
    match number(schedule, "total_steps") {
        Some(total) => Some(total.clone()),
        None => Some(number(schedule, "epochs")?.times(number(schedule, "steps_per_epoch")?)),
    }
}

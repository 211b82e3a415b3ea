//! OneCycleLR and another scheduler on one optimizer.

use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{Evidence, Plan};
use crate::rule::{Rule, of_source};
use crate::rules::run::schedules;
use crate::sites::sites;

/// The rule.
pub static RULE: Rule = Rule {
    name: "one-cycle-with-other-schedule",
    code: "LRS630",
    severity: Severity::Warning,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "OneCycleLR and a second scheduler are stepped on the same optimizer.",
        why: "OneCycleLR is a whole schedule, with its own warmup and decay, and writes the LR at each step from its own \
              count. What the other scheduler does is overwritten at the next step.",
        example: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
one_cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, epochs=30, steps_per_epoch=len(train_loader))
drops = torch.optim.lr_scheduler.StepLR(optimizer, step_size=10)
for epoch in range(30):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
        one_cycle.step()
    drops.step()
",
        instead: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
one_cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, epochs=30, steps_per_epoch=len(train_loader))
for epoch in range(30):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
        one_cycle.step()
",
        fine: "One or the other, by an option, is a choice; so is another optimizer for each.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases { fail: &[], pass: &[] },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    let all = sites(plan);
    let alone = |id| {
        all.iter().any(|site| {
            site.step.schedules == [id]
                && !site.step.or_unknown
                && site.frames.iter().all(|frame| matches!(frame, crate::sites::Frame::Loop(..)))
        })
    };
    for (id, cycle) in schedules(plan).filter(|(_, schedule)| schedule.class == "OneCycleLR") {
        if plan.is_part(id) || !alone(id) || cycle.optimizer.is_none() {
            continue;
        }
        let other = schedules(plan).find(|(other, schedule)| {
            *other != id
                && schedule.optimizer == cycle.optimizer
                && schedule.evidence == Evidence::Proved
                && alone(*other)
        });
        let Some((_, other)) = other else { continue };
        let mut finding = RULE.finding(
            other.span,
            format!("{} drives an optimizer that OneCycleLR drives, too.", other.class),
            "OneCycleLR writes the LR at each step and undoes what the other scheduler did.",
            "Use one of them.",
        );
        finding.related.push((cycle.span, "the other scheduler".to_owned()));
        findings.push(finding);
    }
}

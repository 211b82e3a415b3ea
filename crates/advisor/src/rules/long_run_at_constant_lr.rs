//! A long run whose LR never changes.

use crate::effect::number;
use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{Loop, Plan};
use crate::rule::{Rule, of_source};
use crate::sites::{contains_optimizer_step, epoch_loops};
use crate::span::Span;

/// The rule.
pub static RULE: Rule = Rule {
    name: "long-run-at-constant-lr",
    code: "LRS904",
    severity: Severity::Info,
    confidence: Confidence::Hint,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "More than 30 epochs are trained at one LR.",
        why: "At a constant LR the weights keep moving around the minimum, at a distance that the LR sets. A decay at the end \
              is the cheapest gain there is.",
        example: "
import torch
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(200):
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
",
        instead: "
import torch
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=200)
for epoch in range(200):
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
    scheduler.step()
",
        fine: "Reinforcement learning and adversarial training are often done at a constant LR; they are not reported.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases { fail: &[], pass: &[] },
    check: of_source(check),
};

/// Runs of more epochs than this gain from a decay.
const LONG: f64 = 30.0;

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    let script = &plan.script;
    let words = script.words;
    if words.schedule
        || words.framework
        || words.reinforcement
        || words.adversarial
        || words.pretrained
        || words.pretrained_model
    {
        return;
    }
    if !plan.schedules.is_empty() || !script.lr_writes.is_empty() || !script.finders.is_empty() {
        return;
    }
    let built = plan.optimizers.iter().filter(|optimizer| optimizer.built).count();
    let long = |(epochs, span): (&Loop, Span)| {
        let turns = epochs.turns.value.filter(|turns| *turns > LONG && contains_optimizer_step(&epochs.body));
        Some((span, turns?))
    };
    let Some((span, epochs)) = epoch_loops(&plan.run).into_iter().find_map(long) else { return };
    if built != 1 || findings.iter().any(|finding| finding.rule.code == RULE.code) {
        return;
    }
    findings.push(RULE.finding(
        span,
        format!("{} epochs at one LR.", number(epochs)),
        "At a constant LR the weights keep moving around the minimum; a decay lets them settle.",
        "Add a schedule, for example CosineAnnealingLR over the whole run.",
    ));
}

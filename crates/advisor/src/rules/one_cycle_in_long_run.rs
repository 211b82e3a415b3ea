//! OneCycleLR over many epochs.

use crate::effect::number as shown;
use crate::finding::{Confidence, Finding, Severity};
use crate::plan::Plan;
use crate::rule::Rule;
use crate::rules::run::{number, schedules};
use crate::sites::sites;

/// The rule.
pub static RULE: Rule = Rule {
    name: "one-cycle-in-long-run",
    code: "LRS906",
    severity: Severity::Warning,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "One cycle of OneCycleLR takes more than 50 epochs.",
        why: "The policy was made to train in few epochs with very large LRs. Over a long run its warmup takes 30 % of the \
              time by default, far more than any warmup needs.",
        example: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, epochs=100, steps_per_epoch=len(train_loader))
for epoch in range(100):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
        scheduler.step()
",
        instead: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=100)
for epoch in range(100):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
        fine: "With a `pct_start` below the default of 0.3, the share of the warmup was chosen: that is a hint at most.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[
            // The default, written out.
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.OneCycleLR(
    optimizer, max_lr=0.1, total_steps=200 * len(train_loader), pct_start=0.3
)
for epoch in range(200):
    for x, y in train_loader:
        optimizer.step()
        scheduler.step()
",
            // A hint.
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.OneCycleLR(
    optimizer, max_lr=0.1, total_steps=200 * len(train_loader), pct_start=0.05
)
for epoch in range(200):
    for x, y in train_loader:
        optimizer.step()
        scheduler.step()
",
        ],
        pass: &["
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, total_steps=30 * len(train_loader))
for epoch in range(30):
    for x, y in train_loader:
        optimizer.step()
        scheduler.step()
"],
    },
    check,
};

/// The share of a cycle in which the LR rises, torch's default for `pct_start`.
const RISE: f64 = 0.3;

/// Cycles over more epochs than this are long.
const LONG: f64 = 50.0;

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    for (id, schedule) in schedules(plan).filter(|(_, schedule)| schedule.class == "OneCycleLR") {
        let share = match schedule.argument("pct_start") {
            None => RISE,
            Some(_) => match number(schedule, "pct_start").and_then(|share| share.value) {
                Some(share) => share,
                _ => continue,
            },
        };
        let by_argument = number(schedule, "epochs").and_then(|epochs| epochs.value);
        let steps = number(schedule, "total_steps").filter(|steps| steps.is_literal()).and_then(|steps| steps.value);
        let by_run = || sites(plan).into_iter().find(|site| site.step.schedules == [id])?.epochs()?.value;
        let Some(epochs) = by_argument.or_else(by_run).filter(|epochs| *epochs > LONG) else { continue };
        // With fewer steps than epochs the run ends some other way.
        if steps.is_some_and(|steps| steps < epochs) {
            continue;
        }
        if RULE.is_among(findings, schedule.span) {
            continue;
        }
        let mut finding = RULE.finding(
            schedule.span,
            format!("One cycle over {} epochs.", shown(epochs)),
            format!("The LR rises for {} epochs; OneCycleLR is made for short runs.", shown((epochs * share).round())),
            "Use a short warmup and a cosine, or a smaller pct_start.",
        );
        // A short rise is a choice against the default, which makes it a warmup and a cosine.
        if share < RISE {
            finding.confidence = Confidence::Hint;
            finding.why = format!(
                "With a rise of {} epochs it is a warmup and a cosine down to next to nothing; nothing of it is one cycle at a high LR.",
                shown((epochs * share).round())
            );
            finding.help = "Write it as what it is, a short warmup and a cosine with an eta_min.".to_owned();
        }
        findings.push(finding);
    }
}

//! A schedule in batches, stepped once per accumulated step.

use crate::effect::number as shown;
use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{Guard, Plan};
use crate::rule::Rule;
use crate::rules::units::lengths;
use crate::sites::{Cadence, Frame, sites};

/// The rule.
pub static RULE: Rule = Rule {
    name: "accumulation-not-counted",
    code: "LRS407",
    severity: Severity::Warning,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "Gradients are accumulated over k batches, the scheduler is stepped with the optimizer, but its length is the \
               number of batches.",
        why: "The scheduler is stepped k times less often than it counts, so the run ends after 1/k of the schedule.",
        example: "
import torch
from transformers import get_linear_schedule_with_warmup
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
scheduler = get_linear_schedule_with_warmup(optimizer, 100, num_epochs * len(train_loader))
for epoch in range(num_epochs):
    for i, batch in enumerate(train_loader):
        loss(batch).backward()
        if (i + 1) % 4 == 0:
            optimizer.step()
            scheduler.step()
",
        instead: "
import torch
from transformers import get_linear_schedule_with_warmup
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
scheduler = get_linear_schedule_with_warmup(optimizer, 100, num_epochs * len(train_loader) // 4)
for epoch in range(num_epochs):
    for i, batch in enumerate(train_loader):
        loss(batch).backward()
        if (i + 1) % 4 == 0:
            optimizer.step()
            scheduler.step()
",
        fine: "Only a length that is certainly the number of batches of the whole run is reported; one that is divided by \
               anything is not.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases { fail: &[], pass: &[] },
    check,
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    for site in sites(plan) {
        if !matches!(site.cadence(), Cadence::PerStep(_)) || site.step.or_unknown {
            continue;
        }
        let every = site.frames.iter().rev().find_map(|frame| match frame {
            Frame::Arm(arm) => match &arm.guard {
                Guard::Every(count) => Some(count),
                _ => None,
            },
            Frame::Loop(..) => None,
        });
        let Some(every) = every.filter(|every| every.value.is_none_or(|value| value > 1.0)) else { continue };
        // A default of 1 accumulates nothing until somebody asks for it; without a value nobody knows.
        let (Some(count), Some(epochs)) = (every.value, site.epochs()) else { continue };
        let batches = site.frames.iter().rev().find_map(|frame| match frame {
            Frame::Loop(inner, _) => Some(&inner.turns),
            Frame::Arm(_) => None,
        });
        let Some(batches) = batches else { continue };
        let run = epochs.times(batches);
        for id in &site.step.schedules {
            for length in lengths(plan, *id) {
                let is_run = length.argument.value.quantities().iter().any(|quantity| quantity.same(&run));
                if !is_run || findings.iter().any(|f| f.span == length.argument.span && f.rule.code == RULE.code) {
                    continue;
                }
                findings.push(RULE.finding(
                    length.argument.span,
                    format!(
                        "`{}` counts batches, but the scheduler is stepped every {}.",
                        length.argument.text,
                        shown(count)
                    ),
                    format!("The run ends after 1/{} of the schedule.", shown(count)),
                    "Divide the length by the number of batches that are accumulated.",
                ));
            }
        }
    }
}

//! A `SequentialLR` that leaves the warmup early or late.

use crate::effect::number;
use crate::finding::{Confidence, Finding, Severity};
use crate::plan::Plan;
use crate::rule::Rule;
use crate::rules::run::{number as quantity, schedules, value_or};

/// The rule.
pub static RULE: Rule = Rule {
    name: "milestone-differs-from-warmup",
    code: "LRS404",
    severity: Severity::Warning,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "The first milestone of a `SequentialLR` is not the length of the `LinearLR` or `ConstantLR` before it.",
        why: "If the milestone comes first, the LR jumps from the middle of the warmup to the full rate. If it comes later, \
              the LR stays at its peak in between, and the schedule after it starts late.",
        example: "
import torch
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
warmup = LinearLR(optimizer, start_factor=0.01, total_iters=10)
cosine = CosineAnnealingLR(optimizer, T_max=95)
scheduler = SequentialLR(optimizer, [warmup, cosine], milestones=[5])
",
        instead: "
import torch
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
warmup = LinearLR(optimizer, start_factor=0.01, total_iters=5)
cosine = CosineAnnealingLR(optimizer, T_max=95)
scheduler = SequentialLR(optimizer, [warmup, cosine], milestones=[5])
",
        fine: "Lengths that are not known are not compared. A difference of one is a matter of taste.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &["
import torch
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR
def build(optimizer, warmup_steps, total_steps):
    warmup = LinearLR(optimizer, start_factor=0.01, total_iters=2 * warmup_steps)
    cosine = CosineAnnealingLR(optimizer, T_max=total_steps - warmup_steps)
    return SequentialLR(optimizer, [warmup, cosine], milestones=[warmup_steps])
"],
        pass: &["
import torch
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR
def build(optimizer, warmup_steps, total_steps):
    warmup = LinearLR(optimizer, start_factor=0.01, total_iters=warmup_steps)
    cosine = CosineAnnealingLR(optimizer, T_max=total_steps - warmup_steps)
    return SequentialLR(optimizer, [warmup, cosine], milestones=[warmup_steps])
"],
    },
    check,
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    for (_, sequence) in schedules(plan).filter(|(_, schedule)| schedule.class == "SequentialLR") {
        let Some(first) = sequence.parts.first().map(|id| plan.schedule(*id)) else { continue };
        let rises = match first.class.as_str() {
            "LinearLR" => value_or(first, "start_factor", 1.0 / 3.0).zip(value_or(first, "end_factor", 1.0)),
            "ConstantLR" => value_or(first, "factor", 1.0 / 3.0).map(|factor| (factor, 1.0)),
            _ => None,
        };
        if !rises.is_none_or(|(start, end)| start < end) || !matches!(first.class.as_str(), "LinearLR" | "ConstantLR") {
            continue;
        }
        let Some(milestones) = sequence.argument("milestones") else { continue };
        let Some(milestone) = milestones.value.quantities().first() else { continue };
        let Some(length) = quantity(first, "total_iters") else { continue };
        let Some(ratio) = length.ratio(milestone) else { continue };
        let difference = length.value.zip(milestone.value).map(|(length, milestone)| (length - milestone).abs());
        if ratio == 1.0 || difference.is_some_and(|difference| difference <= 1.0) {
            continue;
        }
        let total = first.argument("total_iters").map_or(first.span, |argument| argument.span);
        let early = ratio > 1.0;
        let mut finding = RULE.finding(
            milestones.span,
            match (milestone.value, length.value) {
                (Some(milestone), Some(length)) => {
                    format!("The warmup takes {} steps, but the milestone is {}.", number(length), number(milestone))
                }
                _ => "The milestone is not the length of the warmup.".to_owned(),
            },
            if early {
                "The LR jumps from the middle of the warmup to the start of the next schedule."
            } else {
                "The LR stays at its peak in between, and the next schedule starts late."
            },
            "Use one number for both.",
        );
        finding.related.push((total, "the length of the warmup".to_owned()));
        findings.push(finding);
    }
}

//! A minimum LR above the LR that it is the minimum of.

use crate::effect::rough;
use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{Evidence, Plan};
use crate::rule::Rule;
use crate::rules::run::number;

/// The rule.
pub static RULE: Rule = Rule {
    name: "minimum-above-lr",
    code: "LRS623",
    severity: Severity::Warning,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "`eta_min` or `min_lr` is above the LR of the optimizer.",
        why: "A cosine then rises from the LR to its \"minimum\"; a plateau scheduler cannot reduce at all.",
        example: "
import torch
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=100, eta_min=1e-3)
",
        instead: "
import torch
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=100, eta_min=1e-6)
",
        fine: "Where one of the two is not known, nothing is reported.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases { fail: &[], pass: &[] },
    check,
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    for schedule in plan.schedules.iter().filter(|schedule| schedule.evidence == Evidence::Proved) {
        let name = match schedule.class.as_str() {
            "CosineAnnealingLR" | "CosineAnnealingWarmRestarts" => "eta_min",
            crate::classes::PLATEAU => "min_lr",
            _ => continue,
        };
        let (Some(minimum), Some(argument)) = (number(schedule, name), schedule.argument(name)) else { continue };
        let Some(lr) = schedule.optimizer.and_then(|id| plan.optimizer(id).lr.value) else { continue };
        let Some(minimum) = minimum.value.filter(|minimum| *minimum > lr && lr > 0.0) else { continue };
        findings.push(RULE.finding(
            argument.span,
            format!("{name}={} is above the LR, {}.", rough(minimum), rough(lr)),
            if name == "eta_min" {
                "The schedule raises the LR instead of lowering it."
            } else {
                "The LR cannot be reduced."
            },
            "Take a minimum well below the LR.",
        ));
    }
}

//! A warmup that takes as long as the run.

use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{Argument, Plan};
use crate::quantity::Quantity;
use crate::rule::Rule;
use crate::rules::run::{self, number, schedules, value_or};

/// The rule.
pub static RULE: Rule = Rule {
    name: "warmup-outlasts-run",
    code: "LRS406",
    severity: Severity::Warning,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "The warmup is at least as long as the whole schedule or run.",
        why: "The LR is still rising when training ends, and never gets to its peak.",
        example: "
from torch.optim import AdamW
from transformers import get_linear_schedule_with_warmup
optimizer = AdamW(model.parameters(), lr=1e-4)
scheduler = get_linear_schedule_with_warmup(optimizer, num_warmup_steps=4000, num_training_steps=3000)
",
        instead: "
from torch.optim import AdamW
from transformers import get_linear_schedule_with_warmup
optimizer = AdamW(model.parameters(), lr=1e-4)
scheduler = get_linear_schedule_with_warmup(optimizer, num_warmup_steps=300, num_training_steps=3000)
",
        fine: "Lengths that are not known are not compared. A range test raises the LR to its end on purpose; functions that \
               are named after it are left alone.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases { fail: &[], pass: &[] },
    check,
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    for (_, schedule) in schedules(plan) {
        if let (Some(warmup), Some(total)) =
            (schedule.argument("num_warmup_steps"), number(schedule, "num_training_steps"))
        {
            report(warmup, total, findings);
        }
    }
    if !plan.script.finders.is_empty() {
        return;
    }
    for stepped in run::stepped(plan) {
        let schedule = stepped.schedule;
        let rises = value_or(schedule, "start_factor", 1.0 / 3.0).zip(value_or(schedule, "end_factor", 1.0));
        if schedule.class == "LinearLR"
            && rises.is_some_and(|(start, end)| start < end)
            && let Some(warmup) = schedule.argument("total_iters")
            && !warmup.value.quantities().iter().any(|length| stepped.calls.same(length))
        {
            report(warmup, &stepped.calls, findings);
        }
    }
}

fn report(warmup: &Argument, total: &Quantity, findings: &mut Vec<Finding>) {
    let Some(length) = warmup.value.quantities().first() else { return };
    let Some(ratio) = length.ratio(total) else { return };
    if ratio < 1.0
        || length.value == Some(0.0)
        || findings.iter().any(|f| f.span == warmup.span && f.rule.code == RULE.code)
    {
        return;
    }
    findings.push(RULE.finding(
        warmup.span,
        format!("The warmup of `{}` is as long as the run or longer.", warmup.text),
        "The LR is still rising when training ends.",
        "Warm up for a few per cent of the run.",
    ));
}

//! Lengths that count something else than they should.

use super::RULE;
use crate::effect::rough;
use crate::finding::Finding;
use crate::plan::{Argument, Plan, ScheduleFacts, ScheduleId};
use crate::quantity::Quantity;
use crate::rules::run::{self, Stepped};

/// `len(train_dataset) * epochs`: the examples, of which a step takes a whole batch.
pub(super) fn counts_examples(length: &Quantity) -> bool {
    let is_dataset = |symbol: &String| {
        let inside = symbol.strip_prefix("len(").and_then(|rest| rest.strip_suffix(')')).unwrap_or_default();
        inside.to_ascii_lowercase().ends_with("dataset")
    };
    length.factors().is_some_and(|(symbols, _)| symbols.iter().any(is_dataset))
}

/// `len(train_loader) // batch_size * epochs`: the batches, divided by the size of one once more.
pub(super) fn divides_twice(length: &Quantity) -> bool {
    let is_divided = |symbol: &String| {
        let counted = symbol.strip_prefix("len(").and_then(|rest| rest.split_once(')'));
        counted.is_some_and(|(of, by)| {
            let (of, by) = (of.to_ascii_lowercase(), by.trim_start_matches([' ', '/']).to_ascii_lowercase());
            of.ends_with("loader") && by.ends_with("batch_size")
        })
    };
    length.factors().is_some_and(|(symbols, _)| symbols.iter().any(is_divided))
}

pub(super) fn of_divided(argument: &Argument, stepped: &Stepped<'_>) -> Finding {
    let (name, text) = (&argument.name, &argument.text);
    let mut finding = RULE.finding(
        argument.span,
        format!("`{name}={text}` divides the number of batches by the size of a batch."),
        "The length of a loader counts batches already: the schedule is through as many times too early as there are examples \
         in a batch.",
        format!("Count the batches: {name}=len(train_loader) * epochs."),
    );
    finding.related.push((stepped.site.span, "stepped here".to_owned()));
    finding
}

pub(super) fn of_examples(argument: &Argument, stepped: &Stepped<'_>) -> Finding {
    let (name, text) = (&argument.name, &argument.text);
    let mut finding = RULE.finding(
        argument.span,
        format!("`{name}={text}` counts the examples, but the scheduler is stepped once per batch."),
        "The schedule is as many times too long as there are examples in a batch: the LR hardly falls.",
        format!("Count the batches: {name}=len(train_loader) * epochs."),
    );
    finding.related.push((stepped.site.span, "stepped here".to_owned()));
    finding
}

/// A cosine shorter than a step: an `eta_min` in the place of `T_max`.
pub(super) fn no_length(plan: &Plan, id: ScheduleId, schedule: &ScheduleFacts, findings: &mut Vec<Finding>) {
    let argument = schedule.argument("T_max").filter(|_| schedule.class == "CosineAnnealingLR");
    let Some(argument) = argument else { return };
    // An option of 0 is one that is not used.
    let length = run::number(schedule, "T_max").filter(|length| length.is_literal()).and_then(|length| length.value);
    let Some(length) = length.filter(|length| *length < 1.0) else { return };
    if plan.is_part(id) || RULE.is_among(findings, argument.span) {
        return;
    }
    findings.push(RULE.finding(
        argument.span,
        format!("`T_max={}` is {}, less than a step.", argument.text, rough(length)),
        "The cosine goes up and down many times between two steps, and the LR jumps about.",
        "Make it as long as the run; the lowest LR is the next parameter, `eta_min`.",
    ));
}

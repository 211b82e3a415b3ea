//! Schedules that are stepped out of sight, by what goes there with them.

use super::{RULE, TOLERANCE};
use crate::effect::number;
use crate::finding::Finding;
use crate::plan::{Library, Plan, ScheduleId};
use crate::quantity::{Quantity, Unit};
use crate::rules::run;

/// A schedule that goes out of sight together with the number of epochs: longer than those, it is cut off where it is
/// stepped once in each. What is far longer may be counted in steps.
pub(super) fn handed_on(plan: &Plan, id: ScheduleId, epochs: &Quantity, findings: &mut Vec<Finding>) {
    const MOST: f64 = 20.0;
    let schedule = plan.schedule(id);
    let length = match schedule.class.as_str() {
        "CosineAnnealingLR" => "T_max",
        "PolynomialLR" => "total_iters",
        _ => return,
    };
    let (Some(argument), Some(length)) = (schedule.argument(length), run::number(schedule, length)) else { return };
    // No epochs at all are an option that is not used.
    let run = epochs.value.filter(|run| *run >= 1.0);
    let Some((total, run)) = length.value.zip(run) else { return };
    if length.unit.is_steps()
        || !(run * (1.0 + TOLERANCE)..=run * MOST).contains(&total)
        || plan.is_part(id)
        || RULE.is_among(findings, argument.span)
    {
        return;
    }
    let (name, text, run) = (&argument.name, &argument.text, number(run));
    findings.push(RULE.finding(
        argument.span,
        format!("`{name}={text}` is longer than the {run} epochs that go with it."),
        "Stepped once per epoch, the schedule is cut off: the LR hardly falls.",
        format!("Make it as long as the run: {name}={run}."),
    ));
}

/// A cosine as long as the batches of one epoch, stepped out of sight: once per epoch it takes as many epochs, once per
/// batch it is over after the first one and rises again.
pub(super) fn one_epoch_of_batches(plan: &Plan, id: ScheduleId, findings: &mut Vec<Finding>) {
    let schedule = plan.schedule(id);
    let is_cosine = schedule.class == "CosineAnnealingLR" && schedule.library == Library::Torch;
    let (Some(argument), Some(length)) = (schedule.argument("T_max"), run::number(schedule, "T_max")) else { return };
    if !is_cosine
        || length.unit != Unit::StepsPerEpoch
        || plan.is_part(id)
        || plan.script.stepped.contains(&id)
        || !plan.script.words.many_epochs
        || RULE.is_among(findings, argument.span)
    {
        return;
    }
    findings.push(RULE.finding(
        argument.span,
        format!("`T_max={}` counts the batches of one epoch.", argument.text),
        "Stepped once per epoch, the LR hardly falls; stepped after each batch, it falls and rises in each epoch.",
        "Make it as long as the run, in what the scheduler is stepped in: the epochs, or epochs times batches.",
    ));
}

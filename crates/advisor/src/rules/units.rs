//! What the two rules about units share: the lengths of a schedule and the unit they are in.

use crate::classes::class_named;
use crate::plan::{Argument, Plan, ScheduleFacts, ScheduleId};
use crate::quantity::{Quantity, Unit};

/// A length that a schedule is given: the argument, and whose.
pub(super) struct GivenLength<'p> {
    pub owner: &'p ScheduleFacts,
    pub argument: &'p Argument,
}

/// All lengths of a schedule and of its parts.
pub(super) fn lengths(plan: &Plan, id: ScheduleId) -> Vec<GivenLength<'_>> {
    let owner = plan.schedule(id);
    let mut found: Vec<_> = match class_named(&owner.class) {
        Some(class) => class
            .lengths
            .iter()
            .filter_map(|name| owner.argument(name))
            .map(|argument| GivenLength { owner, argument })
            .collect(),
        None => Vec::new(),
    };
    for part in &owner.parts {
        found.extend(lengths(plan, *part));
    }
    found
}

/// The length that decides how long the schedule is, where its unit is proved to be one of `units`, and all other
/// lengths agree or say nothing.
pub(super) fn length_in<'p>(
    plan: &'p Plan,
    id: ScheduleId,
    in_unit: &dyn Fn(&Quantity) -> bool,
) -> Option<GivenLength<'p>> {
    let mut proof = None;
    for length in lengths(plan, id) {
        for quantity in length.argument.value.quantities() {
            match quantity.unit {
                _ if in_unit(quantity) => {}
                Unit::Bare | Unit::Unknown => continue,
                _ => return None,
            }
            // The longest says most: T_max rather than the warmup.
            let is_longer = |proof: &GivenLength<'_>| last_value(proof.argument) < quantity.value;
            if proof.as_ref().is_none_or(is_longer) {
                proof = Some(GivenLength { owner: length.owner, argument: length.argument });
            }
        }
    }
    proof
}

/// A length of unknown unit that is called after epochs: `milestones=config['epoch_milestones']`.
pub(super) fn length_called_epochs(plan: &Plan, id: ScheduleId) -> Option<GivenLength<'_>> {
    let is_so = |length: &GivenLength<'_>| {
        let text = length.argument.text.to_ascii_lowercase();
        let is_path = text.chars().all(|char| char.is_alphanumeric() || "_.[]'\"".contains(char));
        let unknown = |quantity: &Quantity| matches!(quantity.unit, Unit::Bare | Unit::Unknown | Unit::Epochs);
        is_path
            && text.contains("epoch")
            && !["per_epoch", "step", "iter", "batch"].iter().any(|word| text.contains(word))
            && length.argument.value.quantities().iter().all(unknown)
    };
    lengths(plan, id).into_iter().find(is_so)
}

fn last_value(argument: &Argument) -> Option<f64> {
    argument.value.quantities().last().and_then(|quantity| quantity.value)
}

/// Steps per epoch, where the schedules or the loops of a plan tell.
pub(super) fn steps_per_epoch(plan: &Plan) -> Option<&Quantity> {
    plan.schedules
        .iter()
        .flat_map(|schedule| &schedule.arguments)
        .flat_map(|argument| argument.value.quantities())
        .find(|quantity| quantity.unit == Unit::StepsPerEpoch && quantity.value.is_some())
}

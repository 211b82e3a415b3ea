//! LRs that are set by hand, in a run that is resumed.

use super::RULE;
use crate::finding::Finding;
use crate::plan::{Action, Node, Plan, Turn, Word};
use crate::rules::written::{Place, places};
use crate::sites::contains_optimizer_step;
use crate::span::Span;

/// What a resumed run loses of the LRs that it sets without any scheduler, while its optimizer is a new one.
pub(super) fn lost_or_late(plan: &Plan, resumed: Span) -> Option<Finding> {
    let script = &plan.script;
    if !plan.schedules.is_empty() || !script.finders.is_empty() || script.steps_unknown {
        return None;
    }
    drop_of_lr(plan).map(|drop| lost(resumed, drop)).or_else(|| Some(late(resumed, set_behind_training(plan)?)))
}

/// Whether all LRs that are set by hand are set before the run begins, as the resume itself may do.
pub(super) fn only_before_loops(plan: &Plan) -> bool {
    let places = places(plan);
    places.len() == plan.script.lr_writes.len()
        && places.iter().all(|place| place.epochs.is_none() && place.batches.is_none())
}

/// Where a run lowers the LR that is in force, now and then, and sets none otherwise.
fn drop_of_lr(plan: &Plan) -> Option<Span> {
    let is_drop = |place: &Place<'_>| {
        let trains = match place.epochs {
            Some((epochs, _)) => contains_optimizer_step(&epochs.body),
            // Among steps that a checkpoint has the number of.
            None => place.batches.is_some() && plan.script.counts_on,
        };
        trains && place.set.value.contains(&Word::Lr)
    };
    let places = places(plan);
    places.first().filter(|_| places.iter().all(is_drop)).map(|place| place.span)
}

/// Drops that only an optimizer knows which nothing brings back.
fn lost(resumed: Span, drop: Span) -> Finding {
    let mut finding = RULE.finding(
        resumed,
        "The run is resumed, but the drops of the LR before it are lost.",
        "Each LR is computed from the one in force, and a new optimizer has that of the very start.",
        "Store optimizer.state_dict() in the checkpoint and load it.",
    );
    finding.related.push((drop, "the LR is lowered here".to_owned()));
    finding
}

/// Where a run sets the LR at the end of each epoch, and nowhere else.
fn set_behind_training(plan: &Plan) -> Option<Span> {
    fn first_set(node: &Node) -> Option<Span> {
        match &node.action {
            Action::SetLr(_) => Some(node.span),
            Action::Loop(inner) => inner.body.iter().find_map(first_set),
            Action::Branch(arms) => arms.iter().flat_map(|arm| &arm.body).find_map(first_set),
            _ => None,
        }
    }
    let (epochs, before): (Vec<&Node>, Vec<&Node>) = plan.run.iter().partition(|node| {
        matches!(&node.action, Action::Loop(inner) if inner.turn == Turn::Epoch && contains_optimizer_step(&inner.body))
    });
    let [Node { action: Action::Loop(epochs), .. }] = epochs[..] else { return None };
    let trains = epochs.body.iter().position(|node| contains_optimizer_step(std::slice::from_ref(node)))?;
    let (training, behind) = epochs.body.split_at(trains + 1);
    let is_set_first = before.into_iter().chain(training).any(|node| first_set(node).is_some());
    behind.iter().find_map(first_set).filter(|_| !is_set_first)
}

/// An LR that is set too late for the first epoch.
fn late(resumed: Span, set: Span) -> Finding {
    let mut finding = RULE.finding(
        resumed,
        "The first epoch of a resumed run trains with the LR of the very start.",
        "The LR is set at the end of each epoch, and a new optimizer has the one that it was built with.",
        "Set the LR before each epoch, or store optimizer.state_dict() in the checkpoint and load it.",
    );
    finding.related.push((set, "the LR is set here".to_owned()));
    finding
}

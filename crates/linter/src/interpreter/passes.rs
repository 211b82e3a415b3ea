//! Functions that nobody in sight calls, and what one call of them is.

use advisor::plan::{Action, Block, Guard, Node, Turn};
use advisor::sites::{contains_optimizer_step, updates_directly};

/// What one call of a function is, that is named so and does this: a function for one epoch is called once per epoch,
/// wherever that is. `None` where that cannot be told.
pub fn turn_of_call(name: &str, body: &Block) -> Option<Turn> {
    let lower = name.to_ascii_lowercase();
    if lower.contains("epoch") && !lower.contains("epochs") {
        return Some(Turn::Epoch);
    }
    one_pass(body)
}

/// Whether a scheduler is stepped anywhere in a block.
pub fn steps_any_scheduler(body: &Block) -> bool {
    body.iter().any(|node| any(node, &is_scheduler_step))
}

/// A function that trains over some data once and steps a scheduler that it has not made is called again and again:
/// nobody would make a schedule for one step.
fn one_pass(body: &Block) -> Option<Turn> {
    let steps_scheduler = body.iter().any(steps_scheduler);
    let makes = body.iter().any(|node| any(node, &|action| matches!(action, Action::BuildSchedule(_))));
    let mut loops = body.iter().filter_map(|node| match &node.action {
        Action::Loop(inner) if contains_optimizer_step(&inner.body) => Some(inner),
        _ => None,
    });
    let (Some(only), None) = (loops.next(), loops.next()) else { return None };
    let is_pass = updates_directly(&only.body) && !steps_any_scheduler(&only.body);
    (steps_scheduler && !makes && is_pass && only.turn != Turn::Epoch).then_some(match only.turn {
        Turn::Batch => Turn::Epoch,
        _ => Turn::Other,
    })
}

/// A step of a scheduler, behind nothing but options.
fn steps_scheduler(node: &Node) -> bool {
    match &node.action {
        Action::SchedulerStep(_) => true,
        Action::Branch(arms) => {
            arms.iter().any(|arm| arm.guard == Guard::Fixed && arm.body.iter().any(steps_scheduler))
        }
        _ => false,
    }
}

fn is_scheduler_step(action: &Action) -> bool {
    matches!(action, Action::SchedulerStep(_) | Action::UpdateSchedule(_))
}

/// Whether anything in a node is so.
fn any(node: &Node, is_so: &dyn Fn(&Action) -> bool) -> bool {
    is_so(&node.action)
        || match &node.action {
            Action::Loop(inner) => inner.body.iter().any(|node| any(node, is_so)),
            Action::Branch(arms) => arms.iter().flat_map(|arm| &arm.body).any(|node| any(node, is_so)),
            _ => false,
        }
}

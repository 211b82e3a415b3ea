//! What the rules about lengths share: how often a schedule is stepped in the whole run.

use crate::effect::number as number_text;
use crate::plan::{Action, ArgumentValue, Block, Data, Guard, Node, Plan, ScheduleFacts, ScheduleId, Turn};
use crate::quantity::{Quantity, Unit};
use crate::simulation::short_name;
use crate::sites::{Cadence, Frame, Site, sites};

/// A schedule and the only place where it is stepped.
pub(super) struct Stepped<'p> {
    pub id: ScheduleId,
    pub schedule: &'p ScheduleFacts,
    pub site: Site<'p>,
    /// How often in the whole run.
    pub calls: Quantity,
    /// At each optimizer step, rather than once per epoch.
    pub per_step: bool,
    /// It is held back in some epochs.
    pub held_back: bool,
}

/// The schedules that are stepped once for each turn in one place, at a rate that is known.
pub(super) fn stepped(plan: &Plan) -> Vec<Stepped<'_>> {
    let all = sites(plan);
    // In one place; the same run for each of a few things is built as often as it is stepped.
    let is_only = |id: ScheduleId| {
        let mut spans = all.iter().filter(|site| site.step.schedules.contains(&id)).map(|site| site.span);
        let Some(first) = spans.next() else { return false };
        let mut count = 1;
        spans.by_ref().take_while(|span| *span == first).for_each(|_| count += 1);
        spans.next().is_none() && (count == 1 || count <= builds(&plan.run, id))
    };
    let mut found: Vec<Stepped<'_>> = Vec::new();
    for site in &all {
        // Given the number of the turn, it goes on by one as well.
        let is_counted = site.step.first.as_ref().is_some_and(|first| first.data == Data::Counter);
        if site.step.or_unknown || !(site.step.arguments == Some(0) || site.step.arguments == Some(1) && is_counted) {
            continue;
        }
        // One that is built anew in the loop, as for each snapshot, is stepped for a part of the run.
        if site.step.schedules.iter().any(|id| is_renewed(site, *id)) {
            continue;
        }
        let (per_step, calls) = match site.cadence() {
            Cadence::PerEpoch(epochs, _) => (false, Some(epochs.turns.clone())),
            Cadence::PerStep(_) => (true, steps(site)),
            // Without batches, an epoch is a step.
            Cadence::Unknown => match site.epochs() {
                Some(epochs) if is_in_epoch(site) => (false, Some(epochs.clone())),
                _ => continue,
            },
        };
        let held_back =
            site.frames.iter().any(|frame| matches!(frame, Frame::Arm(arm) if arm.guard == Guard::Changing));
        for id in site.step.schedules.iter().copied().filter(|id| is_only(*id)) {
            if found.iter().any(|stepped| stepped.id == id) {
                continue;
            }
            found.push(Stepped {
                id,
                schedule: plan.schedule(id),
                site: site.clone(),
                calls: calls.clone().unwrap_or_default(),
                per_step,
                held_back,
            });
        }
    }
    found
}

/// Whether a schedule is built anew in each turn of the loop that steps it here.
pub(super) fn is_renewed(site: &Site<'_>, id: ScheduleId) -> bool {
    site.innermost_loop().is_some_and(|(inner, ..)| builds(&inner.body, id) > 0)
}

/// How often a schedule is built.
pub(super) fn builds(block: &Block, id: ScheduleId) -> usize {
    let in_node = |node: &Node| match &node.action {
        Action::Loop(inner) => builds(&inner.body, id),
        Action::Branch(arms) => arms.iter().map(|arm| builds(&arm.body, id)).sum(),
        Action::BuildSchedule(built) => usize::from(*built == id),
        _ => 0,
    };
    block.iter().map(in_node).sum()
}

/// Directly in a turn of an epoch loop, behind nothing that changes.
fn is_in_epoch(site: &Site<'_>) -> bool {
    for frame in site.frames.iter().rev() {
        match frame {
            Frame::Loop(inner, _) => return inner.turn == Turn::Epoch,
            Frame::Arm(arm) if arm.guard == Guard::Fixed => {}
            Frame::Arm(_) => return false,
        }
    }
    false
}

/// The number of optimizer steps in the run around a place.
fn steps(site: &Site<'_>) -> Option<Quantity> {
    let mut batches = None;
    let mut every = None;
    for frame in site.frames.iter().rev() {
        match frame {
            Frame::Arm(arm) => {
                if let (Guard::Every(count), None) = (&arm.guard, &batches) {
                    every = Some(count);
                }
            }
            Frame::Loop(inner, _) if batches.is_none() => batches = Some(&inner.turns),
            Frame::Loop(..) => {}
        }
    }
    let batches = batches?;
    let batches = every.map_or_else(|| batches.clone(), |every| batches.over(every));
    match (batches.unit, site.epochs()) {
        (Unit::Steps, None) => Some(batches),
        (_, Some(epochs)) => Some(epochs.times(&batches)),
        _ => None,
    }
}

/// Whether a schedule is told to go on where another one has ended; at -1 it begins.
pub(super) fn goes_on(schedule: &ScheduleFacts) -> bool {
    let begins = number(schedule, "last_epoch").is_some_and(|last| last.is_literal() && last.value == Some(-1.0));
    schedule.argument("last_epoch").is_some() && !begins
}

/// A number that a schedule is given.
pub(super) fn number<'p>(schedule: &'p ScheduleFacts, name: &str) -> Option<&'p Quantity> {
    match &schedule.argument(name)?.value {
        ArgumentValue::Number(quantity) => Some(quantity),
        _ => None,
    }
}

/// The value of a number that a schedule is given, or what the library takes without it.
pub(super) fn value_or(schedule: &ScheduleFacts, name: &str, default: f64) -> Option<f64> {
    match schedule.argument(name) {
        Some(_) => number(schedule, name)?.value,
        None => Some(default),
    }
}

/// The schedules of a plan, each once: parts of composed ones among them.
pub(super) fn schedules(plan: &Plan) -> impl Iterator<Item = (ScheduleId, &ScheduleFacts)> {
    plan.schedules.iter().enumerate().map(|(index, schedule)| (ScheduleId(index), schedule))
}

/// Where the numbers of a finding are from, where that is a default or a config: ` Here epochs is 100, the default.`
pub(super) fn where_from<'q>(quantities: impl IntoIterator<Item = &'q Quantity>) -> String {
    let mut all: Vec<String> = Vec::new();
    for quantity in quantities {
        quantity.evaluate(&mut |symbol| {
            let default = symbol.default?;
            let one = format!("{} is {}, {}", short_name(symbol), number_text(default), symbol.whence());
            if !all.contains(&one) {
                all.push(one);
            }
            Some(default)
        });
    }
    if all.is_empty() { String::new() } else { format!(" Here {}.", all.join("; ")) }
}

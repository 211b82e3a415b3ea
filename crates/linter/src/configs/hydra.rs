//! Hydra: a scheduler that is instantiated from `_target_`, usually beside the optimizer.

use advisor::Plan;
use advisor::plan::Driver;

use super::instance::{add_optimizer, add_schedule, instance};
use super::tree::{Map, Node};

/// The plan of a map that holds schedulers with a `_target_`.
pub fn plan(_: &Node, map: &Map, source: &str) -> Option<Plan> {
    let of = |node| instance(node).filter(|(instance, _)| instance.name.contains('.'));
    let schedulers: Vec<_> = map
        .entries
        .iter()
        .filter(|entry| entry.value.map().is_some_and(|inner| inner.has("_target_")))
        .filter_map(|entry| of(&entry.value))
        .filter(|(instance, _)| instance.is_schedule())
        .collect();
    let mut plan = Plan { driver: Driver::Unseen, ..Plan::default() };
    let mut optimizers = map.entries.iter().filter_map(|entry| of(&entry.value)).filter(|(one, _)| one.is_optimizer());
    // Which of several it drives is decided elsewhere.
    let optimizer = match (optimizers.next(), optimizers.next()) {
        (Some(only), None) => Some(add_optimizer(&mut plan, &only)),
        _ => None,
    };
    for scheduler in &schedulers {
        add_schedule(&mut plan, scheduler, optimizer, source, 0);
    }
    (!schedulers.is_empty()).then_some(plan)
}

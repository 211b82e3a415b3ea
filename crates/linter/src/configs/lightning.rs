//! Lightning's command line: `trainer`, `optimizer` and `lr_scheduler` in one YAML file.
//!
//! `LightningCLI` returns the scheduler from `configure_optimizers` as it is, so it is stepped once per epoch.

use advisor::Plan;
use advisor::classes::PLATEAU;
use advisor::plan::{Action, ArgumentValue, Driver, Node as Step, ScheduleFacts, SchedulerStep};
use advisor::quantity::{Quantity, Unit};

use super::instance::{add_optimizer, add_schedule, instance};
use super::tree::{Kind, Map, Node};
use crate::frameworks::lightning::run::Lengths;

/// The plan in such a file.
pub fn plan(_: &Node, map: &Map, source: &str) -> Option<Plan> {
    let scheduler = map.get("lr_scheduler")?;
    if !scheduler.map()?.has("class_path") {
        return None;
    }
    let scheduler = instance(scheduler).filter(|(instance, _)| instance.is_schedule())?;
    let mut plan = Plan { driver: Driver::Lightning, ..Plan::default() };
    let optimizer = map.get("optimizer").and_then(instance).map(|optimizer| add_optimizer(&mut plan, &optimizer));
    let id = add_schedule(&mut plan, &scheduler, optimizer, source, 0)?;
    if is_filled_in(plan.schedule(id)) {
        return None;
    }
    let (span, is_plateau) = (scheduler.1.span, plan.schedule(id).class == PLATEAU);
    let trainer = map.get("trainer").and_then(Node::map);
    let number = |name: &str| match &trainer?.get(name)?.kind {
        Kind::Number(number) => Some(Quantity::number(*number)),
        // Worked out elsewhere.
        Kind::Unknown => Some(Quantity::symbol(&format!("trainer.{name}"), Unit::Unknown, None)),
        _ => None,
    };
    let lengths = Lengths {
        epochs: number("max_epochs"),
        steps: number("max_steps"),
        accumulation: number("accumulate_grad_batches"),
    };
    let arguments = Some(usize::from(is_plateau));
    let step = SchedulerStep { schedules: vec![id], or_unknown: false, arguments, first: None, comes_first: false };
    let in_epoch = vec![Step { span, action: Action::SchedulerStep(step) }];
    plan.run = lengths.run(span, optimizer, Vec::new(), in_epoch);
    Some(plan)
}

/// Whether a length or a peak is 0, which torch would refuse: a program puts the number there, and says how often it steps.
fn is_filled_in(schedule: &ScheduleFacts) -> bool {
    schedule.arguments.iter().any(|argument| {
        matches!(argument.name.as_str(), "total_steps" | "T_max" | "max_lr")
            && matches!(&argument.value, ArgumentValue::Number(number) if number.value == Some(0.0))
    })
}

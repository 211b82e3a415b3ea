//! Lightning's command line: `trainer`, `optimizer` and `lr_scheduler` in one YAML file.
//!
//! `LightningCLI` returns the scheduler from `configure_optimizers` as it is, so it is stepped once per epoch.

use advisor::Plan;
use advisor::classes::PLATEAU;
use advisor::plan::{Action, Driver, Loop, Node as Step, OptimizerStep, SchedulerStep, Turn};
use advisor::quantity::{Quantity, Unit};

use super::instance::{add_optimizer, add_schedule, instance};
use super::tree::{Kind, Map, Node};

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
    let (span, is_plateau) = (scheduler.1.span, plan.schedule(id).class == PLATEAU);
    let trainer = map.get("trainer").and_then(Node::map);
    let epochs = match trainer.and_then(|trainer| trainer.get("max_epochs")).map(|node| &node.kind) {
        Some(Kind::Number(epochs)) if *epochs > 0.0 => Quantity::number(*epochs).with_unit(Unit::Epochs),
        _ => Quantity::symbol("trainer.max_epochs", Unit::Epochs, None),
    };
    let batches = Quantity::symbol("trainer.num_training_batches", Unit::StepsPerEpoch, None);
    let at = |action| Step { span, action };
    let update = at(Action::OptimizerStep(OptimizerStep { optimizer, in_sight: true }));
    let inner = at(Action::Loop(Loop { turn: Turn::Batch, turns: batches, body: vec![update] }));
    let arguments = Some(usize::from(is_plateau));
    let step = SchedulerStep { schedules: vec![id], or_unknown: false, arguments, first: None };
    let body = vec![inner, at(Action::SchedulerStep(step))];
    plan.run = vec![at(Action::Loop(Loop { turn: Turn::Epoch, turns: epochs, body }))];
    Some(plan)
}

//! The `scheduler` section of a DeepSpeed config, in JSON or as a dict in Python.

use advisor::Plan;
use advisor::plan::{Owner, Settings};

use super::tree::{Map, Node};

/// The schedules of `deepspeed.runtime.lr_schedules`.
const TYPES: [&str; 5] = ["LRRangeTest", "OneCycle", "WarmupLR", "WarmupDecayLR", "WarmupCosineLR"];

/// The LR of the optimizer beside the scheduler.
const OWN_LR: &str = "optimizer.lr";

/// The plan in a map with such a section.
pub fn plan(_: &Node, map: &Map, source: &str) -> Option<Plan> {
    let entry = map.entry("scheduler")?;
    let section = entry.value.map()?;
    let name = section.get("type")?.text().filter(|name| TYPES.contains(name))?;
    let parameters = section.get("params")?.map()?;
    let mut arguments = parameters.arguments(source);
    let optimizer = map.get("optimizer").and_then(Node::map).and_then(|optimizer| optimizer.get("params")?.map());
    arguments
        .extend(optimizer.and_then(|options| options.entry("lr")).map(|lr| lr.argument(source, OWN_LR.to_owned())));
    Some(Plan {
        settings: vec![Settings {
            owner: Owner::DeepSpeedScheduler,
            class: name.to_owned(),
            span: entry.span(),
            arguments,
            complete: parameters.complete,
            schedules: Vec::new(),
            given: Vec::new(),
        }],
        ..Plan::default()
    })
}

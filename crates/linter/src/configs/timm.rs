//! The options of timm's `train.py`, as it writes and reads them: `args.yaml`.

use advisor::Plan;
use advisor::plan::{Owner, Settings};

use super::tree::{Map, Node};

/// The plan in such a file.
pub fn plan(node: &Node, map: &Map, source: &str) -> Option<Plan> {
    let is_timm = map.has("sched")
        && map.has("epochs")
        // Sections of other projects have the rest.
        && (map.has("opt") || map.has("model"))
        && map.count(&["warmup_epochs", "warmup_lr", "min_lr", "decay_epochs", "cooldown_epochs", "opt"]) >= 2;
    is_timm.then(|| Plan {
        settings: vec![Settings {
            owner: Owner::TimmOptions,
            class: "timm".to_owned(),
            span: node.span,
            arguments: map.arguments(source),
            complete: map.complete,
            schedules: Vec::new(),
            given: Vec::new(),
        }],
        ..Plan::default()
    })
}

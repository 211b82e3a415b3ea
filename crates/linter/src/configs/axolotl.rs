//! axolotl: training arguments of transformers, some of them under other names.

use advisor::Plan;
use advisor::plan::{Owner, Settings};

use super::tree::{Map, Node};

/// The plan in a config of axolotl.
pub fn plan(node: &Node, map: &Map, source: &str) -> Option<Plan> {
    let is_axolotl = map.has("base_model")
        && map.count(&["micro_batch_size", "num_epochs", "lr_scheduler", "datasets", "sequence_len", "val_set_size"])
            >= 3;
    is_axolotl.then(|| Plan {
        settings: vec![Settings {
            owner: Owner::Axolotl,
            class: "axolotl".to_owned(),
            span: node.span,
            arguments: map.arguments(source),
            complete: map.complete,
            schedules: Vec::new(),
            given: Vec::new(),
        }],
        ..Plan::default()
    })
}

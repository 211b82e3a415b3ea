//! kohya's sd-scripts: the options of its training scripts, in sections that count for nothing.

use advisor::Plan;
use advisor::plan::{Owner, Settings};

use super::tree::{Map, Node};

/// Names that sd-scripts has for what others call something else.
const TELLING: [&str; 4] = ["lr_scheduler", "lr_warmup_steps", "max_train_steps", "max_train_epochs"];
/// Names that go with them.
const USUAL: [&str; 8] = [
    "pretrained_model_name_or_path",
    "network_module",
    "network_dim",
    "optimizer_type",
    "train_batch_size",
    "unet_lr",
    "learning_rate",
    "output_name",
];

/// The plan in such a config.
pub fn plan(node: &Node, map: &Map, source: &str) -> Option<Plan> {
    let sections = map.entries.iter().filter_map(|entry| entry.value.map());
    let all = Map {
        entries: map.entries.iter().chain(sections.flat_map(|section| &section.entries)).cloned().collect(),
        complete: map.complete,
    };
    if all.count(&TELLING) < 2 || all.count(&USUAL) < 2 {
        return None;
    }
    let mut arguments = all.arguments(source);
    // Those of a section are there without it.
    arguments.retain(|argument| !argument.name.contains('.'));
    Some(Plan {
        settings: vec![Settings {
            owner: Owner::SdScripts,
            class: "sd-scripts".to_owned(),
            span: node.span,
            arguments,
            complete: map.complete,
            schedules: Vec::new(),
            given: Vec::new(),
        }],
        ..Plan::default()
    })
}

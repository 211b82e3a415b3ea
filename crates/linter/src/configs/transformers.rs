//! The fields of `transformers.TrainingArguments`: configs of the Trainer's own scripts, TRL, LLaMA-Factory and many more.

use advisor::Plan;
use advisor::plan::{Owner, Settings};

use super::tree::{Map, Node};

/// Names that hardly anything else has.
const TELLING: [&str; 5] = [
    "per_device_train_batch_size",
    "gradient_accumulation_steps",
    "num_train_epochs",
    "lr_scheduler_type",
    "per_device_eval_batch_size",
];
/// Names that other configs may have, too.
const USUAL: [&str; 16] = [
    "learning_rate",
    "warmup_steps",
    "warmup_ratio",
    "weight_decay",
    "max_steps",
    "output_dir",
    "logging_steps",
    "save_steps",
    "save_strategy",
    "eval_strategy",
    "evaluation_strategy",
    "max_grad_norm",
    "bf16",
    "fp16",
    "report_to",
    "gradient_checkpointing",
];
/// So many of all of them there must be, a telling one among them.
const ENOUGH: usize = 4;

/// The plan in a map that holds training arguments.
pub fn plan(node: &Node, map: &Map, source: &str) -> Option<Plan> {
    let telling = map.count(&TELLING);
    if telling == 0 || telling + map.count(&USUAL) < ENOUGH {
        return None;
    }
    let settings = Settings {
        owner: Owner::TrainingArguments,
        class: "TrainingArguments".to_owned(),
        span: node.span,
        arguments: map.arguments(source),
        complete: map.complete,
        schedules: Vec::new(),
        given: Vec::new(),
    };
    Some(Plan { settings: vec![settings], ..Plan::default() })
}

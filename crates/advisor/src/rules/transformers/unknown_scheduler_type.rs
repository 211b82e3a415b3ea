//! A name that no schedule of transformers has.

use super::scheduler_arguments_do_not_fit::SCHEDULES;
use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{Owner, Plan};
use crate::rule::{Rule, of_source};
use crate::settings::TrainingArguments;

/// The rule.
pub static RULE: Rule = Rule {
    name: "unknown-scheduler-type",
    code: "LRS605",
    severity: Severity::Error,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "`lr_scheduler_type` is a name that transformers does not know.",
        why: "`TrainingArguments` raises `ValueError: ... is not a valid SchedulerType`. The names are those of \
              `transformers.SchedulerType`, not those of PyTorch's classes.",
        example: "
from transformers import TrainingArguments
args = TrainingArguments('out', learning_rate=1e-5, lr_scheduler_type='cosine_annealing', warmup_steps=100)
",
        instead: "
from transformers import TrainingArguments
args = TrainingArguments('out', learning_rate=1e-5, lr_scheduler_type='cosine', warmup_steps=100)
",
        fine: "A subclass of the file's own may know more names and is not checked. In a config file the finding is \
               *likely*: another tool may read the same keys.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &["# sft.yaml
model_name_or_path: Qwen/Qwen2-1.5B
per_device_train_batch_size: 2
num_train_epochs: 3
learning_rate: 1.0e-5
lr_scheduler_type: cosine_with_warmup
"],
        pass: &["# sft.yaml
model_name_or_path: Qwen/Qwen2-1.5B
per_device_train_batch_size: 2
num_train_epochs: 3
learning_rate: 1.0e-5
lr_scheduler_type: ${scheduler}
"],
    },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    // axolotl has names of its own, `rex` and `one_cycle`, and may get more.
    for arguments in TrainingArguments::all(plan).filter(|all| all.settings.owner == Owner::TrainingArguments) {
        let Some((argument, name)) = arguments.schedule() else { continue };
        if SCHEDULES.iter().any(|schedule| schedule.name == name) {
            continue;
        }
        let names: Vec<&str> = SCHEDULES.iter().map(|schedule| schedule.name).collect();
        let likeliest =
            names.iter().find(|known| name.to_ascii_lowercase().replace(['-', ' '], "_").starts_with(**known));
        findings.push(RULE.finding(
            argument.span,
            format!("transformers knows no schedule `{name}`."),
            "Training stops with a ValueError before it begins.",
            match likeliest {
                Some(known) => format!("Probably `{known}` is meant. The names are {}.", names.join(", ")),
                None => format!("The names are {}.", names.join(", ")),
            },
        ));
    }
}

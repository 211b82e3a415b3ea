//! A plateau schedule that is never told a metric.

use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{ArgumentValue, Owner, Plan};
use crate::rule::{Rule, of_source};
use crate::settings::TrainingArguments;

/// The rule.
pub static RULE: Rule = Rule {
    name: "plateau-without-evaluation",
    code: "LRS607",
    severity: Severity::Error,
    confidence: Confidence::Certain,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "`lr_scheduler_type` is `reduce_lr_on_plateau` and the run never evaluates.",
        why: "The schedule watches a metric of the evaluation. Without an `eval_strategy` there is none, and \
              `TrainingArguments` raises a `ValueError`.",
        example: "
from transformers import TrainingArguments
args = TrainingArguments('out', learning_rate=1e-4, lr_scheduler_type='reduce_lr_on_plateau')
",
        instead: "
from transformers import TrainingArguments
args = TrainingArguments(
    'out',
    learning_rate=1e-4,
    lr_scheduler_type='reduce_lr_on_plateau',
    eval_strategy='epoch',
    metric_for_best_model='eval_loss',
)
",
        fine: "Before transformers 4.41 the option was called `evaluation_strategy`; either name counts.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &["# sft.yaml
model_name_or_path: Qwen/Qwen2-1.5B
per_device_train_batch_size: 2
num_train_epochs: 3
eval_strategy: 'no'
lr_scheduler_type: reduce_lr_on_plateau
"],
        pass: &[
            "
from transformers import TrainingArguments
args = TrainingArguments('out', lr_scheduler_type='reduce_lr_on_plateau', evaluation_strategy='steps')
",
            "
from transformers import TrainingArguments
args = TrainingArguments('out', lr_scheduler_type='reduce_lr_on_plateau', **common)
",
        ],
    },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    for arguments in TrainingArguments::all(plan).filter(|all| all.settings.owner == Owner::TrainingArguments) {
        let Some((schedule, "reduce_lr_on_plateau" | "greedy")) = arguments.schedule() else { continue };
        let strategy = ["eval_strategy", "evaluation_strategy", "evaluate_during_training"]
            .iter()
            .find_map(|name| arguments.settings.argument(name));
        let never = match strategy {
            Some(strategy) => {
                matches!(&strategy.value, ArgumentValue::Text(text) if text == "no")
                    || matches!(strategy.value, ArgumentValue::Truth(false))
            }
            None => arguments.settings.complete,
        };
        if !never {
            continue;
        }
        let mut finding = RULE.finding(
            schedule.span,
            format!("`{}` watches a metric, and this run never evaluates.", schedule.text.trim_matches(['\'', '"'])),
            "transformers raises a ValueError: the schedule requires an eval strategy.",
            "Set `eval_strategy` to `steps` or `epoch`, and name the metric in `metric_for_best_model`.",
        );
        if let Some(strategy) = strategy {
            finding.related.push((strategy.span, "no evaluation".to_owned()));
        }
        findings.push(finding);
    }
}

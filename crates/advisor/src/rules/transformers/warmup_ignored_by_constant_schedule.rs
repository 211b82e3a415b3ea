//! A warmup given to a schedule that takes none.

use crate::effect::{number, rough};
use crate::finding::{Confidence, Finding, Severity};
use crate::plan::Plan;
use crate::rule::{Rule, of_source};
use crate::settings::{TrainingArguments, drawn};

/// The rule.
pub static RULE: Rule = Rule {
    name: "warmup-ignored-by-constant-schedule",
    code: "LRS604",
    severity: Severity::Warning,
    confidence: Confidence::Certain,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "`lr_scheduler_type` is `constant` and a warmup is given as well.",
        why: "`get_scheduler` builds `constant` without passing the warmup on: training starts at the full LR from the \
              first step, and nothing says so. The schedule with a warmup is called `constant_with_warmup`.",
        example: "
from transformers import TrainingArguments
args = TrainingArguments(
    output_dir='out',
    learning_rate=2e-4,
    lr_scheduler_type='constant',
    warmup_steps=100,
    max_steps=1000,
)
",
        instead: "
from transformers import TrainingArguments
args = TrainingArguments(
    output_dir='out',
    learning_rate=2e-4,
    lr_scheduler_type='constant_with_warmup',
    warmup_steps=100,
    max_steps=1000,
)
",
        fine: "A warmup of 0 is as good as none and not reported.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[
            "# qlora.yaml
base_model: huggyllama/llama-7b
datasets:
  - path: mhenrichsen/alpaca_2k_test
    type: alpaca
micro_batch_size: 1
num_epochs: 3
learning_rate: 0.0002
lr_scheduler: constant
warmup_ratio: 0.03
",
            "# train.json
{
  \"output_dir\": \"out\",
  \"per_device_train_batch_size\": 4,
  \"num_train_epochs\": 1,
  \"learning_rate\": 1e-5,
  \"lr_scheduler_type\": \"constant\",
  \"warmup_steps\": 500
}
",
            "
from transformers import SchedulerType, Seq2SeqTrainingArguments
kwargs = dict(lr_scheduler_type=SchedulerType.CONSTANT, warmup_steps=500)
args = Seq2SeqTrainingArguments('out', learning_rate=1e-4, **kwargs)
",
        ],
        pass: &[
            "# qlora.yaml
model_name_or_path: huggyllama/llama-7b
per_device_train_batch_size: 1
num_train_epochs: 3
learning_rate: 0.0002
lr_scheduler_type: constant
warmup_steps: 0
",
            "# sweep.yaml
method: grid
parameters:
  lr_scheduler_type:
    values: [constant, cosine]
  num_train_epochs: {value: 3}
  warmup_steps: {value: 100}
",
        ],
    },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    for arguments in TrainingArguments::all(plan) {
        let Some((schedule, "constant")) = arguments.schedule() else { continue };
        let Some((warmup, quantity)) = arguments.warmup() else { continue };
        let mut finding = RULE.finding(
            warmup.span,
            format!("`{}={}` has no effect: the `constant` schedule has no warmup.", warmup.name, warmup.text),
            "The LR is the full one from the first step on, and nothing warns of it.",
            "For a warmup, take `constant_with_warmup`; for none, leave the warmup out.",
        );
        if !quantity.is_literal() {
            finding.confidence = Confidence::Likely;
        }
        finding.related.push((schedule.span, "a schedule without a warmup".to_owned()));
        let (steps, assumed) = arguments.steps();
        let length = arguments.warmup_in(steps).unwrap_or_default();
        // What `get_constant_schedule_with_warmup` builds.
        let intended = format!("LambdaLR(lr_lambda=lambda step: min(1.0, step / {}))", number(length));
        let steps = steps.max(2.0 * length);
        finding.effect = drawn(
            ["LambdaLR(lr_lambda=lambda step: 1.0)", &intended],
            &arguments.lr(),
            steps,
            assumed,
            |written, intended| {
                Some(format!(
                    "The first step trains with an LR of {}; meant was {}, and {} only after {} steps.",
                    rough(*written.first()?),
                    rough(*intended.first()?),
                    rough(*written.first()?),
                    number(length),
                ))
            },
        );
        findings.push(finding);
    }
}

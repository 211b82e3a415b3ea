//! A warmup that the run does not outlast.

use crate::effect::{number, rough};
use crate::finding::{Confidence, Effect, Finding, Severity};
use crate::plan::{Argument, Owner, Plan, Settings};
use crate::quantity::Quantity;
use crate::rule::{Rule, of_source};
use crate::settings::{TrainingArguments, drawn};

/// The rule.
pub static RULE: Rule = Rule {
    name: "warmup-longer-than-run",
    code: "LRS602",
    severity: Severity::Warning,
    confidence: Confidence::Certain,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "The warmup of a configured run is as long as the run or longer.",
        why: "The LR climbs from the first step to the last and never gets to where it was meant to be: with 500 \
              steps of warmup in a run of 200, training ends at 40 % of the LR asked for, without any decay.",
        example: "
from transformers import TrainingArguments
args = TrainingArguments('out', learning_rate=1e-4, warmup_steps=500, max_steps=200)
",
        instead: "
from transformers import TrainingArguments
args = TrainingArguments('out', learning_rate=1e-4, warmup_steps=20, max_steps=200)
",
        fine: "A run whose length is only known as a number of epochs is not judged here. A length that an option of the \
               command line may change makes the finding *likely*.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[
            "# ds_config.json
{
  \"train_batch_size\": 32,
  \"optimizer\": {\"type\": \"AdamW\", \"params\": {\"lr\": 3e-5}},
  \"scheduler\": {
    \"type\": \"WarmupDecayLR\",
    \"params\": {\"warmup_min_lr\": 0, \"warmup_max_lr\": 3e-5, \"warmup_num_steps\": 1000, \"total_num_steps\": 1000}
  }
}
",
            "# args.yaml
model: resnet50
opt: sgd
lr: 0.1
sched: cosine
epochs: 5
warmup_epochs: 5
warmup_lr: 1.0e-05
",
            "# lora.yaml
pretrained_model_name_or_path: model.safetensors
network_module: networks.lora
learning_rate: 1.0e-04
lr_scheduler: cosine
lr_warmup_steps: 500
max_train_steps: 400
",
            "# smoke.yaml
base_model: HuggingFaceTB/SmolLM2-135M
datasets:
  - path: data
micro_batch_size: 1
num_epochs: 1
learning_rate: 0.0002
lr_scheduler: cosine
warmup_steps: 10
max_steps: 5
",
        ],
        pass: &[
            "# ds_config.json
{
  \"train_batch_size\": \"auto\",
  \"scheduler\": {
    \"type\": \"WarmupDecayLR\",
    \"params\": {\"warmup_min_lr\": \"auto\", \"warmup_max_lr\": \"auto\", \"warmup_num_steps\": \"auto\", \"total_num_steps\": \"auto\"}
  }
}
",
            "
from transformers import TrainingArguments
args = TrainingArguments('out', learning_rate=1e-4, warmup_steps=500, num_train_epochs=3, max_steps=-1)
",
        ],
    },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    for arguments in TrainingArguments::all(plan) {
        let Some((run, length)) = arguments.positive("max_steps") else { continue };
        let Some((warmup, quantity)) = arguments.warmup() else { continue };
        report(arguments.settings, Pair { warmup, quantity, run, length }, &arguments.lr(), findings);
    }
    for settings in &plan.settings {
        let (warmup, run, lr) = match settings.owner {
            Owner::DeepSpeedScheduler => ("warmup_num_steps", "total_num_steps", "warmup_max_lr"),
            Owner::TimmOptions => ("warmup_epochs", "epochs", "lr"),
            Owner::SdScripts => ("lr_warmup_steps", "max_train_steps", "learning_rate"),
            _ => continue,
        };
        let pair = settings
            .argument(warmup)
            .zip(settings.number(warmup))
            .zip(settings.argument(run).zip(settings.number(run)));
        let Some(((warmup, quantity), (run, length))) = pair else { continue };
        // timm computes the LR from another option where it is not given.
        let lr = settings.number(lr).cloned().unwrap_or_default();
        report(settings, Pair { warmup, quantity, run, length }, &lr, findings);
    }
}

struct Pair<'p> {
    warmup: &'p Argument,
    quantity: &'p Quantity,
    run: &'p Argument,
    length: &'p Quantity,
}

fn report(settings: &Settings, pair: Pair<'_>, lr: &Quantity, findings: &mut Vec<Finding>) {
    let (Some(warmup), Some(run)) = (pair.quantity.value, pair.length.value) else { return };
    let in_trainer = matches!(settings.owner, Owner::TrainingArguments | Owner::Axolotl | Owner::SdScripts);
    // Below 1 it is a fraction; and the same schedule that runs out to the step is of use only where it decays.
    let warmup = if in_trainer && warmup < 1.0 { return } else { warmup };
    let ends_within = warmup > run || warmup == run && settings.text("sched").is_none_or(|name| name != "plateau");
    if run <= 0.0 || !ends_within {
        return;
    }
    let mut finding = RULE.finding(
        pair.warmup.span,
        format!("The warmup is {} long, and the run {}.", number(warmup), number(run)),
        format!(
            "The LR climbs until the end: it gets to {} % of what was asked for.",
            rough(100.0 * (run / warmup).min(1.0))
        ),
        format!(
            "Shorten the warmup: 3 to 10 % of the run are usual, so {} to {} here.",
            number((0.03 * run).ceil()),
            number((0.1 * run).ceil())
        ),
    );
    if !(pair.quantity.is_literal() && pair.length.is_literal()) {
        finding.confidence = Confidence::Likely;
    }
    finding.related.push((pair.run.span, "the length of the run".to_owned()));
    finding.effect = effect(lr, warmup, run);
    findings.push(finding);
}

/// A linear warmup, cut off by the end of the run, against one of a tenth of the run and a linear decay.
fn effect(lr: &Quantity, warmup: f64, run: f64) -> Option<Effect> {
    let written = format!("LambdaLR(lr_lambda=lambda step: min(1.0, step / {}))", number(warmup));
    let short = (0.1 * run).ceil();
    let intended = format!(
        "LambdaLR(lr_lambda=lambda step: min(step / {}, ({} - step) / {}))",
        number(short),
        number(run),
        number((run - short).max(1.0)),
    );
    let assumed = vec!["a linear warmup; for comparison, one of a tenth of the run before a linear decay".to_owned()];
    drawn([&written, &intended], lr, run, assumed, |written, intended| {
        let highest = |lrs: &[f64]| lrs.iter().copied().fold(0.0, f64::max);
        Some(format!(
            "The highest LR of the run is {}, at its end; with a short warmup it is {}, at its start.",
            rough(highest(written)),
            rough(highest(intended))
        ))
    })
}

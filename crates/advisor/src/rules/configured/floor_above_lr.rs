//! A lowest LR that is above the LR itself.

use crate::effect::{number, rough};
use crate::finding::{Confidence, Effect, Finding, Severity};
use crate::plan::{Argument, Owner, Plan, Settings};
use crate::quantity::Quantity;
use crate::rule::{Rule, of_source};
use crate::settings::{TrainingArguments, drawn};

/// The rule.
pub static RULE: Rule = Rule {
    name: "configured-floor-above-lr",
    code: "LRS608",
    severity: Severity::Warning,
    confidence: Confidence::Certain,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "The lowest LR of a configured schedule is above the LR that it starts from.",
        why: "What is called a decay raises the LR: a cosine from 1e-5 with `min_lr=1e-4` ends at ten times its \
              start. `polynomial` refuses it with a ValueError. Often it is left over from a run with a higher LR.",
        example: "
from transformers import TrainingArguments
args = TrainingArguments(
    'out', learning_rate=1e-5, lr_scheduler_type='cosine_with_min_lr', lr_scheduler_kwargs={'min_lr': 1e-4}
)
",
        instead: "
from transformers import TrainingArguments
args = TrainingArguments(
    'out', learning_rate=1e-5, lr_scheduler_type='cosine_with_min_lr', lr_scheduler_kwargs={'min_lr': 1e-6}
)
",
        fine: "An LR that is not given, or that an option gives, is not judged.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[
            "# ds_config.json
{
  \"train_batch_size\": 32,
  \"zero_optimization\": {\"stage\": 2},
  \"scheduler\": {\"type\": \"WarmupLR\", \"params\": {\"warmup_min_lr\": 0.001, \"warmup_max_lr\": 0.0001}}
}
",
            "# args.yaml
model: vit_base_patch16_224
opt: adamw
lr: 1.0e-06
min_lr: 1.0e-05
sched: cosine
epochs: 100
warmup_epochs: 5
",
            "
optim_wrapper = dict(optimizer=dict(type='SGD', lr=0.001))
param_scheduler = dict(type='CosineAnnealingLR', eta_min=0.01, by_epoch=True)
train_cfg = dict(by_epoch=True, max_epochs=100)
",
            "# train.yaml
model_name_or_path: Qwen/Qwen2-1.5B
per_device_train_batch_size: 2
num_train_epochs: 3
learning_rate: 1.0e-8
lr_scheduler_type: polynomial
warmup_steps: 10
",
        ],
        pass: &[
            // What goes up is the weight decay.
            "
optim_wrapper = dict(optimizer=dict(type='AdamW', lr=0.001, weight_decay=0.04))
param_scheduler = [
    dict(type='CosineAnnealingLR', eta_min=1e-6, by_epoch=True),
    dict(type='CosineAnnealingWeightDecay', eta_min=0.2, by_epoch=True),
]
train_cfg = dict(by_epoch=True, max_epochs=100)
",
            "# args.yaml
model: vit_base_patch16_224
opt: adamw
lr: null
lr_base: 0.1
min_lr: 0.2
sched: cosine
epochs: 100
warmup_epochs: 5
",
        ],
    },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    for arguments in TrainingArguments::all(plan) {
        let lr = arguments.lr();
        let Some((schedule, name)) = arguments.schedule() else { continue };
        let floor = match name {
            "cosine_with_min_lr" | "cosine_warmup_with_min_lr" => "lr_scheduler_kwargs.min_lr",
            "polynomial" => "lr_scheduler_kwargs.lr_end",
            _ => continue,
        };
        let settings = arguments.settings;
        match (settings.argument(floor), settings.number(floor)) {
            (Some(argument), Some(floor)) => report(argument, floor, &lr, name, findings),
            // `lr_end` of `get_polynomial_decay_schedule_with_warmup`.
            (None, _)
                if name == "polynomial" && settings.complete && settings.argument("lr_scheduler_kwargs").is_none() =>
            {
                report(schedule, &Quantity::number(1e-7), &lr, name, findings);
            }
            _ => {}
        }
    }
    for settings in &plan.settings {
        let (floor, lr) = match settings.owner {
            Owner::DeepSpeedScheduler => ("warmup_min_lr", "warmup_max_lr"),
            Owner::TimmOptions if decays(settings) => ("min_lr", "lr"),
            Owner::MmengineScheduler if settings.class == "CosineAnnealingLR" => ("eta_min", "lr"),
            _ => continue,
        };
        // mmengine has the LR in another section.
        let elsewhere = || plan.settings_of(Owner::MmengineRun).find_map(|run| run.number(lr));
        let (Some(argument), Some(floor), Some(lr)) =
            (settings.argument(floor), settings.number(floor), settings.number(lr).or_else(elsewhere))
        else {
            continue;
        };
        report(argument, floor, lr, settings.text("sched").unwrap_or(&settings.class), findings);
    }
}

/// Whether timm's schedule of that name goes down to `min_lr`.
fn decays(settings: &Settings) -> bool {
    matches!(settings.text("sched"), Some("cosine" | "tanh" | "poly" | "polynomial"))
}

fn report(argument: &Argument, floor: &Quantity, lr: &Quantity, schedule: &str, findings: &mut Vec<Finding>) {
    let (Some(low), Some(high)) = (floor.value, lr.value) else { return };
    let refused = schedule == "polynomial" && low >= high;
    if !(low > high || refused) || high <= 0.0 || !floor.is_literal() || !lr.is_literal() {
        return;
    }
    let mut finding = RULE.finding(
        argument.span,
        format!("The lowest LR, {}, is not below the LR itself, {}.", number(low), number(high)),
        if refused {
            "transformers refuses it: `lr_end` must be smaller than the LR."
        } else {
            "The schedule raises the LR where it is meant to lower it."
        },
        format!("Give a floor below {}; a tenth of it, {}, is usual.", number(high), rough(high / 10.0)),
    );
    if refused {
        finding.severity = Severity::Error;
    } else {
        finding.effect = effect(low, high, schedule);
    }
    findings.push(finding);
}

fn effect(low: f64, high: f64, schedule: &str) -> Option<Effect> {
    /// Steps, as an example: the ends do not depend on it.
    const STEPS: f64 = 100.0;
    // A warmup that comes down from above is told in words alone.
    if schedule.starts_with("Warmup") {
        return None;
    }
    let text = |floor: f64| format!("CosineAnnealingLR(T_max={STEPS}, eta_min={})", number(floor));
    let assumed = vec![format!("{STEPS} steps, as an example")];
    drawn([&text(low), &text(high / 10.0)], &Quantity::number(high), STEPS, assumed, |written, intended| {
        Some(format!(
            "The LR goes from {} to {}; with a floor below it, it goes to {}.",
            rough(*written.first()?),
            rough(*written.last()?),
            rough(*intended.last()?)
        ))
    })
}

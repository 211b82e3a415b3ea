//! Two warmups of which only one counts.

use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{Owner, Plan};
use crate::rule::{Rule, of_source};
use crate::settings::TrainingArguments;

/// The rule.
pub static RULE: Rule = Rule {
    name: "warmup-given-twice",
    code: "LRS603",
    severity: Severity::Warning,
    confidence: Confidence::Certain,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "Both `warmup_steps` and `warmup_ratio` are given.",
        why: "transformers takes the steps and drops the ratio, with no more than a message at the level `info`; \
              axolotl stops with an error. Whoever changes the ratio later sees nothing change.",
        example: "
from transformers import TrainingArguments
args = TrainingArguments('out', lr_scheduler_type='cosine', warmup_steps=500, warmup_ratio=0.1)
",
        instead: "
from transformers import TrainingArguments
args = TrainingArguments('out', lr_scheduler_type='cosine', warmup_steps=500)
",
        fine: "One of them being 0 leaves no doubt and is not reported.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &["# sft.yaml
model_name_or_path: Qwen/Qwen2-1.5B
per_device_train_batch_size: 2
gradient_accumulation_steps: 8
learning_rate: 1.0e-5
lr_scheduler_type: cosine
warmup_ratio: 0.1
warmup_steps: 20
"],
        pass: &["# sft.yaml
model_name_or_path: Qwen/Qwen2-1.5B
per_device_train_batch_size: 2
gradient_accumulation_steps: 8
learning_rate: 1.0e-5
lr_scheduler_type: cosine
warmup_ratio: 0.1
warmup_steps: 0
"],
    },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    for arguments in TrainingArguments::all(plan) {
        let Some((steps, number)) = arguments.positive("warmup_steps") else { continue };
        let Some((ratio, fraction)) = arguments.positive("warmup_ratio") else { continue };
        if !number.is_literal() || !fraction.is_literal() {
            continue;
        }
        let axolotl = arguments.settings.owner == Owner::Axolotl;
        let mut finding = RULE.finding(
            ratio.span,
            if axolotl {
                "axolotl refuses both `warmup_steps` and `warmup_ratio`.".to_owned()
            } else {
                format!("`warmup_ratio={}` has no effect: `warmup_steps={}` wins.", ratio.text, steps.text)
            },
            "Only one of them says how long the warmup is; this one never does.",
            "Keep the one that is meant and delete the other.",
        );
        if axolotl {
            finding.severity = Severity::Error;
        }
        finding.related.push((steps.span, "this one counts".to_owned()));
        findings.push(finding);
    }
}

//! A plateau callback that takes better for worse.

use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{Owner, Plan};
use crate::rule::{Rule, of_source};

/// The rule.
pub static RULE: Rule = Rule {
    name: "keras-plateau-wrong-mode",
    code: "LRS716",
    severity: Severity::Warning,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "A `ReduceLROnPlateau` watches an accuracy with `mode='min'`, or a loss with `mode='max'`.",
        why: "Every improvement counts as none, so the LR is cut every `patience` epochs while training goes well.",
        example: "
import keras
reduce_lr = keras.callbacks.ReduceLROnPlateau(monitor='val_accuracy', mode='min', patience=5)
",
        instead: "
import keras
reduce_lr = keras.callbacks.ReduceLROnPlateau(monitor='val_accuracy', mode='max', patience=5)
",
        fine: "Names that tell neither a loss nor an accuracy are not judged. `mode='auto'` gets both right.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[],
        pass: &["
import keras
reduce_lr = keras.callbacks.ReduceLROnPlateau(monitor='val_dice_loss', mode='min')
"],
    },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    for callback in plan.settings_of(Owner::KerasCallback).filter(|callback| callback.class == "ReduceLROnPlateau") {
        let (Some(monitor), Some(mode)) = (callback.text("monitor").or(Some("val_loss")), callback.argument("mode"))
        else {
            continue;
        };
        if callback.argument("monitor").is_some() && callback.text("monitor").is_none() {
            continue;
        }
        let right = match monitor.trim_start_matches("val_") {
            "acc" | "accuracy" | "categorical_accuracy" | "binary_accuracy" | "sparse_categorical_accuracy" | "auc" => {
                "max"
            }
            "loss" | "mse" | "mae" | "mean_squared_error" | "mean_absolute_error" => "min",
            _ => continue,
        };
        let wrong = if right == "max" { "min" } else { "max" };
        if callback.text("mode") != Some(wrong) {
            continue;
        }
        findings.push(RULE.finding(
            mode.span,
            format!(
                "`{monitor}` is better the {} it is, and this waits for the opposite.",
                if right == "max" { "higher" } else { "lower" }
            ),
            "Improvement counts as a plateau: the LR is cut every few epochs although training goes well.",
            format!("Write mode='{right}', or leave it out."),
        ));
    }
}

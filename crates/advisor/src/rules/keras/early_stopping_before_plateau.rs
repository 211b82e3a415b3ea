//! A run that stops before its LR is ever reduced.

use crate::effect::number;
use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{Owner, Plan, Settings};
use crate::rule::{Rule, of_source};

/// The rule.
pub static RULE: Rule = Rule {
    name: "keras-early-stopping-before-plateau",
    code: "LRS715",
    severity: Severity::Warning,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "`EarlyStopping` and `ReduceLROnPlateau` watch the same metric, and the first is not more patient than the \
               second.",
        why: "Both count the epochs without improvement. With a patience of 5 for stopping and 10 for reducing, training \
              stops at the fifth, and the LR has never been reduced: the smaller LR that might have helped is not tried.",
        example: "
import keras
callbacks = [
    keras.callbacks.EarlyStopping(monitor='val_loss', patience=5),
    keras.callbacks.ReduceLROnPlateau(monitor='val_loss', factor=0.1, patience=10),
]
model.fit(x, y, validation_split=0.1, epochs=100, callbacks=callbacks)
",
        instead: "
import keras
callbacks = [
    keras.callbacks.EarlyStopping(monitor='val_loss', patience=15),
    keras.callbacks.ReduceLROnPlateau(monitor='val_loss', factor=0.1, patience=5),
]
model.fit(x, y, validation_split=0.1, epochs=100, callbacks=callbacks)
",
        fine: "They differ in what they call an improvement (`min_delta` is 0 for stopping and 1e-4 for reducing by \
               default), so a metric that creeps may still have its LR reduced first; hence *likely*. With different \
               metrics nothing is reported.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[],
        pass: &["
import keras
callbacks = [
    keras.callbacks.EarlyStopping(monitor='val_accuracy', patience=5),
    keras.callbacks.ReduceLROnPlateau(monitor='val_loss', factor=0.1, patience=10),
]
model.fit(x, y, validation_split=0.1, epochs=100, callbacks=callbacks)
"],
    },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    for fit in plan.settings_of(Owner::KerasFit) {
        let callbacks: Vec<&Settings> = plan.given_to(fit, Owner::KerasCallback).collect();
        let of = |class: &str| callbacks.iter().find(|callback| callback.class == class && callback.complete).copied();
        let (Some(stopping), Some(reducing)) = (of("EarlyStopping"), of("ReduceLROnPlateau")) else { continue };
        if monitor(stopping).is_none() || monitor(stopping) != monitor(reducing) {
            continue;
        }
        // What Keras 3.15 takes where none is given.
        let (Some(stop), Some(reduce)) = (patience(stopping, 0.0), patience(reducing, 10.0)) else { continue };
        if stop > reduce || reducing.argument("min_delta").is_some() {
            continue;
        }
        let place = reducing.argument("patience").map_or(reducing.span, |argument| argument.span);
        if RULE.is_among(findings, place) {
            continue;
        }
        let mut finding = RULE.finding(
            place,
            format!(
                "Training stops after {} epochs without improvement, and the LR would be reduced after {}.",
                number(stop),
                number(reduce)
            ),
            "Both watch the same metric, so the run ends before a smaller LR is tried.",
            "Make stopping more patient than reducing, by two or three times.",
        );
        finding.related.push((stopping.span, "this comes first".to_owned()));
        findings.push(finding);
    }
}

fn monitor(callback: &Settings) -> Option<&str> {
    match callback.argument("monitor") {
        Some(_) => callback.text("monitor"),
        None => Some("val_loss"),
    }
}

fn patience(callback: &Settings, default: f64) -> Option<f64> {
    match callback.argument("patience") {
        Some(_) => callback.number("patience").filter(|number| number.is_literal())?.value,
        None => Some(default),
    }
}

//! A plateau callback that can never reduce the LR.

use crate::effect::number;
use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{Argument, Owner, Plan, Settings};
use crate::rule::{Rule, of_source};

/// The rule.
pub static RULE: Rule = Rule {
    name: "keras-plateau-cannot-act",
    code: "LRS714",
    severity: Severity::Warning,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "A `ReduceLROnPlateau` watches a metric of validation in a `fit` without validation, waits for as many \
               epochs as there are, or has a factor that reduces nothing.",
        why: "Without the metric Keras warns at every epoch and leaves the LR alone. With a patience of at least the \
              number of epochs the callback runs out of epochs before it runs out of patience. A factor of 1 or more \
              is refused with a ValueError.",
        example: "
import keras
model.compile(optimizer='adam', loss='mse')
reduce_lr = keras.callbacks.ReduceLROnPlateau(monitor='val_loss', factor=0.2, patience=5)
model.fit(x, y, epochs=100, callbacks=[reduce_lr])
",
        instead: "
import keras
model.compile(optimizer='adam', loss='mse')
reduce_lr = keras.callbacks.ReduceLROnPlateau(monitor='val_loss', factor=0.2, patience=5)
model.fit(x, y, validation_split=0.1, epochs=100, callbacks=[reduce_lr])
",
        fine: "A `fit` with arguments out of sight (`**options`) may have validation data and is not reported.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[
            "
from tensorflow.keras.callbacks import ReduceLROnPlateau
model.fit(train, validation_data=val, epochs=10, callbacks=[ReduceLROnPlateau(patience=10)])
",
            "
from keras.callbacks import ReduceLROnPlateau
reduce_lr = ReduceLROnPlateau(monitor='loss', factor=1.0, patience=3)
",
        ],
        pass: &[
            "
import keras
reduce_lr = keras.callbacks.ReduceLROnPlateau(monitor='loss', patience=5)
model.fit(x, y, epochs=100, callbacks=[reduce_lr])
",
            "
import keras
reduce_lr = keras.callbacks.ReduceLROnPlateau(patience=5)
model.fit(x, y, epochs=100, callbacks=[reduce_lr], **options)
",
            // What a generator yields, in Keras 2.
            "
from keras.callbacks import ReduceLROnPlateau
def batches():
    while True:
        yield next(source)
model.compile(loss='mse', optimizer='adam')
model.fit_generator(batches(), steps_per_epoch=50, epochs=100, callbacks=[ReduceLROnPlateau(patience=5)], validation_data=batches())
",
            // The validation data by position.
            "
import keras
reduce_lr = keras.callbacks.ReduceLROnPlateau(patience=5)
model.fit(x, y, 32, 100, 1, [reduce_lr], 0.0, (x_val, y_val), epochs=100)
",
        ],
    },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    for callback in plateaus(plan.settings_of(Owner::KerasCallback)) {
        if let (Some(argument), Some(factor)) = (callback.argument("factor"), callback.number("factor"))
            && factor.is_literal()
            && factor.value.is_some_and(|factor| factor >= 1.0)
        {
            let mut finding = RULE.finding(
                argument.span,
                format!("A factor of {} does not reduce the LR.", argument.text),
                "Keras raises a ValueError: it does not support a factor >= 1.0.",
                "Give the part of the LR that is left: 0.5 halves it, 0.1 leaves a tenth.",
            );
            (finding.severity, finding.confidence) = (Severity::Error, Confidence::Certain);
            findings.push(finding);
        }
    }
    for fit in plan.settings_of(Owner::KerasFit).filter(|fit| fit.complete) {
        for callback in plateaus(plan.given_to(fit, Owner::KerasCallback)).filter(|callback| callback.complete) {
            findings.extend(without_metric(fit, callback));
            findings.extend(too_patient(fit, callback));
        }
    }
}

fn plateaus<'p>(callbacks: impl Iterator<Item = &'p Settings>) -> impl Iterator<Item = &'p Settings> {
    callbacks.filter(|callback| callback.class == "ReduceLROnPlateau")
}

/// The metric that it watches: `val_loss` unless told otherwise.
fn without_metric(fit: &Settings, callback: &Settings) -> Option<Finding> {
    let monitor = match callback.argument("monitor") {
        Some(_) => callback.text("monitor")?,
        None => "val_loss",
    };
    let validates = fit.argument("validation_data").or_else(|| fit.argument("validation_split")).is_some();
    if !monitor.starts_with("val_") || validates {
        return None;
    }
    let mut finding = RULE.finding(
        callback.span,
        format!("There is no `{monitor}` to watch: `fit` is given no validation data."),
        "Keras warns that the metric is not available, and never reduces the LR.",
        "Give `fit` a `validation_data` or `validation_split`, or watch `loss`.",
    );
    finding.related.push((fit.span, "no validation here".to_owned()));
    Some(finding)
}

fn too_patient(fit: &Settings, callback: &Settings) -> Option<Finding> {
    /// `ReduceLROnPlateau.patience`, Keras 3.15.
    const DEFAULT: f64 = 10.0;
    let literal = |settings: &Settings, name| settings.number(name).filter(|number| number.is_literal())?.value;
    let given: Option<&Argument> = callback.argument("patience");
    let patience = if given.is_some() { literal(callback, "patience")? } else { DEFAULT };
    let epochs = literal(fit, "epochs")?;
    // The first epoch always improves on nothing.
    if patience < epochs || fit.argument("initial_epoch").is_some() {
        return None;
    }
    let mut finding = RULE.finding(
        given.map_or(callback.span, |argument| argument.span),
        format!("A patience of {} epochs is never exhausted in {}.", number(patience), number(epochs)),
        "The callback reduces the LR after so many epochs without improvement, and the run is over before that.",
        "Shorten the patience: a tenth of the epochs or less is usual.",
    );
    finding.related.push((fit.argument("epochs")?.span, "the epochs".to_owned()));
    Some(finding)
}

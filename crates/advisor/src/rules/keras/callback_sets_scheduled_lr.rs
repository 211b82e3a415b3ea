//! A callback that sets the LR of an optimizer which has a schedule.

use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{Owner, Plan};
use crate::rule::{Rule, of_source};

/// The rule.
pub static RULE: Rule = Rule {
    name: "keras-callback-sets-scheduled-lr",
    code: "LRS712",
    severity: Severity::Error,
    confidence: Confidence::Certain,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "A model whose optimizer has a learning-rate schedule is trained with the callback \
               `LearningRateScheduler` or `ReduceLROnPlateau`.",
        why: "The callback sets the LR, and an optimizer with a schedule lets nobody set it: Keras raises `TypeError: This \
              optimizer was created with a LearningRateSchedule object ..., hence its learning rate is not \
              settable`. With `ReduceLROnPlateau` that happens only when the metric first stalls, hours into the run.",
        example: "
import keras
schedule = keras.optimizers.schedules.ExponentialDecay(1e-2, decay_steps=10000, decay_rate=0.9)
model.compile(optimizer=keras.optimizers.Adam(learning_rate=schedule), loss='mse')
reduce_lr = keras.callbacks.ReduceLROnPlateau(monitor='val_loss', factor=0.2, patience=5)
model.fit(x, y, validation_data=(x_val, y_val), epochs=100, callbacks=[reduce_lr])
",
        instead: "
import keras
model.compile(optimizer=keras.optimizers.Adam(learning_rate=1e-2), loss='mse')
reduce_lr = keras.callbacks.ReduceLROnPlateau(monitor='val_loss', factor=0.2, patience=5)
model.fit(x, y, validation_data=(x_val, y_val), epochs=100, callbacks=[reduce_lr])
",
        fine: "The optimizer must be seen to be that of the model that `fit` is called on, by the same name.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &["
import tensorflow as tf
from tensorflow.keras.callbacks import EarlyStopping, LearningRateScheduler
schedule = tf.keras.optimizers.schedules.CosineDecay(1e-3, 20000)
opt = tf.keras.optimizers.SGD(schedule)
model = make_model()
model.compile(opt, 'mse')
callbacks = [EarlyStopping(patience=20)]
callbacks.append(LearningRateScheduler(lambda epoch: 1e-3 * 0.9 ** epoch))
model.fit(train, epochs=100, callbacks=callbacks, validation_data=val)
"],
        pass: &["
import keras
schedule = keras.optimizers.schedules.ExponentialDecay(1e-2, decay_steps=10000, decay_rate=0.9)
teacher = make_teacher()
teacher.compile(optimizer=keras.optimizers.Adam(learning_rate=schedule), loss='mse')
teacher.fit(x, y, epochs=10)
student = make_student()
student.compile(optimizer=keras.optimizers.Adam(learning_rate=1e-3), loss='mse')
reduce_lr = keras.callbacks.ReduceLROnPlateau(monitor='loss', factor=0.2, patience=5)
student.fit(x, y, epochs=100, callbacks=[reduce_lr])
"],
    },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    for fit in plan.settings_of(Owner::KerasFit) {
        // A model that is compiled twice has the optimizer of the last time, which may not be known.
        let compiled: Vec<_> = plan.settings_of(Owner::KerasCompile).filter(|one| one.class == fit.class).collect();
        let [compile] = compiled[..] else { continue };
        let Some(optimizer) = plan.given_to(compile, Owner::KerasOptimizer).next() else { continue };
        let Some(schedule) = plan.given_to(optimizer, Owner::KerasSchedule).next() else { continue };
        for callback in plan.given_to(fit, Owner::KerasCallback) {
            if !matches!(callback.class.as_str(), "LearningRateScheduler" | "ReduceLROnPlateau") {
                continue;
            }
            let mut finding = RULE.finding(
                callback.span,
                format!("{} cannot set the LR: the optimizer follows {}.", callback.class, schedule.class),
                if callback.class == "ReduceLROnPlateau" {
                    "Keras raises a TypeError as soon as the metric stalls and the callback wants to act."
                } else {
                    "Keras raises a TypeError at the first epoch."
                },
                "Keep one of them: give the optimizer a plain number, or leave out the callback.",
            );
            finding.related.push((schedule.span, "the schedule of the optimizer".to_owned()));
            findings.push(finding);
        }
    }
}

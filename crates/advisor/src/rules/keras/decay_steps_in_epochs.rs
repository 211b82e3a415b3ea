//! A schedule of Keras whose length is a number of epochs.

use crate::effect::{Length, number, rough};
use crate::finding::{Confidence, Effect, Finding, Severity};
use crate::plan::{Argument, Owner, Plan, Settings};
use crate::quantity::{Quantity, Unit};
use crate::rule::{Rule, of_source};
use crate::settings::drawn;

/// The rule.
pub static RULE: Rule = Rule {
    name: "keras-decay-steps-in-epochs",
    code: "LRS711",
    severity: Severity::Warning,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "A learning-rate schedule given to a Keras optimizer has a length in epochs.",
        why: "The optimizer asks the schedule at every step, with its own count of steps: batches, not epochs. With \
              `decay_steps=50` meant as 50 epochs, a cosine has come to its end after 50 batches, within the \
              first epoch, and the rest of the training runs at the lowest LR, often 0.",
        example: "
import keras
EPOCHS = 50
schedule = keras.optimizers.schedules.CosineDecay(initial_learning_rate=1e-3, decay_steps=EPOCHS)
model.compile(optimizer=keras.optimizers.Adam(learning_rate=schedule), loss='mse')
model.fit(x_train, y_train, epochs=EPOCHS)
",
        instead: "
import keras
EPOCHS = 50
steps_per_epoch = len(train_loader)
schedule = keras.optimizers.schedules.CosineDecay(initial_learning_rate=1e-3, decay_steps=EPOCHS * steps_per_epoch)
model.compile(optimizer=keras.optimizers.Adam(learning_rate=schedule), loss='mse')
model.fit(train_loader, epochs=EPOCHS)
",
        fine: "A schedule that is called with the epoch, by a `LearningRateScheduler`, counts epochs and is not reported; \
               nor is a bare number, unless it is the number of epochs given to `fit`.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[
            "
import tensorflow as tf
from tensorflow.keras.optimizers import SGD
lr = tf.keras.optimizers.schedules.PolynomialDecay(0.1, 40, 0.001)
opt = SGD(lr, momentum=0.9)
model = build()
model.compile(loss='mse', optimizer=opt)
model.fit(train_ds, validation_data=val_ds, epochs=40)
",
            "
import tensorflow as tf
def train(num_epochs, warmup_epochs):
    schedule = tf.keras.optimizers.schedules.CosineDecay(0.0, num_epochs, warmup_target=1e-3, warmup_steps=warmup_epochs)
    optimizer = tf.keras.optimizers.Adam(learning_rate=schedule)
    return optimizer
",
        ],
        pass: &[
            "
import keras
schedule = keras.optimizers.schedules.ExponentialDecay(1e-2, decay_steps=10000, decay_rate=0.9)
optimizer = keras.optimizers.SGD(learning_rate=schedule)
model.compile(optimizer=optimizer, loss='mse')
model.fit(x, y, epochs=10)
",
            // Asked once per epoch.
            "
import keras
EPOCHS = 50
schedule = keras.optimizers.schedules.CosineDecay(1e-3, EPOCHS)
callback = keras.callbacks.LearningRateScheduler(lambda epoch, lr: float(schedule(epoch)))
model.compile(optimizer='adam', loss='mse')
model.fit(x, y, epochs=EPOCHS, callbacks=[callback])
",
        ],
    },
    check: of_source(check),
};

const LENGTHS: [&str; 3] = ["decay_steps", "first_decay_steps", "boundaries"];

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    for optimizer in plan.settings_of(Owner::KerasOptimizer) {
        for schedule in plan.given_to(optimizer, Owner::KerasSchedule) {
            let Some((argument, quantity)) = length_in_epochs(plan, schedule) else { continue };
            if RULE.is_among(findings, argument.span) {
                continue;
            }
            let mut finding = RULE.finding(
                argument.span,
                format!(
                    "`{}={}` is a number of epochs, and the optimizer counts batches.",
                    argument.name, argument.text
                ),
                format!(
                    "{} is through after that many batches, and the LR stays at its end for the rest of the training.",
                    schedule.class
                ),
                format!("Count batches: `{}={} * steps_per_epoch`.", argument.name, argument.text),
            );
            finding.related.push((optimizer.span, "this optimizer asks it at every step".to_owned()));
            finding.effect = effect(schedule, argument, quantity);
            findings.push(finding);
        }
    }
}

/// The length, where its unit is epochs or it is the very number of epochs that `fit` is given.
fn length_in_epochs<'p>(plan: &Plan, schedule: &'p Settings) -> Option<(&'p Argument, &'p Quantity)> {
    /// Small numbers are equal by chance.
    const TOO_COMMON: f64 = 3.0;
    let trained = plan.settings_of(Owner::KerasFit).filter_map(|fit| fit.number("epochs")?.value);
    let trained: Vec<f64> = trained.collect();
    let argument = LENGTHS.iter().find_map(|name| schedule.argument(name))?;
    let quantities = argument.value.quantities();
    let last = quantities.last()?;
    let same = |value: f64| value > TOO_COMMON && trained.contains(&value);
    let equal = quantities.len() == 1 && last.unit == Unit::Bare && last.value.is_some_and(same);
    (last.unit == Unit::Epochs || equal).then_some((argument, last))
}

fn effect(schedule: &Settings, argument: &Argument, quantity: &Quantity) -> Option<Effect> {
    let epochs = quantity.clone().with_unit(Unit::Epochs);
    let length = Length::of(Some(&epochs), None);
    let start = schedule.number("initial_learning_rate")?;
    let shape = |steps: f64| {
        let steps = number(steps);
        Some(match schedule.class.as_str() {
            "CosineDecay" if schedule.argument("warmup_steps").is_none() && schedule.argument("alpha").is_none() => {
                format!("LambdaLR(lr_lambda=lambda step: 0.5 * (1 + math.cos(math.pi * min(step, {steps}) / {steps})))")
            }
            "ExponentialDecay" if argument.name == "decay_steps" => {
                let rate = schedule.number("decay_rate")?.value?;
                format!("LambdaLR(lr_lambda=lambda step: {} ** (step / {steps}))", number(rate))
            }
            "PolynomialDecay" if schedule.argument("power").is_none() && schedule.argument("cycle").is_none() => {
                let end = schedule.number("end_learning_rate").map_or(Some(1e-4), |end| end.value)?;
                let low = number(end / start.value?);
                format!("LambdaLR(lr_lambda=lambda step: {low} + (1 - {low}) * (1 - min(step, {steps}) / {steps}))")
            }
            _ => return None,
        })
    };
    let written = shape(length.epochs)?;
    let intended = shape(length.epochs * length.steps_per_epoch)?;
    let steps = 2.0 * length.epochs.max(length.steps_per_epoch / 2.0);
    drawn([&written, &intended], start, steps, length.assumed().to_vec(), |written, intended| {
        let at = length.epochs as usize;
        Some(format!(
            "After {at} batches the LR is {}; meant was {}.",
            rough(*written.get(at)?),
            rough(*intended.get(at)?)
        ))
    })
}

//! Keras 3: one of its schedules, or a LearningRateSchedule of our own.

use super::dialect::Dialect;
use super::{Program, Unsupported};
use crate::class::Library;
use crate::optimizer::MomentumKind;
use crate::schedule::Schedule;

pub(super) fn write(program: &Program<'_>) -> Result<String, Unsupported> {
    if program.optimizer.groups.len() > 1 {
        return Err(Unsupported(
            "A Keras optimizer has one LR; compile with one group, or write a loop of your own.".into(),
        ));
    }
    let schedule = program.schedule;
    if let Schedule::ReduceLROnPlateau(plateau) = schedule {
        return Err(Unsupported(format!(
            "Keras has its own ReduceLROnPlateau, which counts one epoch less: the callback with patience={} and min_delta in \
             place of the threshold comes closest.",
            plateau.patience + 1
        )));
    }
    if matches!(schedule, Schedule::KerasReduceLROnPlateau(_)) {
        return Ok(callback(program));
    }
    if program.by_epoch() {
        return Err(Unsupported(
            "Keras' schedules count optimizer steps; write the lengths of the schedule in optimizer steps.".into(),
        ));
    }
    let (definition, call) = if schedule.class().library == Library::Keras {
        (String::new(), format!("keras.optimizers.schedules.{schedule}"))
    } else {
        let formula = schedule.formula(program.optimizer, 0).ok_or_else(|| Unsupported(super::no_formula(schedule)))?;
        let lr = program.optimizer.default_lr;
        let text = Dialect::Keras.write(&formula);
        let text = if formula.is_factor { format!("{lr:?} * ({text})") } else { text };
        (
            format!(
                "class Schedule(keras.optimizers.schedules.LearningRateSchedule):\n    def __call__(self, step):\n        step = \
                 ops.cast(step, \"float32\")\n        return ops.cast({text}, \"float32\")\n\n    def get_config(self):\n        return {{}}\n\n\n"
            ),
            "Schedule()".to_owned(),
        )
    };
    let imports = if definition.is_empty() { "import keras\n" } else { "import keras\nfrom keras import ops\n\n" };
    Ok(format!(
        "{imports}\n{definition}# The optimizer counts its steps and asks the schedule itself; there is nothing to step.\n\
         optimizer = {}\nmodel.compile(optimizer=optimizer, loss=loss)\n",
        optimizer(program, &call)
    ))
}

fn optimizer(program: &Program<'_>, learning_rate: &str) -> String {
    let momentum = program.optimizer.momenta().and_then(|momenta| momenta.first().copied()).unwrap_or(0.0);
    match program.optimizer.momentum_kind {
        MomentumKind::Momentum => format!("keras.optimizers.SGD({learning_rate}, momentum={momentum:?})"),
        MomentumKind::Beta1 => format!("keras.optimizers.AdamW({learning_rate}, beta_1={momentum:?})"),
        MomentumKind::None => format!("keras.optimizers.Adagrad({learning_rate})"),
    }
}

fn callback(program: &Program<'_>) -> String {
    let lr = format!("{:?}", program.optimizer.default_lr);
    format!(
        "import keras\n\nmodel.compile(optimizer={}, loss=loss)\n# The callback looks at the metric at the end of each epoch.\n\
         model.fit(train_data, validation_data=validation_data, epochs={}, callbacks=[{}])\n",
        optimizer(program, &lr),
        program.epochs_text(),
        program.schedule
    )
}

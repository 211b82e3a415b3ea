//! Keras: `fit` runs the loop. A schedule given to the optimizer counts its steps, a callback counts epochs.

use advisor::plan::Owner;

use super::Taker;

const fn taken(owner: Owner, parameters: &'static [&'static str]) -> Option<Taker> {
    Some(Taker { owner, parameters })
}

/// Schedules, optimizers and callbacks; parameters as in Keras 3.15.
pub fn taker(module: &str, last: &str) -> Option<Taker> {
    if !module.split('.').any(|part| part == "keras" || part == "tf_keras") {
        return None;
    }
    match last {
        "CosineDecay" => {
            let parameters =
                &["initial_learning_rate", "decay_steps", "alpha", "name", "warmup_target", "warmup_steps"];
            taken(Owner::KerasSchedule, parameters)
        }
        "CosineDecayRestarts" => {
            taken(Owner::KerasSchedule, &["initial_learning_rate", "first_decay_steps", "t_mul", "m_mul", "alpha"])
        }
        "ExponentialDecay" | "InverseTimeDecay" => {
            taken(Owner::KerasSchedule, &["initial_learning_rate", "decay_steps", "decay_rate", "staircase"])
        }
        "PolynomialDecay" => {
            let parameters = &["initial_learning_rate", "decay_steps", "end_learning_rate", "power", "cycle"];
            taken(Owner::KerasSchedule, parameters)
        }
        "PiecewiseConstantDecay" => taken(Owner::KerasSchedule, &["boundaries", "values"]),
        "ReduceLROnPlateau" => {
            let parameters = &["monitor", "factor", "patience", "verbose", "mode", "min_delta", "cooldown", "min_lr"];
            taken(Owner::KerasCallback, parameters)
        }
        "EarlyStopping" => taken(Owner::KerasCallback, &["monitor", "min_delta", "patience", "verbose", "mode"]),
        "LearningRateScheduler" => taken(Owner::KerasCallback, &["schedule", "verbose"]),
        _ if module.ends_with("optimizers") && last.starts_with(|first: char| first.is_ascii_uppercase()) => {
            taken(Owner::KerasOptimizer, &["learning_rate"])
        }
        _ => None,
    }
}

/// Methods of a model.
pub fn method(name: &str) -> Option<Taker> {
    match name {
        "compile" => taken(Owner::KerasCompile, &["optimizer", "loss"]),
        "fit" => {
            let parameters =
                &["x", "y", "batch_size", "epochs", "verbose", "callbacks", "validation_split", "validation_data"];
            taken(Owner::KerasFit, parameters)
        }
        // Of Keras 2.
        "fit_generator" => {
            let parameters = &["x", "steps_per_epoch", "epochs", "verbose", "callbacks", "validation_data"];
            taken(Owner::KerasFit, parameters)
        }
        _ => None,
    }
}

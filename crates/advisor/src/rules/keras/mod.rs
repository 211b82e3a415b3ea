//! Schedules and callbacks of Keras.

pub mod callback_sets_scheduled_lr;
pub mod decay_steps_in_epochs;
pub mod early_stopping_before_plateau;
pub mod piecewise_lengths_differ;
pub mod plateau_cannot_act;
pub mod plateau_wrong_mode;

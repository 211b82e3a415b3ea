//! kohya's sd-scripts: a schedule of transformers, stepped by accelerate once per process.
//!
//! As in `library.train_util.get_scheduler_fix` and `train_network.py`, sd-scripts 0.9.

use super::super::metrics::Metrics;
use super::super::{Stopped, Track};
use super::recorder::Recorder;
use super::told::Told;
use crate::effect::number;
use crate::plan::Plan;

/// `--learning_rate`.
const DEFAULT_LR: f64 = 2e-6;
/// `--max_train_steps`.
const DEFAULT_STEPS: f64 = 1600.0;
/// `--lr_scheduler`.
const DEFAULT_SCHEDULE: &str = "constant";

/// Goes through the run.
pub(super) fn run<'p>(_: &'p Plan, told: &mut Told<'p, '_, '_>, _: &mut Metrics<'_>) -> Result<Track, Stopped> {
    let lr = match told.settings.argument("unet_lr") {
        Some(_) => {
            told.note("Several parts have an LR of their own; this is that of the U-Net.".to_owned());
            told.needed("unet_lr", "")
        }
        None => told.or_default("learning_rate", DEFAULT_LR),
    };
    let processes = told.or("num_processes", 1.0).max(1.0);
    let steps = match told.settings.argument("max_train_epochs") {
        Some(_) => {
            let epochs = told.needed("max_train_epochs", "");
            let accumulation = told.or("gradient_accumulation_steps", 1.0).max(1.0);
            epochs * (told.batches(None) / processes / accumulation).ceil()
        }
        None => told.or_default("max_train_steps", DEFAULT_STEPS),
    };
    let total = steps * processes;
    let warmup = share(told, "lr_warmup_steps", total);
    let name = told.text("lr_scheduler", DEFAULT_SCHEDULE)?;
    if told.settings.argument("lr_scheduler_type").is_some() || told.settings.argument("lr_scheduler_args").is_some() {
        return Err(told.refused("A lr_scheduler_type or lr_scheduler_args is not followed.".to_owned()));
    }
    let own = match name {
        "constant" | "constant_with_warmup" | "linear" | "cosine" => String::new(),
        "cosine_with_restarts" => format!("'num_cycles': {}", number(told.or("lr_scheduler_num_cycles", 1.0))),
        "polynomial" => format!("'power': {}", number(told.or("lr_scheduler_power", 1.0))),
        "cosine_with_min_lr" => {
            let cycles = number(told.or("lr_scheduler_num_cycles", 1.0) / 2.0);
            format!("'num_cycles': {cycles}, 'min_lr_rate': {}", number(told.needed("lr_scheduler_min_lr_ratio", "")))
        }
        _ => return Err(told.refused(format!("What lr_scheduler `{name}` does in sd-scripts is not followed."))),
    };
    told.steps(total)?;
    let steps = told.steps(steps)?;
    let schedule = told.schedule(&format!(
        "get_scheduler('{name}', num_warmup_steps={}, num_training_steps={}, scheduler_specific_kwargs={{{own}}})",
        number(warmup),
        number(total)
    ))?;
    let mut recorder = Recorder::new(lr, told.span());
    recorder.build(&schedule)?;
    Ok(recorder.run(steps, processes as usize))
}

/// A number of steps, or a share of the run where it is written with a point.
fn share(told: &mut Told<'_, '_, '_>, name: &str, total: f64) -> f64 {
    let is_share = told.settings.argument(name).is_some_and(|argument| argument.text.contains(['.', 'e', 'E']));
    let given = told.or(name, 0.0);
    if is_share { (given * total).trunc() } else { given }
}

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
    let constructor = constructor(told, warmup, total)?;
    told.steps(total)?;
    let steps = told.steps(steps)?;
    let schedule = told.schedule(&constructor)?;
    let mut recorder = Recorder::new(lr, told.span());
    recorder.build(&schedule)?;
    Ok(recorder.run(steps, processes as usize))
}

/// What `get_scheduler_fix` builds.
fn constructor(told: &mut Told<'_, '_, '_>, warmup: f64, total: f64) -> Result<String, Stopped> {
    let given = arguments(told)?;
    let pairs = |separator: &str, quote: &str| {
        given.iter().map(|(name, value)| format!("{quote}{name}{quote}{separator}{value}")).collect::<Vec<_>>()
    };
    let without_warmup = |told: &Told<'_, '_, '_>, name: &str| match warmup {
        0.0 => Ok(()),
        _ => {
            Err(told.refused(format!("sd-scripts raises: {name} does not require `num_warmup_steps`. Set None or 0.")))
        }
    };
    let class = told.text("lr_scheduler_type", "")?;
    let name = told.text("lr_scheduler", DEFAULT_SCHEDULE)?;
    if !class.is_empty() {
        without_warmup(told, name)?;
        let class = class.trim_start_matches("torch.optim.lr_scheduler.");
        if class.is_empty() || !class.chars().all(|c| c.is_ascii_alphanumeric()) {
            return Err(told.refused(format!("What lr_scheduler_type `{class}` does is not followed.")));
        }
        return Ok(format!("{class}({})", pairs("=", "").join(", ")));
    }
    let mut own: Vec<String> = Vec::new();
    let mut length = number(total);
    match name {
        "constant" => without_warmup(told, name)?,
        "constant_with_warmup" | "linear" | "cosine" => {}
        "cosine_with_restarts" => {
            own.push(format!("'num_cycles': {}", number(told.or("lr_scheduler_num_cycles", 1.0))))
        }
        "polynomial" => own.push(format!("'power': {}", number(told.or("lr_scheduler_power", 1.0)))),
        "cosine_with_min_lr" => {
            own.push(format!("'num_cycles': {}", number(told.or("lr_scheduler_num_cycles", 1.0) / 2.0)));
            own.push(format!("'min_lr_rate': {}", number(told.needed("lr_scheduler_min_lr_ratio", ""))));
        }
        "inverse_sqrt" => {
            own.extend(told.maybe("lr_scheduler_timescale").map(|scale| format!("'timescale': {}", number(scale))));
        }
        "warmup_stable_decay" => {
            let decay = share(told, "lr_decay_steps", total);
            "None".clone_into(&mut length);
            own.push(format!("'num_stable_steps': {}", number(total - warmup - decay)));
            own.push(format!("'num_decay_steps': {}", number(decay)));
            own.push(format!("'num_cycles': {}", number(told.or("lr_scheduler_num_cycles", 1.0) / 2.0)));
            own.push(format!("'min_lr_ratio': {}", number(told.or("lr_scheduler_min_lr_ratio", 0.0))));
        }
        "piecewise_constant" => return piecewise(told, &given),
        _ => return Err(told.refused(format!("What lr_scheduler `{name}` does in sd-scripts is not followed."))),
    }
    own.extend(pairs(": ", "'"));
    Ok(format!(
        "get_scheduler('{name}', num_warmup_steps={}, num_training_steps={length}, scheduler_specific_kwargs={{{}}})",
        number(warmup),
        own.join(", ")
    ))
}

/// `lr_scheduler_args = ["T_max=100", "eta_min=1e-6"]`: names with what they are, as Python writes it.
fn arguments(told: &Told<'_, '_, '_>) -> Result<Vec<(String, String)>, Stopped> {
    let Some(argument) = told.settings.argument("lr_scheduler_args") else { return Ok(Vec::new()) };
    let unreadable = || told.refused("lr_scheduler_args must be a list such as [\"T_max=100\"].".to_owned());
    let inside = argument.text.trim().strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    let mut rest = inside.ok_or_else(unreadable)?.trim();
    let mut found = Vec::new();
    while let Some(quote) = rest.chars().next() {
        let (text, after) = match quote {
            '"' | '\'' => rest[1..].split_once(quote).ok_or_else(unreadable)?,
            _ => return Err(unreadable()),
        };
        let (name, value) = text.split_once('=').ok_or_else(unreadable)?;
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') || value.contains('=') {
            return Err(unreadable());
        }
        found.push((name.to_owned(), value.to_owned()));
        rest = after.trim().trim_start_matches(',').trim();
    }
    Ok(found)
}

/// diffusers' `get_piecewise_constant_schedule`: `step_rules='1:10,0.1:20,0.01'` is a factor of 1 before step 10, of 0.1
/// before step 20 and of 0.01 from there on.
fn piecewise(told: &Told<'_, '_, '_>, given: &[(String, String)]) -> Result<String, Stopped> {
    let unreadable =
        || told.refused("piecewise_constant needs lr_scheduler_args such as [\"step_rules='1:10,0.1'\"].".into());
    let rules = given.iter().find(|(name, _)| name == "step_rules").ok_or_else(unreadable)?;
    let mut rules: Vec<&str> = rules.1.trim_matches(['\'', '"']).split(',').collect();
    let factor = |text: &str| text.trim().parse::<f64>().map(number).map_err(|_| unreadable());
    let last = factor(rules.pop().ok_or_else(unreadable)?)?;
    let mut phases = Vec::new();
    for rule in rules {
        let (value, step) = rule.split_once(':').ok_or_else(unreadable)?;
        phases.push((step.trim().parse::<u64>().map_err(|_| unreadable())?, factor(value)?));
    }
    phases.sort_by_key(|(step, _)| *step);
    let function: String = phases.iter().map(|(step, value)| format!("{value} if t < {step} else ")).collect();
    Ok(format!("LambdaLR(lr_lambda=lambda t: {function}{last})"))
}

/// A number of steps, or a share of the run where it is written with a point.
fn share(told: &mut Told<'_, '_, '_>, name: &str, total: f64) -> f64 {
    let is_share = told.settings.argument(name).is_some_and(|argument| argument.text.contains(['.', 'e', 'E']));
    let given = told.or(name, 0.0);
    if is_share { (given * total).trunc() } else { given }
}

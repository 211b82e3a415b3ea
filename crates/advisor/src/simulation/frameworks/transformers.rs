//! The Trainer of transformers, from its `TrainingArguments`; axolotl's config, which becomes them.
//!
//! Lengths as in `Trainer.set_initial_training_values` and `TrainingArguments.get_warmup_steps`, defaults as in
//! `TrainingArguments`, transformers 5.24.

use super::super::metrics::Metrics;
use super::super::{Stopped, Track, build};
use super::axolotl;
use super::recorder::Recorder;
use super::told::Told;
use crate::plan::{OptimizerId, Owner, Plan, ScheduleId};

/// `TrainingArguments.learning_rate`.
const DEFAULT_LR: f64 = 5e-5;
/// `TrainingArguments.num_train_epochs`.
const DEFAULT_EPOCHS: f64 = 3.0;
/// `TrainingArguments.per_device_train_batch_size`.
const DEFAULT_BATCH_SIZE: f64 = 8.0;
/// `TrainingArguments.logging_steps`, which `eval_steps` takes over.
const DEFAULT_EVAL_STEPS: f64 = 500.0;

/// Goes through the run.
pub(super) fn run<'p>(
    plan: &'p Plan,
    told: &mut Told<'p, '_, '_>,
    metrics: &mut Metrics<'_>,
) -> Result<Track, Stopped> {
    let names = if told.settings.owner == Owner::Axolotl { &AXOLOTL } else { &TRANSFORMERS };
    if let Some(id) = plan.script.handed_on.iter().copied().find(|id| plan.schedule(*id).optimizer.is_some()) {
        return handed_over(plan, id, told, names);
    }
    // TRL's configs have other LRs and lengths by default, which change from release to release.
    let is_plain = told.settings.class.ends_with("TrainingArguments");
    let lr = match is_plain {
        true => told.or_default("learning_rate", DEFAULT_LR),
        false => told.needed("learning_rate", ""),
    };
    let length = length(told, names, is_plain);
    let steps = length.steps;
    let name = told.text(names.schedule, names.default_schedule)?;
    if told.settings.argument(names.schedule).is_none() {
        told.note(format!("{} is {name}, the default.", names.schedule));
    }
    let warmup = warmup(told, steps);
    let mut arguments = Vec::new();
    for (key, argument) in told.inside("lr_scheduler_kwargs.") {
        arguments.push(format!("'{key}': {}", told.literal(argument)?));
    }
    if name.contains(['\'', '\\', '\n']) {
        return Err(told.refused("The name of the schedule cannot be read.".to_owned()));
    }
    let own = match told.settings.owner {
        Owner::Axolotl => axolotl::own(told, name, lr, warmup, steps)?,
        _ => None,
    };
    let total = told.steps(steps)?;
    if let Some(axolotl::Own { lr, constructor }) = own {
        let schedule = told.schedule(&constructor)?;
        let mut recorder = Recorder::new(lr, told.span());
        recorder.build(&schedule)?;
        return Ok(recorder.run(total, 1));
    }
    let schedule = told.schedule(&format!(
        "get_scheduler('{name}', num_warmup_steps={warmup}, num_training_steps={steps}, \
         scheduler_specific_kwargs={{{}}})",
        arguments.join(", ")
    ))?;
    let mut recorder = Recorder::new(lr, told.span());
    let scheduler = recorder.build(&schedule)?;
    if !schedule.needs_metric() {
        return Ok(recorder.run(total, 1));
    }
    let every = evaluations(told, length.updates_per_epoch)?;
    while recorder.updates() < total && !recorder.has_ended() {
        recorder.update();
        if recorder.updates().is_multiple_of(every) {
            let metric = metrics.next(told.numbers, told.settings.span, schedule.maximizes());
            recorder.step(scheduler, Some(metric));
        }
    }
    Ok(recorder.track())
}

/// `Trainer(..., optimizers=(optimizer, scheduler))`: it steps what it is given.
fn handed_over(plan: &Plan, id: ScheduleId, told: &mut Told<'_, '_, '_>, names: &Names) -> Result<Track, Stopped> {
    let optimizer = plan.optimizer(plan.named_or_only(plan.schedule(id).optimizer).unwrap_or(OptimizerId(0)));
    let length = length(told, names, told.settings.class.ends_with("TrainingArguments"));
    let mut recorder = Recorder::of(build::optimizer(optimizer, told.numbers), optimizer.span);
    let schedule = build::schedule(plan, id, told.numbers).map_err(Stopped::Unreadable)?;
    let steps = told.steps(length.steps)?;
    told.note("The scheduler that is built here is taken to be given to the Trainer.".to_owned());
    if let Some(schedule) = schedule {
        recorder.build(&schedule)?;
    }
    Ok(recorder.run(steps, 1))
}

/// What the fields are called.
struct Names {
    epochs: &'static str,
    batch_size: &'static str,
    schedule: &'static str,
    default_schedule: &'static str,
}

const TRANSFORMERS: Names = Names {
    epochs: "num_train_epochs",
    batch_size: "per_device_train_batch_size",
    schedule: "lr_scheduler_type",
    default_schedule: "linear",
};

const AXOLOTL: Names = Names {
    epochs: "num_epochs",
    batch_size: "micro_batch_size",
    schedule: "lr_scheduler",
    default_schedule: "cosine",
};

/// How long a run is.
struct Length {
    /// Optimizer steps.
    steps: f64,
    /// Optimizer steps of an epoch; 0 where nothing depends on it.
    updates_per_epoch: f64,
}

fn length(told: &mut Told<'_, '_, '_>, names: &Names, is_plain: bool) -> Length {
    let max_steps = told.or("max_steps", -1.0);
    if max_steps > 0.0 {
        return Length { steps: max_steps, updates_per_epoch: 0.0 };
    }
    let epochs = match is_plain {
        true => told.or_default(names.epochs, DEFAULT_EPOCHS),
        false => told.needed(names.epochs, ""),
    };
    let batch_size = told.or(names.batch_size, DEFAULT_BATCH_SIZE);
    let accumulation = told.or("gradient_accumulation_steps", 1.0).max(1.0);
    let updates_per_epoch = (told.batches(Some(batch_size)) / accumulation).ceil().max(1.0);
    Length { steps: (epochs * updates_per_epoch).ceil(), updates_per_epoch }
}

/// Steps of the warmup: a number below 1 is a share of the run.
fn warmup(told: &mut Told<'_, '_, '_>, steps: f64) -> f64 {
    if told.settings.owner == Owner::Axolotl {
        return axolotl::warmup(told, steps);
    }
    let given = told.maybe("warmup_steps").filter(|steps| *steps > 0.0);
    let ratio = told.maybe("warmup_ratio").filter(|_| given.is_none());
    match given.or(ratio) {
        Some(share) if share < 1.0 => (steps * share).ceil(),
        Some(steps) => steps.trunc(),
        None => 0.0,
    }
}

/// Optimizer steps from one evaluation to the next, at each of which a schedule that listens to a metric is stepped.
fn evaluations(told: &mut Told<'_, '_, '_>, updates_per_epoch: f64) -> Result<usize, Stopped> {
    let strategy = told.text("eval_strategy", told.text("evaluation_strategy", "no")?)?;
    let every = match strategy {
        "steps" => {
            let logging = told.or("logging_steps", DEFAULT_EVAL_STEPS);
            told.or("eval_steps", logging)
        }
        "epoch" if updates_per_epoch > 0.0 => updates_per_epoch,
        "epoch" => told.batches(None),
        _ => return Err(told.refused("A schedule that listens to a metric needs an eval_strategy.".to_owned())),
    };
    told.settled()?;
    Ok((every as usize).max(1))
}

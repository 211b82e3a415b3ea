//! timm's training script, from its options.
//!
//! As in `train.py` of timm 1.0.31: the scheduler is told the number of updates
//! after each of them, and the number of epochs after each of those.

use super::super::metrics::Metrics;
use super::super::{Stopped, Track};
use super::recorder::Recorder;
use super::timm_factory::{OPTIONS, Options, constructor};
use super::told::Told;
use crate::plan::Plan;

/// `--epochs` of `train.py`.
const DEFAULT_EPOCHS: f64 = 300.0;
/// `--warmup-epochs` of `train.py`.
const DEFAULT_WARMUP: f64 = 5.0;
/// `--lr-cycle-decay` of `train.py`.
const DEFAULT_CYCLE_DECAY: f64 = 0.5;
/// `--lr-base` and `--lr-base-size` of `train.py`.
const DEFAULT_BASE: (f64, f64) = (0.1, 256.0);

/// Goes through the run.
pub(super) fn run<'p>(_: &'p Plan, told: &mut Told<'p, '_, '_>, metrics: &mut Metrics<'_>) -> Result<Track, Stopped> {
    let lr = lr(told)?;
    let accumulation = told.or("grad_accum_steps", 1.0).max(1.0);
    let batch_size = told.maybe("batch_size");
    let updates = (told.batches(batch_size) / accumulation).ceil();
    let per_update = told.is_on("sched_on_updates", false)?;
    let options = Options {
        epochs: told.or_default("epochs", DEFAULT_EPOCHS),
        cooldown: told.or("cooldown_epochs", 0.0),
        warmup: told.or_default("warmup_epochs", DEFAULT_WARMUP),
        prefix: told.is_on("warmup_prefix", false)?,
        each: if per_update { updates } else { 1.0 },
        names: &OPTIONS,
        cycle_decay: DEFAULT_CYCLE_DECAY,
        minimize: told.text("eval_metric", "top1")?.contains("loss"),
    };
    let kind = told.text("sched", "cosine")?;
    let text = constructor(told, kind, &options)?;
    let epochs = options.epochs_of(kind, told);
    let Some(text) = text else {
        let steps = told.steps(epochs * updates)?;
        let mut recorder = Recorder::new(lr, told.span());
        (0..steps).for_each(|_| recorder.update());
        return Ok(recorder.track());
    };
    told.steps(epochs * updates)?;
    let schedule = told.schedule(&text)?;
    let mut recorder = Recorder::new(lr, told.span());
    let scheduler = recorder.build(&schedule)?;
    for epoch in 1..=epochs as usize {
        for _ in 0..updates as usize {
            recorder.update();
            if per_update {
                recorder.step(scheduler, None);
            }
        }
        if !per_update {
            let metric =
                schedule.needs_metric().then(|| metrics.next(told.numbers, told.settings.span, schedule.maximizes()));
            recorder.step(scheduler, metric);
        }
        if recorder.has_ended() || epoch as f64 >= epochs {
            break;
        }
    }
    Ok(recorder.track())
}

/// `--lr`, else `--lr-base` scaled by the size of the batch of all processes.
fn lr(told: &mut Told<'_, '_, '_>) -> Result<f64, Stopped> {
    if let Some(lr) = told.maybe("lr").filter(|lr| *lr != 0.0) {
        return Ok(lr);
    }
    let base = told.or_default("lr_base", DEFAULT_BASE.0);
    let size = told.or_default("lr_base_size", DEFAULT_BASE.1);
    let batch = told.needed("batch_size", "the size of a batch") * told.or("grad_accum_steps", 1.0);
    let ratio = batch * told.or("num_processes", 1.0) / size;
    let optimizer = told.text("opt", "sgd")?.to_ascii_lowercase();
    let scale = told.text("lr_base_scale", "")?;
    let adaptive = scale.is_empty() && (optimizer.contains("ada") || optimizer.contains("lamb"));
    Ok(base * if scale == "sqrt" || adaptive { ratio.sqrt() } else { ratio })
}

//! A whole run on the CPU of this machine.

use burn_tensor::{Device, read_sync};

use crate::engine::{Engine, Error};
use crate::experiment::Experiment;
use crate::messages::{Lane, ScheduledLr, StepReport};
use crate::validate::validate;

/// As many threads as the machine runs at once.
pub fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Trains all lanes to the end on the CPU. The lanes are dealt out to that many threads, each of which trains its own
/// as one program; the numbers do not depend on how many there are.
///
/// # Errors
/// As [`Engine::new`] and [`Engine::advance`].
pub fn train(
    experiment: &Experiment,
    schedules: &[ScheduledLr],
    lanes: &[Lane],
    threads: usize,
) -> Result<Vec<StepReport>, Error> {
    validate(experiment, schedules, lanes).map_err(Error::Invalid)?;
    let share = lanes.len().div_ceil(threads.max(1));
    let train_share = |lanes| {
        let mut engine = Engine::new(experiment, schedules, lanes, &Device::flex())?;
        read_sync(engine.advance(experiment.steps))
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = lanes.chunks(share).map(|lanes| scope.spawn(move || train_share(lanes))).collect();
        let mut reports: Vec<StepReport> = Vec::new();
        for worker in workers {
            let part = worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            if reports.is_empty() {
                reports = part;
                continue;
            }
            for (report, part) in reports.iter_mut().zip(part) {
                report.lr.extend(part.lr);
                report.loss.extend(part.loss);
                report.accuracy.extend(part.accuracy);
            }
        }
        Ok(reports)
    })
}

/// The losses and the accuracies of one lane, step by step.
pub fn curves(reports: &[StepReport], lane: usize) -> (Vec<f32>, Vec<f32>) {
    reports.iter().map(|report| (report.loss[lane], report.accuracy[lane])).unzip()
}

//! A whole run on the CPU of this machine.

use burn_tensor::{Device, read_sync};

use crate::engine::{Engine, Error};
use crate::experiment::Experiment;
use crate::messages::{Lane, Run, ScheduledLr, Scores, StepReport};
use crate::range_test::{self, Curve, RangeTest, Watch};
use crate::validate::validate;

/// Steps between two looks at the progress.
const CHUNK: usize = 10;

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
    let run = Run {
        experiment: experiment.clone(),
        schedules: schedules.to_vec(),
        lanes: lanes.to_vec(),
        ends_when_diverged: false,
    };
    train_run(&run, threads, &|_| {})
}

/// As [`train`]; `progress` is told now and then how many steps of single lanes have been trained since it was last told.
///
/// # Errors
/// As [`train`].
pub fn train_run(run: &Run, threads: usize, progress: &(dyn Fn(usize) + Sync)) -> Result<Vec<StepReport>, Error> {
    validate(&run.experiment, &run.schedules, &run.lanes).map_err(Error::Invalid)?;
    let parts = train_parts(run, threads, progress)?;
    let mut parts = parts.into_iter().map(|(reports, _)| reports);
    let mut reports = parts.next().unwrap_or_default();
    for part in parts {
        reports.iter_mut().zip(part).for_each(|(report, part)| join(report, part));
    }
    Ok(reports)
}

/// A LR range test with each of these seeds: their curves, in that order.
///
/// # Errors
/// [`Error::Invalid`] for a sweep that is none, else as [`train`].
pub fn find_lr(experiment: &Experiment, test: &RangeTest, seeds: &[u64], threads: usize) -> Result<Vec<Curve>, Error> {
    let run = test.run(experiment, seeds).map_err(Error::Invalid)?;
    validate(&run.experiment, &run.schedules, &run.lanes).map_err(Error::Invalid)?;
    let curves = |(reports, lanes): (Vec<StepReport>, usize)| {
        (0..lanes).map(|lane| range_test::curve(&run.experiment.task, &reports, lane)).collect::<Vec<_>>()
    };
    Ok(train_parts(&run, threads, &|_| {})?.into_iter().flat_map(curves).collect())
}

/// The reports of each thread, with its number of lanes.
fn train_parts(
    run: &Run,
    threads: usize,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<Vec<(Vec<StepReport>, usize)>, Error> {
    let train_part = |lanes: &[Lane]| {
        let mut engine = Engine::new(&run.experiment, &run.schedules, lanes, &Device::flex())?;
        let mut watch = Watch::new(&run.experiment.task, lanes.len());
        let mut reports = Vec::with_capacity(run.experiment.steps);
        while !(engine.is_done() || run.ends_when_diverged && watch.is_over()) {
            let steps = read_sync(engine.advance(CHUNK))?;
            watch.add(&steps);
            progress(steps.len() * lanes.len());
            reports.extend(steps);
        }
        Ok((reports, lanes.len()))
    };
    let share = run.lanes.len().div_ceil(threads.max(1));
    std::thread::scope(|scope| {
        let workers: Vec<_> = run.lanes.chunks(share).map(|lanes| scope.spawn(move || train_part(lanes))).collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

/// Adds the lanes of another part of the run.
fn join(report: &mut StepReport, mut part: StepReport) {
    // Where no lane of a part listens to a metric, it says nothing about them.
    if !(report.plateau.is_empty() && part.plateau.is_empty()) {
        report.plateau.resize(report.loss.len(), None);
        part.plateau.resize(part.loss.len(), None);
        report.plateau.extend(part.plateau);
    }
    report.lr.extend(part.lr);
    report.loss.extend(part.loss);
    report.accuracy.extend(part.accuracy);
    if let (Some(Scores { loss, accuracy }), Some(part)) = (&mut report.validation, part.validation) {
        loss.extend(part.loss);
        accuracy.extend(part.accuracy);
    }
}

/// The losses and the accuracies of one lane, step by step.
pub fn curves(reports: &[StepReport], lane: usize) -> (Vec<f32>, Vec<f32>) {
    reports.iter().map(|report| (report.loss[lane], report.accuracy[lane])).unzip()
}

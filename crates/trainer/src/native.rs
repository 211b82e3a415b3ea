//! A whole run on this machine.

use burn_tensor::{Device, read_sync};

use crate::engine::{Engine, Error};
use crate::experiment::Experiment;
use crate::messages::{Lane, Run, ScheduledLr, Scores, StepReport};
use crate::range_test::{self, Curve, RangeTest, Watch};
use crate::validate::validate;

/// Steps between two looks at the progress, which a GPU that is read stands still for.
const CHUNK: usize = 10;

/// What a run is computed on.
#[derive(Clone, Debug)]
pub enum Compute {
    /// The CPU: the lanes are dealt out to that many threads, each of which trains its own as one program. The numbers
    /// do not depend on how many there are.
    Threads(usize),
    /// A device that trains all lanes as one program.
    Device(Device),
}

impl Compute {
    /// All cores.
    pub fn cores() -> Self {
        Self::Threads(threads())
    }

    /// The programs for so many lanes: how many lanes each has at most, and where it runs.
    fn programs(&self, lanes: usize) -> (usize, Device) {
        match self {
            Self::Threads(threads) => (lanes.div_ceil(*threads.max(&1)), Device::flex()),
            Self::Device(device) => (lanes, device.clone()),
        }
    }
}

/// As many threads as the machine runs at once.
pub fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Trains all lanes to the end on that many threads of the CPU.
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
    train_run(&run, &Compute::Threads(threads), &|_| {})
}

/// Trains all lanes of a run to the end; `progress` is told now and then how many steps of single lanes have been trained
/// since it was last told.
///
/// # Errors
/// As [`train`].
pub fn train_run(run: &Run, compute: &Compute, progress: &(dyn Fn(usize) + Sync)) -> Result<Vec<StepReport>, Error> {
    validate(&run.experiment, &run.schedules, &run.lanes).map_err(Error::Invalid)?;
    let parts = train_parts(run, compute, progress)?;
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
    Ok(train_parts(&run, &Compute::Threads(threads), &|_| {})?.into_iter().flat_map(curves).collect())
}

/// The reports of each program, with its number of lanes.
fn train_parts(
    run: &Run,
    compute: &Compute,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<Vec<(Vec<StepReport>, usize)>, Error> {
    let (share, device) = compute.programs(run.lanes.len());
    let train_part = |lanes: &[Lane]| {
        let mut engine = Engine::new(&run.experiment, &run.schedules, lanes, &device)?;
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
    std::thread::scope(|scope| {
        let workers: Vec<_> = run.lanes.chunks(share).map(|lanes| scope.spawn(|| train_part(lanes))).collect();
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

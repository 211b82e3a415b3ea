//! How long a run is, and what LR each of its optimizer steps really gets.

use serde::{Deserialize, Serialize};

use crate::curve::Curve;
use crate::error::{Exception, ScheduleError};
use crate::optimizer::Optimizer;
use crate::schedule::Schedule;
use crate::scheduler::Scheduler;

/// The length of a run, as a training loop determines it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Horizon {
    /// Passes over the data.
    pub epochs: usize,
    /// How much data there is.
    pub data: Data,
    /// Batches whose gradients are added up before each optimizer step; 1 for none.
    pub accumulation: usize,
    /// Processes that share the data, each with batches of its own.
    pub processes: usize,
}

/// How much data a process sees in an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Data {
    /// `len(loader)` of one process.
    Batches(usize),
    /// A data set that is cut into batches.
    Examples {
        /// Examples in the data set.
        examples: usize,
        /// Examples per batch and process.
        batch: usize,
        /// Whether an incomplete last batch is left out, torch's `drop_last`.
        drop_last: bool,
    },
}

/// When `scheduler.step()` is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cadence {
    /// At the end of each epoch.
    Epoch,
    /// After each optimizer step.
    Step,
    /// After each batch, also those that only add up gradients.
    Batch,
}

/// What becomes of the schedule when a run is stopped and started again.
#[derive(Clone, Debug, PartialEq)]
pub enum Resume {
    /// Its state was not saved: it starts again from its first step.
    Restarted,
    /// It goes on at the same step, but as this schedule: the one for a longer run, say.
    As(Box<Schedule>),
}

/// A run: how long it is, when its scheduler is stepped, and where it was resumed.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// How long it is.
    pub horizon: Horizon,
    /// When `scheduler.step()` is called.
    pub cadence: Cadence,
    /// How often it is called each time. accelerate calls a prepared scheduler once per process.
    pub calls: usize,
    /// The optimizer step at which it was resumed, and how. A schedule whose state was saved and loaded goes on as if
    /// nothing had happened, and needs no entry here.
    pub resume: Option<(usize, Resume)>,
}

/// Longer runs are not simulated: 2^26 steps take seconds and half a gigabyte.
pub const MOST_STEPS: usize = 1 << 26;

impl Horizon {
    /// Batches of one process in one epoch. Processes get equal shares; the last examples are repeated to fill them up, as
    /// torch's DistributedSampler does.
    pub fn batches_per_epoch(&self) -> usize {
        match self.data {
            Data::Batches(batches) => batches,
            Data::Examples { examples, batch, drop_last } => {
                let share = examples.div_ceil(self.processes.max(1));
                if drop_last { share / batch.max(1) } else { share.div_ceil(batch.max(1)) }
            }
        }
    }

    /// Optimizer steps in one epoch of a loop that steps whenever `(batch + 1) % accumulation == 0`; batches left over
    /// at the end of an epoch make no step.
    pub fn steps_per_epoch(&self) -> usize {
        self.batches_per_epoch() / self.accumulation.max(1)
    }

    /// Optimizer steps of the whole run.
    pub fn steps(&self) -> usize {
        self.steps_per_epoch().saturating_mul(self.epochs)
    }
}

impl Run {
    /// How often `scheduler.step()` has been called before optimizer step number `step`.
    pub fn calls_before(&self, step: usize) -> usize {
        let (horizon, per_epoch) = (&self.horizon, self.horizon.steps_per_epoch().max(1));
        let (epoch, within) = (step / per_epoch, step % per_epoch);
        let moments = match self.cadence {
            Cadence::Epoch => epoch,
            Cadence::Step => step,
            Cadence::Batch => {
                // Optimizer step t is made with the last batch of its group, before the scheduler is stepped.
                let last_batch = (within + 1).saturating_mul(horizon.accumulation.max(1)) - 1;
                epoch.saturating_mul(horizon.batches_per_epoch()).saturating_add(last_batch)
            }
        };
        moments.saturating_mul(self.calls)
    }

    /// The LR that each optimizer step of the run gets. Row t is what step t is made with, and `metrics[n]` what the
    /// scheduler is told at its call number n.
    ///
    /// An error keeps the rows before it. Runs longer than [`MOST_STEPS`], or with more calls than that, are refused.
    pub fn simulate(&self, schedule: &Schedule, optimizer: &Optimizer, metrics: &[f64]) -> Curve {
        let mut curve = Curve { lrs: Vec::new(), momenta: optimizer.momenta().is_some().then(Vec::new), error: None };
        let steps = self.horizon.steps();
        if steps > MOST_STEPS || self.calls_before(steps) > MOST_STEPS {
            let message = format!("The run has {steps} steps; at most {MOST_STEPS} are simulated.");
            curve.error = Some((0, ScheduleError { exception: Exception::OverflowError, message }));
            return curve;
        }
        if let Err(error) = self.fill(&mut curve, steps, schedule, optimizer, metrics) {
            curve.error = Some((curve.lrs.len(), error));
        }
        curve
    }

    fn fill(
        &self,
        curve: &mut Curve,
        steps: usize,
        schedule: &Schedule,
        optimizer: &Optimizer,
        metrics: &[f64],
    ) -> Result<(), ScheduleError> {
        let mut state = optimizer.clone();
        let mut scheduler = Scheduler::new(schedule, &mut state)?;
        let (mut done, mut skipped) = (0, 0);
        for step in 0..steps {
            if let Some((at, resume)) = &self.resume
                && *at == step
            {
                state = optimizer.clone();
                let resumed = match resume {
                    Resume::Restarted => {
                        skipped = self.calls_before(step);
                        schedule
                    }
                    Resume::As(schedule) => schedule,
                };
                scheduler = Scheduler::new(resumed, &mut state)?;
                done = skipped;
            }
            while done < self.calls_before(step) {
                scheduler.step(&mut state, metrics.get(done).copied())?;
                done += 1;
            }
            curve.push(&state);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notation::parse;

    const SHORT: Horizon = Horizon { epochs: 3, data: Data::Batches(10), accumulation: 1, processes: 1 };

    fn run(horizon: Horizon, cadence: Cadence) -> Run {
        Run { horizon, cadence, calls: 1, resume: None }
    }

    fn lrs(run: &Run, text: &str) -> Vec<f64> {
        run.simulate(&parse(text).unwrap(), &Optimizer::sgd(&[1.0], 0.9), &[]).first_group()
    }

    #[test]
    fn leftover_batches_make_no_step() {
        let horizon = Horizon { data: Data::Batches(390), accumulation: 4, ..SHORT };
        assert_eq!((horizon.steps_per_epoch(), horizon.steps()), (97, 291));
    }

    #[test]
    fn data_is_cut_into_batches_of_each_process() {
        let data = |drop_last| Data::Examples { examples: 1001, batch: 100, drop_last };
        let batches = |processes, drop_last| Horizon { data: data(drop_last), processes, ..SHORT }.batches_per_epoch();
        assert_eq!((batches(1, false), batches(1, true)), (11, 10));
        assert_eq!((batches(4, false), batches(4, true)), (3, 2));
        assert_eq!(Horizon { accumulation: 0, processes: 0, ..SHORT }.steps(), 30);
    }

    #[test]
    fn the_cadence_decides_what_a_step_gets() {
        let exponential = "ExponentialLR(gamma=0.5)";
        assert_eq!(lrs(&run(SHORT, Cadence::Step), exponential)[..3], [1.0, 0.5, 0.25]);
        let epoch = lrs(&run(SHORT, Cadence::Epoch), exponential);
        assert_eq!((epoch[9], epoch[10], epoch[29], epoch.len()), (1.0, 0.5, 0.25, 30));
    }

    #[test]
    fn micro_batches_step_the_scheduler_too_often() {
        let horizon = Horizon { accumulation: 4, ..SHORT };
        // Two steps an epoch, made with batches 3 and 7 of 10.
        let calls: Vec<usize> = (0..4).map(|step| run(horizon, Cadence::Batch).calls_before(step)).collect();
        assert_eq!(calls, [3, 7, 13, 17]);
    }

    #[test]
    fn one_call_per_process_ends_the_schedule_early() {
        let run = Run { calls: 4, ..run(SHORT, Cadence::Step) };
        let lrs = lrs(&run, "LinearLR(start_factor=1.0, end_factor=0.0, total_iters=30)");
        assert_eq!(lrs[1], 1.0 - 4.0 / 30.0);
        assert!(lrs[8..].iter().all(|lr| lr.abs() < 1e-12), "{lrs:?}");
    }

    #[test]
    fn a_resumed_schedule_restarts_or_is_stretched() {
        let linear = |total: usize| format!("LinearLR(start_factor=1.0, end_factor=0.0, total_iters={total})");
        let restarted = Run { resume: Some((20, Resume::Restarted)), ..run(SHORT, Cadence::Step) };
        let lrs_restarted = lrs(&restarted, &linear(30));
        assert_eq!((lrs_restarted[20], lrs_restarted.len()), (1.0, 30));
        let longer = Resume::As(Box::new(parse(&linear(60)).unwrap()));
        let stretched = Run { resume: Some((20, longer)), ..run(SHORT, Cadence::Step) };
        let lrs_stretched = lrs(&stretched, &linear(30));
        assert!((lrs_stretched[19] - 11.0 / 30.0).abs() < 1e-12 && (lrs_stretched[20] - 40.0 / 60.0).abs() < 1e-12);
    }

    #[test]
    fn what_the_library_raises_ends_the_run() {
        let curve = run(SHORT, Cadence::Step).simulate(
            &parse("OneCycleLR(0.1, total_steps=10)").unwrap(),
            &Optimizer::sgd(&[1.0], 0.9),
            &[],
        );
        assert_eq!((curve.lrs.len(), curve.error.unwrap().0), (11, 11));
        let endless = Horizon { epochs: usize::MAX, ..SHORT };
        assert!(
            run(endless, Cadence::Step)
                .simulate(&parse("ConstantLR()").unwrap(), &Optimizer::sgd(&[1.0], 0.9), &[])
                .error
                .is_some()
        );
    }
}

//! A schedule behind Burn's own [`LrScheduler`] trait (Burn 0.22), for training loops and learners in Burn.
//!
//! Burn's own classes are few, have no OneCycle and refuse an LR above 1; this one is whatever the notation can say.

use burn_optim::LearningRate;
use burn_optim::lr_scheduler::{LrScheduler, LrSchedulerRecord};

use crate::error::{ScheduleError, type_error};
use crate::notation::{NotationError, parse};
use crate::optimizer::Optimizer;
use crate::schedule::Schedule;
use crate::scheduler::Scheduler;

/// The key under which a record holds the number of steps made.
const STEPS: &str = "steps";

/// A schedule as Burn steps it: the first call of `step()` gives the LR of step 0.
#[derive(Clone, Debug)]
pub struct BurnScheduler {
    schedule: Schedule,
    base_lr: f64,
    optimizer: Optimizer,
    scheduler: Scheduler,
    steps: u64,
}

/// Why there is no scheduler.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum BurnSchedulerError {
    /// The text is no schedule.
    #[error("{0}")]
    Notation(#[from] NotationError),
    /// The schedule cannot be built, or needs a metric, which Burn does not hand to its schedulers.
    #[error("{0}")]
    Schedule(#[from] ScheduleError),
}

impl BurnScheduler {
    /// A schedule for an optimizer with the LR `base_lr`.
    ///
    /// # Errors
    /// What the constructor of the library raises, and schedules that listen to a metric.
    pub fn new(schedule: Schedule, base_lr: f64) -> Result<Self, ScheduleError> {
        if schedule.needs_metric() {
            return Err(type_error(format!(
                "Burn steps its schedulers without the metric that {} needs.",
                schedule.name()
            )));
        }
        let mut optimizer = Optimizer::sgd(&[base_lr], 0.9);
        let scheduler = Scheduler::new(&schedule, &mut optimizer)?;
        Ok(Self { schedule, base_lr, optimizer, scheduler, steps: 0 })
    }

    /// A schedule from constructor text.
    ///
    /// # Errors
    /// As [`BurnScheduler::new`], and text that is no schedule.
    pub fn parse(text: &str, base_lr: f64) -> Result<Self, BurnSchedulerError> {
        Ok(Self::new(parse(text)?, base_lr)?)
    }
}

impl LrScheduler for BurnScheduler {
    /// The LR of this step. Where the library would raise (OneCycleLR after its last step), the LR in force stays.
    fn step(&mut self) -> LearningRate {
        if self.steps > 0 {
            let _ = self.scheduler.step(&mut self.optimizer, None);
        }
        self.steps += 1;
        self.optimizer.lrs().first().copied().unwrap_or(self.base_lr)
    }

    fn to_record(&self) -> LrSchedulerRecord {
        LrSchedulerRecord::new().with_scalar(STEPS, self.steps)
    }

    fn load_record(&mut self, record: LrSchedulerRecord) {
        let Some(steps) = record.scalar::<u64>(STEPS) else { return };
        // A schedule that could be built once can be built again.
        let Ok(mut fresh) = Self::new(self.schedule.clone(), self.base_lr) else { return };
        for _ in 0..steps {
            fresh.step();
        }
        *self = fresh;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_the_lrs_of_the_schedule_and_goes_on_where_a_record_ends() {
        let mut scheduler = BurnScheduler::parse("CosineAnnealingLR(opt, T_max=10)", 2.0).unwrap();
        let lrs: Vec<f64> = (0..5).map(|_| scheduler.step()).collect();
        let expected =
            crate::curve(&parse("CosineAnnealingLR(T_max=10)").unwrap(), Optimizer::sgd(&[2.0], 0.9), 6, &[]);
        assert_eq!(lrs, expected.first_group()[..5]);
        let mut resumed = BurnScheduler::parse("CosineAnnealingLR(opt, T_max=10)", 2.0).unwrap();
        resumed.load_record(scheduler.to_record());
        assert_eq!(resumed.step(), expected.first_group()[5]);
    }

    #[test]
    fn a_schedule_that_needs_a_metric_is_refused() {
        assert!(BurnScheduler::parse("ReduceLROnPlateau()", 0.1).is_err());
    }
}

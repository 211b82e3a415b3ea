//! The scheduler of one lane.

use scheduler::Scheduler;

use super::Error;
use crate::experiment::Optimizer;
use crate::messages::ScheduledLr;

/// Says LR and momentum of one lane at the step under way.
pub(super) struct Pilot {
    scheduler: Scheduler,
    optimizer: scheduler::Optimizer,
    watches_loss: bool,
}

impl Pilot {
    pub(super) fn new(scheduled: &ScheduledLr, optimizer: &Optimizer) -> Result<Self, Error> {
        let lr = [scheduled.base_lr];
        let mut optimizer = match *optimizer {
            Optimizer::Sgd { momentum } => scheduler::Optimizer::sgd(&lr, momentum),
            Optimizer::Adam { beta1, .. } => scheduler::Optimizer::adam(&lr, beta1),
        };
        let scheduler =
            Scheduler::new(&scheduled.schedule, &mut optimizer).map_err(|e| Error::Schedule(e.to_string()))?;
        Ok(Self { scheduler, optimizer, watches_loss: scheduled.schedule.needs_metric() })
    }

    pub(super) fn lr(&self) -> f64 {
        self.optimizer.lrs()[0]
    }

    /// SGD's momentum or Adam's beta1, which OneCycleLR and CyclicLR may move.
    pub(super) fn momentum(&self) -> f64 {
        self.optimizer.momenta().map_or(0.0, |momenta| momenta[0])
    }

    pub(super) fn watches_loss(&self) -> bool {
        self.watches_loss
    }

    pub(super) fn step(&mut self, loss: Option<f64>) -> Result<(), Error> {
        self.scheduler.step(&mut self.optimizer, loss).map_err(|error| Error::Schedule(error.to_string()))
    }
}

//! The scheduler of one lane.

use scheduler::Scheduler;

use super::Error;
use crate::experiment::Experiment;
use crate::messages::{Plateau, ScheduledLr};

/// Says LR and momentum of one lane at the step under way.
pub(super) struct Pilot {
    scheduler: Scheduler,
    optimizer: scheduler::Optimizer,
    watches: bool,
    /// What the user has multiplied the LR by while the run was under way.
    factor: f64,
    /// The metrics that a schedule that watches has been told, for a checkpoint.
    told: Vec<f64>,
    reductions: u32,
}

impl Pilot {
    pub(super) fn new(scheduled: &ScheduledLr, experiment: &Experiment) -> Result<Self, Error> {
        let mut optimizer = experiment.scheduler_optimizer(scheduled.base_lr);
        let scheduler =
            Scheduler::new(&scheduled.schedule, &mut optimizer).map_err(|e| Error::Schedule(e.to_string()))?;
        let watches = scheduled.schedule.needs_metric();
        Ok(Self { scheduler, optimizer, watches, factor: 1.0, told: Vec::new(), reductions: 0 })
    }

    /// The LR of each parameter group.
    pub(super) fn lrs(&self) -> Vec<f64> {
        self.optimizer.lrs().into_iter().map(|lr| lr * self.factor).collect()
    }

    pub(super) fn factor(&self) -> f64 {
        self.factor
    }

    pub(super) fn set_factor(&mut self, factor: f64) {
        self.factor = factor;
    }

    /// SGD's momentum or Adam's beta1 of each parameter group, which OneCycleLR and CyclicLR may move.
    pub(super) fn momenta(&self) -> Vec<f64> {
        self.optimizer.momenta().unwrap_or_else(|| vec![0.0; self.optimizer.lrs().len()])
    }

    /// Whether it listens to a metric, and so is stepped where there is one and not otherwise.
    pub(super) fn watches(&self) -> bool {
        self.watches
    }

    pub(super) fn told(&self) -> &[f64] {
        &self.told
    }

    pub(super) fn step(&mut self, metric: Option<f64>) -> Result<(), Error> {
        let before = self.optimizer.lrs()[0];
        self.scheduler.step(&mut self.optimizer, metric).map_err(|error| Error::Schedule(error.to_string()))?;
        if let Some(metric) = metric {
            self.told.push(metric);
            self.reductions += u32::from(self.optimizer.lrs()[0] < before);
        }
        Ok(())
    }

    /// The counters of a schedule that watches.
    pub(super) fn plateau(&self) -> Option<Plateau> {
        let counters = self.scheduler.plateau();
        self.watches.then(|| Plateau {
            best: counters.map(|counters| counters.best as f32),
            bad: counters.map_or(0, |counters| counters.bad_steps.try_into().unwrap_or(u32::MAX)),
            cooldown: counters.map_or(0, |counters| counters.cooldown.try_into().unwrap_or(u32::MAX)),
            reductions: self.reductions,
        })
    }
}

//! A schedule in motion.

use crate::error::ScheduleError;
use crate::motion::Node;
use crate::optimizer::Optimizer;
use crate::schedule::Schedule;

/// A scheduler that writes the LR into an optimizer, as the library would.
///
/// The optimizer stays outside, since several schedulers may be attached to one.
#[derive(Clone, Debug)]
pub struct Scheduler {
    node: Node,
}

impl Scheduler {
    /// Attaches a scheduler. As in torch this already writes the LR of step 0 (and, in the classes that cycle it, the
    /// momentum).
    ///
    /// # Errors
    /// What the constructor of the library raises.
    pub fn new(schedule: &Schedule, optimizer: &mut Optimizer) -> Result<Self, ScheduleError> {
        Ok(Self { node: schedule.start(optimizer)? })
    }

    /// One call of `step()`. Only the schedulers that listen to a metric look at it, and they must have one (timm's may go
    /// without).
    ///
    /// # Errors
    /// What `step()` of the library raises. The LR in force stays.
    pub fn step(&mut self, optimizer: &mut Optimizer, metric: Option<f64>) -> Result<(), ScheduleError> {
        self.node.step(optimizer, metric)
    }

    /// One call of torch's deprecated `step(epoch)`; for CosineAnnealingWarmRestarts its documented use with fractions of an
    /// epoch.
    ///
    /// # Errors
    /// As [`Scheduler::step`].
    pub fn step_to(&mut self, optimizer: &mut Optimizer, epoch: f64) -> Result<(), ScheduleError> {
        self.node.step_to(optimizer, epoch)
    }

    /// Where a `ReduceLROnPlateau` stands; `None` for every other class.
    pub fn plateau(&self) -> Option<PlateauCounters> {
        match &self.node {
            Node::Plateau(plateau) => Some(plateau.counters()),
            _ => None,
        }
    }
}

/// What torch's `ReduceLROnPlateau` keeps from step to step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlateauCounters {
    /// The best metric so far; infinite before the first.
    pub best: f64,
    /// Bad steps in a row: `num_bad_epochs`.
    pub bad: i64,
    /// Steps of the cooldown that are left: `cooldown_counter`.
    pub cooldown: i64,
}

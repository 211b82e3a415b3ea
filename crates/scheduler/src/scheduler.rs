//! A schedule in motion.

use crate::classes::Node;
use crate::error::ScheduleError;
use crate::optimizer::Optimizer;
use crate::schedule::Schedule;

/// A scheduler attached to an optimizer, as torch would run it.
#[derive(Clone, Debug)]
pub struct Scheduler {
    node: Node,
    optimizer: Optimizer,
}

impl Scheduler {
    /// Attaches a scheduler. As in torch this already writes the LR of step 0 (and, in the classes that cycle it, the
    /// momentum).
    ///
    /// # Errors
    /// What the constructor of the library raises.
    pub fn new(schedule: &Schedule, mut optimizer: Optimizer) -> Result<Self, ScheduleError> {
        Ok(Self { node: Node::new(schedule, &mut optimizer)?, optimizer })
    }

    /// The LR in force of each parameter group.
    pub fn lrs(&self) -> Vec<f64> {
        self.optimizer.lrs()
    }

    /// The momentum (or beta1) in force of each parameter group; `None` where the optimizer has neither.
    pub fn momenta(&self) -> Option<Vec<f64>> {
        self.optimizer.momenta()
    }

    /// One call of `step()`. Only ReduceLROnPlateau looks at `metric`, and it must have one.
    ///
    /// # Errors
    /// What `step()` of the library raises. The LR in force stays.
    pub fn step(&mut self, metric: Option<f64>) -> Result<(), ScheduleError> {
        self.node.step(&mut self.optimizer, metric)
    }
}

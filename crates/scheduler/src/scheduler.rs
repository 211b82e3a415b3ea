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

/// What torch's ReduceLROnPlateau has counted so far.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlateauCounters {
    /// The best metric; infinite before there is one.
    pub best: f64,
    /// Bad steps in a row; one more than `patience` of them reduce the LR.
    pub bad_steps: i64,
    /// Steps of the cooldown that are left.
    pub cooldown: i64,
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

    /// One call of torch's deprecated `step(epoch)`, for CosineAnnealingWarmRestarts its documented use with fractions of an
    /// epoch; or of timm's `step(t)`, which is how its schedulers are meant to be called.
    ///
    /// # Errors
    /// As [`Scheduler::step`].
    pub fn step_to(&mut self, optimizer: &mut Optimizer, epoch: f64) -> Result<(), ScheduleError> {
        self.node.step_to(optimizer, epoch)
    }

    /// The counters, where the schedule is a ReduceLROnPlateau of torch.
    pub fn plateau(&self) -> Option<PlateauCounters> {
        match &self.node {
            Node::Plateau(plateau) => Some(plateau.counters()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notation::parse;

    #[test]
    fn a_plateau_counts_bad_steps_until_it_cuts() {
        let schedule = parse("ReduceLROnPlateau(factor=0.5, patience=2, cooldown=3)").unwrap();
        let mut optimizer = Optimizer::sgd(&[1.0], 0.9);
        let mut scheduler = Scheduler::new(&schedule, &mut optimizer).unwrap();
        let mut seen = Vec::new();
        for metric in [0.9, 0.9, 0.9, 0.9, 0.9] {
            scheduler.step(&mut optimizer, Some(metric)).unwrap();
            let PlateauCounters { best, bad_steps, cooldown } = scheduler.plateau().unwrap();
            seen.push((best, bad_steps, cooldown, optimizer.lrs()[0]));
        }
        assert_eq!(seen, [(0.9, 0, 0, 1.0), (0.9, 1, 0, 1.0), (0.9, 2, 0, 1.0), (0.9, 0, 3, 0.5), (0.9, 0, 2, 0.5)]);
        let cosine = parse("CosineAnnealingLR(T_max=9)").unwrap();
        assert_eq!(Scheduler::new(&cosine, &mut Optimizer::sgd(&[1.0], 0.9)).unwrap().plateau(), None);
    }
}

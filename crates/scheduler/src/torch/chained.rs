//! `ChainedScheduler`, and what it shares with `SequentialLR`.

use crate::class::constructor;
use crate::error::{ScheduleError, type_error, value_error};
use crate::motion::{Motion, Node};
use crate::optimizer::Optimizer;
use crate::schedule::Schedule;

constructor! {
    /// All schedules at once, each applied to what the one before has left: factors multiply.
    ///
    /// Rule: at each step every schedule steps, in order. Recursions (ConstantLR, LinearLR, StepLR, ExponentialLR, ...)
    /// multiply; functions of the step (LambdaLR, OneCycleLR, CyclicLR, CosineAnnealingWarmRestarts) overwrite, so that
    /// whatever stands before one of them has no effect.
    ///
    /// First value: the LR after all of them have been built. ReduceLROnPlateau is refused.
    ///
    /// Source: torch 2.15, `torch.optim.lr_scheduler.ChainedScheduler`.
    ChainedScheduler = "ChainedScheduler" in Torch;
    /// The schedules in order of application.
    schedulers: Vec<Schedule>,
    @ignored "optimizer";
}

#[derive(Clone, Debug)]
pub(crate) struct Chained {
    pub children: Vec<Node>,
}

impl Motion for ChainedScheduler {
    fn start(&self, optimizer: &mut Optimizer, _: i64) -> Result<Node, ScheduleError> {
        let nothing = "ChainedScheduler expects at least one scheduler to be chained, but got no scheduler.";
        let children = children("ChainedScheduler", nothing, &self.schedulers, optimizer)?;
        reject_plateau("ChainedScheduler", &self.schedulers)?;
        Ok(Node::Chained(Chained { children }))
    }
}

impl Chained {
    pub fn step(&mut self, optimizer: &mut Optimizer) -> Result<(), ScheduleError> {
        self.children.iter_mut().try_for_each(|child| child.step(optimizer, None))
    }
}

/// Builds the children one after the other on the same optimizer.
pub(super) fn children(
    class: &str,
    nothing: &str,
    schedules: &[Schedule],
    optimizer: &mut Optimizer,
) -> Result<Vec<Node>, ScheduleError> {
    if schedules.is_empty() {
        return Err(value_error(nothing));
    }
    let mut children = Vec::with_capacity(schedules.len());
    for (index, schedule) in schedules.iter().enumerate() {
        let child = schedule.start(optimizer)?;
        if !matches!(child, Node::Single(_) | Node::Sequential(_) | Node::Chained(_) | Node::Plateau(_)) {
            return Err(type_error(format!(
                "{class} takes torch's schedulers; {} at index {index} is {}'s, which is not one.",
                schedule.class().name,
                schedule.class().library.name()
            )));
        }
        children.push(child);
    }
    Ok(children)
}

pub(super) fn reject_plateau(class: &str, schedules: &[Schedule]) -> Result<(), ScheduleError> {
    match schedules.iter().position(|schedule| matches!(schedule, Schedule::ReduceLROnPlateau(_))) {
        Some(index) => Err(value_error(format!(
            "{class} does not support `ReduceLROnPlateau` scheduler as it requires additional kwargs to be specified \
             when calling `step`, but got one at index {index} in the given schedulers sequence."
        ))),
        None => Ok(()),
    }
}

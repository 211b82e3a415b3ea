//! `SequentialLR` and `ChainedScheduler`: schedulers made of schedulers that share one optimizer.

use super::{Moment, Node};
use crate::error::{Exception, ScheduleError, value_error};
use crate::optimizer::Optimizer;
use crate::schedule::Schedule;

#[derive(Clone, Debug)]
pub(crate) struct Sequential {
    children: Vec<Node>,
    milestones: Vec<i64>,
    last_epoch: i64,
}

#[derive(Clone, Debug)]
pub(crate) struct Chained {
    children: Vec<Node>,
}

impl Sequential {
    /// In torch the children are constructed first, one after the other, on the same optimizer; then SequentialLR
    /// takes their first step back, resets the LR and makes the first step of the child whose turn it is.
    pub fn new(schedules: &[Schedule], milestones: &[i64], optimizer: &mut Optimizer) -> Result<Self, ScheduleError> {
        let children =
            construct("SequentialLR expects at least one scheduler, but got no scheduler.", schedules, optimizer)?;
        reject_plateau("SequentialLR", schedules)?;
        if milestones.len() + 1 != schedules.len() {
            return Err(value_error(format!(
                "Sequential Schedulers expects number of schedulers provided to be one more than the number of \
                 milestone points, but got number of schedulers {} and the number of milestones to be equal to {}",
                schedules.len(),
                milestones.len()
            )));
        }
        let mut sequential = Self { children, milestones: milestones.to_vec(), last_epoch: 0 };
        for group in &mut optimizer.groups {
            group.lr = group.initial_lr.unwrap_or(group.lr);
        }
        sequential.children.iter_mut().for_each(undo);
        let first = sequential.turn();
        initial_step(&mut sequential.children[first], optimizer)?;
        Ok(sequential)
    }

    pub fn step(&mut self, optimizer: &mut Optimizer) -> Result<(), ScheduleError> {
        self.last_epoch += 1;
        let turn = self.turn();
        let child = &mut self.children[turn];
        if turn > 0 && self.milestones[turn - 1] == self.last_epoch {
            restart(child, optimizer)
        } else {
            child.step(optimizer, None)
        }
    }

    /// The child whose turn it is: Python's `bisect_right(milestones, last_epoch)`, which bisects even where the
    /// milestones are not in order.
    fn turn(&self) -> usize {
        let (mut low, mut high) = (0, self.milestones.len());
        while low < high {
            let middle = (low + high) / 2;
            if self.last_epoch < self.milestones[middle] { high = middle } else { low = middle + 1 }
        }
        low
    }
}

impl Chained {
    pub fn new(schedules: &[Schedule], optimizer: &mut Optimizer) -> Result<Self, ScheduleError> {
        let nothing = "ChainedScheduler expects at least one scheduler to be chained, but got no scheduler.";
        let children = construct(nothing, schedules, optimizer)?;
        reject_plateau("ChainedScheduler", schedules)?;
        Ok(Self { children })
    }

    pub fn step(&mut self, optimizer: &mut Optimizer) -> Result<(), ScheduleError> {
        self.children.iter_mut().try_for_each(|child| child.step(optimizer, None))
    }
}

fn construct(nothing: &str, schedules: &[Schedule], optimizer: &mut Optimizer) -> Result<Vec<Node>, ScheduleError> {
    if schedules.is_empty() {
        return Err(value_error(nothing));
    }
    schedules.iter().map(|schedule| Node::new(schedule, optimizer)).collect()
}

fn reject_plateau(class: &str, schedules: &[Schedule]) -> Result<(), ScheduleError> {
    match schedules.iter().position(|schedule| matches!(schedule, Schedule::ReduceLROnPlateau(_))) {
        Some(index) => Err(value_error(format!(
            "{class} does not support `ReduceLROnPlateau` scheduler as it requires additional kwargs to be specified \
             when calling `step`, but got one at index {index} in the given schedulers sequence."
        ))),
        None => Ok(()),
    }
}

/// torch's `recursive_undo`.
fn undo(node: &mut Node) {
    match node {
        Node::Single(single) => single.last_epoch -= 1,
        Node::Sequential(Sequential { children, .. }) | Node::Chained(Chained { children }) => {
            children.iter_mut().for_each(undo);
        }
        Node::Plateau(_) => {}
    }
}

/// torch's `_initial_step`.
fn initial_step(node: &mut Node, optimizer: &mut Optimizer) -> Result<(), ScheduleError> {
    match node {
        Node::Single(single) => single.advance(optimizer, Moment::Construction),
        // The flag for construction is set on the outer scheduler only, so its children make an ordinary step.
        combined => combined.step(optimizer, None),
    }
}

/// torch's `_update_lr(0)`, which the combined classes do not have.
fn restart(node: &mut Node, optimizer: &mut Optimizer) -> Result<(), ScheduleError> {
    match node {
        Node::Single(single) => single.advance(optimizer, Moment::Restart),
        _ => Err(ScheduleError { exception: Exception::NotImplementedError, message: String::new() }),
    }
}

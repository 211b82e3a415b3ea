//! `SequentialLR`.

use super::chained::{children, reject_plateau};
use crate::class::constructor;
use crate::error::{Exception, ScheduleError, value_error};
use crate::motion::{Motion, Node};
use crate::optimizer::Optimizer;
use crate::schedule::Schedule;

constructor! {
    /// One schedule after another: the way to put a warmup before anything.
    ///
    /// Rule: at step `milestones[i]` schedule `i + 1` takes over, from its own step 0. Lengths inside a later schedule
    /// count from there, so a cosine after a warmup of W steps in a run of N needs `T_max = N - W`.
    ///
    /// First value: that of the first schedule (of the second one if the first milestone is 0). A later schedule starts from
    /// the LR of the optimizer, whatever the one before has left. OneCycleLR as a later schedule changes the LR that the
    /// ones before it start from. A SequentialLR or ChainedScheduler cannot be a later schedule: it raises when its turn
    /// comes. ReduceLROnPlateau is refused.
    ///
    /// Source: torch 2.15, `torch.optim.lr_scheduler.SequentialLR`.
    SequentialLR = "SequentialLR" in Torch;
    /// The schedules in order.
    schedulers: Vec<Schedule>,
    /// Steps at which the next one takes over; one fewer than schedules.
    milestones: Vec<i64>,
    @ignored "last_epoch";
}

#[derive(Clone, Debug)]
pub(crate) struct Sequential {
    pub children: Vec<Node>,
    pub milestones: Vec<i64>,
    last_epoch: i64,
}

impl Motion for SequentialLR {
    fn start(&self, optimizer: &mut Optimizer, last_epoch: i64) -> Result<Node, ScheduleError> {
        Sequential::new(&self.schedulers, &self.milestones, optimizer, last_epoch).map(Node::Sequential)
    }
}

impl Sequential {
    /// In torch the children are constructed first, one after the other, on the same optimizer; then SequentialLR
    /// takes their first step back, resets the LR and makes the first step of the child whose turn it is.
    fn new(
        schedules: &[Schedule],
        milestones: &[i64],
        optimizer: &mut Optimizer,
        last_epoch: i64,
    ) -> Result<Self, ScheduleError> {
        let nothing = "SequentialLR expects at least one scheduler, but got no scheduler.";
        let children = children("SequentialLR", nothing, schedules, optimizer)?;
        reject_plateau("SequentialLR", schedules)?;
        if milestones.len() + 1 != schedules.len() {
            return Err(value_error(format!(
                "Sequential Schedulers expects number of schedulers provided to be one more than the number of \
                 milestone points, but got number of schedulers {} and the number of milestones to be equal to {}",
                schedules.len(),
                milestones.len()
            )));
        }
        let mut sequential = Self { children, milestones: milestones.to_vec(), last_epoch: last_epoch + 1 };
        for group in &mut optimizer.groups {
            group.lr = group.initial_lr.unwrap_or(group.lr);
        }
        sequential.children.iter_mut().for_each(undo);
        let first = turn(&sequential.milestones, 0);
        initial_step(&mut sequential.children[first], optimizer)?;
        Ok(sequential)
    }

    /// Whether it was built to start at step 0 and has not been stepped.
    pub fn is_fresh(&self) -> bool {
        self.last_epoch == 0
    }

    pub fn step(&mut self, optimizer: &mut Optimizer) -> Result<(), ScheduleError> {
        self.last_epoch += 1;
        let turn = turn(&self.milestones, self.last_epoch);
        let child = &mut self.children[turn];
        if turn > 0 && self.milestones[turn - 1] == self.last_epoch {
            restart(child, optimizer)
        } else {
            child.step(optimizer, None)
        }
    }
}

/// The child whose turn it is: Python's `bisect_right(milestones, step)`, which bisects even where the milestones are
/// not in order.
pub(crate) fn turn(milestones: &[i64], step: i64) -> usize {
    let (mut low, mut high) = (0, milestones.len());
    while low < high {
        let middle = (low + high) / 2;
        if step < milestones[middle] { high = middle } else { low = middle + 1 }
    }
    low
}

/// torch's `recursive_undo`.
fn undo(node: &mut Node) {
    match node {
        Node::Single(single) => single.undo(),
        Node::Sequential(Sequential { children, .. }) => children.iter_mut().for_each(undo),
        Node::Chained(chained) => chained.children.iter_mut().for_each(undo),
        _ => {}
    }
}

/// torch's `_initial_step`.
fn initial_step(node: &mut Node, optimizer: &mut Optimizer) -> Result<(), ScheduleError> {
    match node {
        Node::Single(single) => single.initial_step(optimizer),
        // The flag for construction is set on the outer scheduler only, so its children make an ordinary step.
        combined => combined.step(optimizer, None),
    }
}

/// torch's `_update_lr(0)`, which the combined classes do not have.
fn restart(node: &mut Node, optimizer: &mut Optimizer) -> Result<(), ScheduleError> {
    match node {
        Node::Single(single) => single.restart(optimizer),
        _ => Err(ScheduleError { exception: Exception::NotImplementedError, message: String::new() }),
    }
}

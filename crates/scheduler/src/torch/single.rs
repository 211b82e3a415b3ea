//! The base class `LRScheduler`: a scheduler that is not made of others and needs no metric.

use std::sync::Arc;

use super::cyclic::Cyclic;
use super::one_cycle::OneCycle;
use super::swa::Swa;
use super::warm_restarts::WarmRestarts;
use crate::error::{Exception, ScheduleError, type_error};
use crate::motion::{FunctionOfStep, Node};
use crate::optimizer::Optimizer;

/// What a recursion may look at.
pub(crate) struct State {
    /// torch's `last_epoch`.
    pub step: i64,
    /// Whether the scheduler is being constructed; some formulas differ there.
    pub constructing: bool,
    /// Index of the parameter group.
    pub group: usize,
    pub base_lr: f64,
    /// The LR in force.
    pub lr: f64,
}

/// A class whose next LR follows from the LR in force.
pub(crate) trait Recursion: std::fmt::Debug + Send + Sync {
    /// torch's `get_lr` for one parameter group.
    fn next(&self, state: &State) -> Result<f64, ScheduleError>;

    /// torch's `_get_closed_form_lr`; `None` for a class that has none.
    fn closed_form(&self, epoch: f64, base_lr: f64) -> Option<Result<f64, ScheduleError>>;

    /// The LR after `step` calls of `step()` from `lr`, without making them; `None` where only replaying can tell. Differs
    /// from the closed form where torch's recursion does: at lengths of 0, at fractions of a step.
    fn at(&self, step: i64, lr: f64) -> Option<Result<f64, ScheduleError>>;

    /// As `at`, `step` steps after SequentialLR has handed over, which it does by the closed form.
    fn at_after_restart(&self, step: i64, base_lr: f64) -> Option<Result<f64, ScheduleError>> {
        self.at(step, base_lr)
    }

    /// Whether each step multiplies the LR in force by something that depends on the step alone, up to `step`.
    fn multiplies(&self, step: i64) -> bool {
        let _ = step;
        true
    }
}

/// A length of whole steps, at least one.
pub(super) fn whole(length: f64) -> Option<f64> {
    (length >= 1.0 && length.fract() == 0.0).then_some(length)
}

#[derive(Clone, Debug)]
pub(crate) enum Formula {
    Recursion(Arc<dyn Recursion>),
    Function(Arc<dyn FunctionOfStep>),
    WarmRestarts(WarmRestarts),
    Cyclic(Cyclic),
    OneCycle(OneCycle),
    Swa(Swa),
}

/// A scheduler that is not made of others, and needs no metric.
#[derive(Clone, Debug)]
pub(crate) struct Single {
    pub formula: Formula,
    /// torch's `last_epoch`: calls of `step()` so far, in this scheduler's own count.
    last_epoch: i64,
    /// torch's `_step_count`: calls of `step()` including the one in the constructor.
    step_count: i64,
    pub base_lrs: Vec<f64>,
}

impl Single {
    /// torch's `LRScheduler.__init__`.
    pub fn start(formula: Formula, optimizer: &mut Optimizer, last_epoch: i64) -> Result<Node, ScheduleError> {
        let base_lrs = initial_lrs(optimizer, last_epoch)?;
        let base_lrs = match &formula {
            Formula::Cyclic(cyclic) => cyclic.base_lrs.clone(),
            _ => base_lrs,
        };
        let mut single = Self { formula, last_epoch, step_count: 0, base_lrs };
        single.initial_step(optimizer)?;
        Ok(Node::Single(single))
    }

    /// torch's `_initial_step`.
    pub fn initial_step(&mut self, optimizer: &mut Optimizer) -> Result<(), ScheduleError> {
        self.step_count = 0;
        self.advance(optimizer, true)
    }

    /// torch's `step()`.
    pub fn step(&mut self, optimizer: &mut Optimizer) -> Result<(), ScheduleError> {
        self.advance(optimizer, false)
    }

    /// torch's `step(epoch)`: the closed form where there is one.
    pub fn step_to(&mut self, optimizer: &mut Optimizer, epoch: f64) -> Result<(), ScheduleError> {
        self.step_count += 1;
        if let Formula::WarmRestarts(restarts) = &mut self.formula {
            restarts.jump(epoch)?;
        }
        self.update_lr_to(optimizer, epoch)
    }

    /// torch's `_update_lr(0)`, by which SequentialLR starts a later child.
    pub fn restart(&mut self, optimizer: &mut Optimizer) -> Result<(), ScheduleError> {
        self.update_lr_to(optimizer, 0.0)
    }

    /// What GradualWarmupScheduler does when its warmup is over: other base LRs, and `get_lr` without a step.
    pub fn take_over(&mut self, optimizer: &mut Optimizer, base_lrs: Vec<f64>) -> Result<(), ScheduleError> {
        if let Formula::Cyclic(cyclic) = &mut self.formula {
            cyclic.base_lrs.clone_from(&base_lrs);
        }
        self.base_lrs = base_lrs;
        self.get_lr(optimizer, false)
    }

    /// Whether it was built to start at step 0 and has not been stepped.
    pub fn is_fresh(&self) -> bool {
        self.last_epoch == 0
    }

    /// torch's `recursive_undo`.
    pub fn undo(&mut self) {
        self.last_epoch -= 1;
    }

    fn update_lr_to(&mut self, optimizer: &mut Optimizer, epoch: f64) -> Result<(), ScheduleError> {
        self.last_epoch = epoch.floor() as i64;
        if let Formula::Recursion(recursion) = &self.formula {
            let closed = self.base_lrs.iter().map(|&base_lr| recursion.closed_form(epoch, base_lr)).collect();
            if let Some(lrs) = closed {
                return write(optimizer, lrs);
            }
        }
        if epoch.fract() != 0.0 && !matches!(self.formula, Formula::WarmRestarts(_)) {
            return Err(type_error("This class has no closed form; step(epoch) needs a whole number."));
        }
        self.get_lr(optimizer, false)
    }

    fn advance(&mut self, optimizer: &mut Optimizer, constructing: bool) -> Result<(), ScheduleError> {
        self.step_count += 1;
        self.last_epoch += 1;
        if let Formula::WarmRestarts(restarts) = &mut self.formula {
            restarts.advance(self.last_epoch)?;
        }
        self.get_lr(optimizer, constructing)
    }

    fn get_lr(&mut self, optimizer: &mut Optimizer, constructing: bool) -> Result<(), ScheduleError> {
        let step = self.last_epoch;
        let base_lrs = self.base_lrs.iter().enumerate();
        let lrs = match &self.formula {
            Formula::Recursion(recursion) => base_lrs
                .zip(&optimizer.groups)
                .map(|((index, &base_lr), group)| {
                    recursion.next(&State { step, constructing, group: index, base_lr, lr: group.lr })
                })
                .collect(),
            Formula::Function(function) => {
                base_lrs.map(|(index, &base_lr)| function.lr(step, base_lr, index)).collect()
            }
            Formula::WarmRestarts(restarts) => self.base_lrs.iter().map(|&base_lr| Ok(restarts.lr(base_lr))).collect(),
            Formula::Cyclic(cyclic) => cyclic.write(step, optimizer),
            Formula::OneCycle(one_cycle) => one_cycle.write(step, optimizer),
            Formula::Swa(swa) => {
                let lr = |group: &crate::optimizer::Group| Ok(swa.lr(self.step_count - 1, group.lr, group.swa_lr));
                optimizer.groups.iter().map(lr).collect()
            }
        };
        write(optimizer, lrs)
    }
}

/// Writes the LR of each parameter group, or none of them.
pub(crate) fn write(optimizer: &mut Optimizer, lrs: Result<Vec<f64>, ScheduleError>) -> Result<(), ScheduleError> {
    for (group, lr) in optimizer.groups.iter_mut().zip(lrs?) {
        group.lr = lr;
    }
    Ok(())
}

/// The LRs that the run started from. A resumed scheduler finds them in the parameter groups or fails.
fn initial_lrs(optimizer: &mut Optimizer, last_epoch: i64) -> Result<Vec<f64>, ScheduleError> {
    if last_epoch == -1 {
        return Ok(optimizer.remember_initial_lrs());
    }
    let initial_lr = |(index, group): (usize, &crate::optimizer::Group)| {
        group.initial_lr.ok_or_else(|| ScheduleError {
            exception: Exception::KeyError,
            message: format!(
                "param 'initial_lr' is not specified in param_groups[{index}] when resuming scheduler with last_epoch \
                 >= 0: load the optimizer's state before the scheduler is built, or leave last_epoch out."
            ),
        })
    };
    optimizer.groups.iter().enumerate().map(initial_lr).collect()
}

//! Schedules in motion: what each kind of class does when it is built and when it is stepped.

use std::sync::Arc;

use crate::error::{ScheduleError, type_error};
use crate::gradual_warmup::Warmup;
use crate::keras::KerasPlateau;
use crate::optimizer::Optimizer;
use crate::timm::TimmPlateau;
use crate::torch::{Chained, Plateau, Sequential, Single};
use crate::transformers::Greedy;

/// How a class of schedule starts to move.
pub(crate) trait Motion {
    /// What the constructor of the library does, including the first write of the LR. `last_epoch` is -1, or the
    /// number of the last step before a resume.
    fn start(&self, optimizer: &mut Optimizer, last_epoch: i64) -> Result<Node, ScheduleError>;

    /// The schedule as a function of the step on this optimizer, where it is one in its own library. With the errors
    /// of the constructor.
    fn function(&self, optimizer: &Optimizer) -> Option<Result<Arc<dyn FunctionOfStep>, ScheduleError>> {
        let _ = optimizer;
        None
    }
}

/// A schedule whose LR depends on the step and the LR the optimizer was built with, and on nothing else.
pub(crate) trait FunctionOfStep: std::fmt::Debug + Send + Sync {
    /// The LR of parameter group number `group` at `step`.
    fn lr(&self, step: i64, base_lr: f64, group: usize) -> Result<f64, ScheduleError>;
}

/// A scheduler of any class, in motion.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    /// torch's classes that are not made of others and need no metric.
    Single(Single),
    Sequential(Sequential),
    Chained(Chained),
    Plateau(Plateau),
    Greedy(Greedy),
    TimmPlateau(TimmPlateau),
    KerasPlateau(KerasPlateau),
    Counted(Counted),
    Warmup(Warmup),
}

/// A function of the step outside torch, where the caller counts the steps: timm's `step(t)`, optax' and Keras' calls.
#[derive(Clone, Debug)]
pub(crate) struct Counted {
    pub function: Arc<dyn FunctionOfStep>,
    step: i64,
    pub base_lrs: Vec<f64>,
}

impl Counted {
    pub fn start(function: Arc<dyn FunctionOfStep>, optimizer: &mut Optimizer) -> Result<Node, ScheduleError> {
        let counted = Self { function, step: 0, base_lrs: optimizer.remember_initial_lrs() };
        counted.write(optimizer)?;
        Ok(Node::Counted(counted))
    }

    fn write(&self, optimizer: &mut Optimizer) -> Result<(), ScheduleError> {
        let lr = |(group, &base_lr): (usize, &f64)| self.function.lr(self.step, base_lr, group);
        let lrs = self.base_lrs.iter().enumerate().map(lr).collect::<Result<Vec<_>, _>>()?;
        for (group, lr) in optimizer.groups.iter_mut().zip(lrs) {
            group.lr = lr * group.lr_scale;
        }
        Ok(())
    }
}

impl Node {
    /// One call of `step(metric)`.
    pub fn step(&mut self, optimizer: &mut Optimizer, metric: Option<f64>) -> Result<(), ScheduleError> {
        let needed = |class: &str| {
            metric
                .ok_or_else(|| type_error(format!("{class}.step() missing 1 required positional argument: 'metrics'")))
        };
        match self {
            Self::Single(single) => single.step(optimizer),
            Self::Sequential(sequential) => sequential.step(optimizer),
            Self::Chained(chained) => chained.step(optimizer),
            Self::Plateau(plateau) => {
                plateau.step(needed("ReduceLROnPlateau")?, optimizer);
                Ok(())
            }
            Self::Greedy(greedy) => {
                greedy.step(needed("GreedyLR")?, optimizer);
                Ok(())
            }
            Self::KerasPlateau(plateau) => {
                plateau.step(needed("ReduceLROnPlateau")?, optimizer);
                Ok(())
            }
            Self::TimmPlateau(plateau) => {
                plateau.step(metric, optimizer);
                Ok(())
            }
            Self::Warmup(warmup) => warmup.step(optimizer, metric),
            Self::Counted(counted) => {
                counted.step += 1;
                counted.write(optimizer)
            }
        }
    }

    /// One call of torch's deprecated `step(epoch)`, or of timm's.
    pub fn step_to(&mut self, optimizer: &mut Optimizer, epoch: f64) -> Result<(), ScheduleError> {
        match self {
            Self::Single(single) => single.step_to(optimizer, epoch),
            Self::Warmup(warmup) => warmup.step_to(optimizer, epoch),
            Self::Counted(counted) if epoch.fract() == 0.0 => {
                counted.step = epoch as i64;
                counted.write(optimizer)
            }
            Self::Counted(_) => Err(type_error("a schedule that is told the step must be told a whole one")),
            _ => Err(type_error("step() takes 1 positional argument but 2 were given")),
        }
    }
}

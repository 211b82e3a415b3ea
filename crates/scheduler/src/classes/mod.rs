//! How each class moves: torch's own recursions, in torch's own order of operations, so that every value is the same
//! to the last bit (torch 2.15, `torch/optim/lr_scheduler.py`).
//!
//! Most classes are a [`Formula`]: from the LR in force (or the base LR) and the step to the next LR, one parameter
//! group at a time. The others have files of their own: [`combined`] holds those made of other schedulers,
//! [`plateau`] the one that listens to a metric.

mod chainable;
mod combined;
mod cyclic;
mod one_cycle;
mod plateau;
mod warm_restarts;

use crate::error::{ScheduleError, type_error, value_error};
use crate::optimizer::Optimizer;
use crate::schedule::{PerGroup, Schedule};

/// A scheduler of any class, in motion.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    Single(Single),
    Sequential(combined::Sequential),
    Chained(combined::Chained),
    Plateau(plateau::Plateau),
}

/// A scheduler that is not made of others, and needs no metric.
#[derive(Clone, Debug)]
pub(crate) struct Single {
    formula: Formula,
    /// torch's `last_epoch`: calls of `step()` so far, in this scheduler's own count.
    last_epoch: i64,
    base_lrs: Vec<f64>,
}

#[derive(Clone, Debug)]
enum Formula {
    Chainable(Schedule),
    WarmRestarts(warm_restarts::WarmRestarts),
    Cyclic(cyclic::Cyclic),
    OneCycle(one_cycle::OneCycle),
}

/// Whether a scheduler is being constructed or stepped; torch's formulas differ between the two.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Moment {
    Construction,
    Step,
    /// torch's `_update_lr(0)`, by which SequentialLR starts a later child: the closed form where there is one.
    Restart,
}

impl Node {
    /// What torch does in the constructor, including the first write of the LR.
    pub fn new(schedule: &Schedule, optimizer: &mut Optimizer) -> Result<Self, ScheduleError> {
        let formula = match schedule {
            Schedule::SequentialLR { schedules, milestones } => {
                return combined::Sequential::new(schedules, milestones, optimizer).map(Self::Sequential);
            }
            Schedule::ChainedScheduler { schedules } => {
                return combined::Chained::new(schedules, optimizer).map(Self::Chained);
            }
            Schedule::ReduceLROnPlateau(parameters) => {
                return plateau::Plateau::new(parameters, optimizer).map(Self::Plateau);
            }
            Schedule::CosineAnnealingWarmRestarts { t_0, t_mult, eta_min } => {
                Formula::WarmRestarts(warm_restarts::WarmRestarts::new(*t_0, *t_mult, *eta_min)?)
            }
            Schedule::CyclicLR(parameters) => Formula::Cyclic(cyclic::Cyclic::new(parameters, optimizer)?),
            Schedule::OneCycleLR(parameters) => Formula::OneCycle(one_cycle::OneCycle::new(parameters, optimizer)?),
            chainable => {
                chainable::check(chainable, optimizer.groups.len())?;
                Formula::Chainable(chainable.clone())
            }
        };
        for group in &mut optimizer.groups {
            group.initial_lr.get_or_insert(group.lr);
        }
        let base_lrs = match &formula {
            Formula::Cyclic(cyclic) => cyclic.base_lrs.clone(),
            _ => optimizer.groups.iter().map(|group| group.initial_lr.unwrap_or(group.lr)).collect(),
        };
        let mut single = Single { formula, last_epoch: -1, base_lrs };
        single.advance(optimizer, Moment::Construction)?;
        Ok(Self::Single(single))
    }

    /// One call of `step(metric)`.
    pub fn step(&mut self, optimizer: &mut Optimizer, metric: Option<f64>) -> Result<(), ScheduleError> {
        match self {
            Self::Single(single) => single.advance(optimizer, Moment::Step),
            Self::Sequential(sequential) => sequential.step(optimizer),
            Self::Chained(chained) => chained.step(optimizer),
            Self::Plateau(plateau) => match metric {
                Some(metric) => {
                    plateau.step(metric, optimizer);
                    Ok(())
                }
                None => Err(type_error("ReduceLROnPlateau.step() missing 1 required positional argument: 'metrics'")),
            },
        }
    }
}

impl Single {
    fn advance(&mut self, optimizer: &mut Optimizer, moment: Moment) -> Result<(), ScheduleError> {
        self.last_epoch = if moment == Moment::Restart { 0 } else { self.last_epoch + 1 };
        if let Formula::WarmRestarts(restarts) = &mut self.formula
            && moment != Moment::Restart
        {
            restarts.advance(self.last_epoch);
        }
        let lrs = match &self.formula {
            Formula::Chainable(schedule) => {
                let lr = |(index, (group, &base_lr)): (usize, (&crate::optimizer::Group, &f64))| {
                    let state = chainable::State { step: self.last_epoch, moment, group: index, base_lr, lr: group.lr };
                    chainable::next(schedule, &state)
                };
                optimizer.groups.iter().zip(&self.base_lrs).enumerate().map(lr).collect::<Result<Vec<_>, _>>()?
            }
            Formula::WarmRestarts(restarts) => self.base_lrs.iter().map(|&base_lr| restarts.lr(base_lr)).collect(),
            Formula::Cyclic(cyclic) => cyclic.write(self.last_epoch, optimizer)?,
            Formula::OneCycle(one_cycle) => one_cycle.write(self.last_epoch, optimizer)?,
        };
        for (group, lr) in optimizer.groups.iter_mut().zip(lrs) {
            group.lr = lr;
        }
        Ok(())
    }
}

/// torch's `_format_param`: a list must have one value for each parameter group.
fn per_group(name: &str, parameter: &PerGroup, groups: usize) -> Result<Vec<f64>, ScheduleError> {
    match parameter {
        PerGroup::All(value) => Ok(vec![*value; groups]),
        PerGroup::Each(values) if values.len() == groups => Ok(values.clone()),
        PerGroup::Each(values) => Err(value_error(format!(
            "{name} must have the same length as optimizer.param_groups. {name} has {} values, param_groups has {groups}.",
            values.len()
        ))),
    }
}

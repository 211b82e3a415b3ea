//! `OneCycleLR`.

use std::f64::consts::PI;

use super::per_group;
use crate::error::{ScheduleError, value_error};
use crate::optimizer::{Group, MomentumKind, Optimizer};
use crate::python::{divide, number};
use crate::schedule::OneCycleLR;

#[derive(Clone, Debug)]
pub(super) struct OneCycle {
    total_steps: i64,
    phases: Vec<Phase>,
    linear: bool,
    cycle_momentum: bool,
}

#[derive(Clone, Copy, Debug)]
struct Phase {
    end_step: f64,
    lr: (Point, Point),
    /// Which end of the LR the momentum mirrors: at the peak of the LR the momentum is lowest.
    momentum: (Point, Point),
}

#[derive(Clone, Copy, Debug)]
enum Point {
    Initial,
    Max,
    Min,
}

impl Point {
    fn lr(self, group: &Group) -> f64 {
        match self {
            // The constructor has set it; a resumed optimizer without it cannot be built.
            Self::Initial => group.initial_lr.unwrap_or(group.lr),
            Self::Max => group.max_lr,
            Self::Min => group.min_lr,
        }
    }

    fn momentum(self, group: &Group) -> f64 {
        match self {
            Self::Max => group.base_momentum,
            Self::Initial | Self::Min => group.max_momentum,
        }
    }
}

impl OneCycle {
    pub fn new(parameters: &OneCycleLR, optimizer: &mut Optimizer) -> Result<Self, ScheduleError> {
        let total_steps = total_steps(parameters)?;
        let (share, total) = (parameters.pct_start, total_steps as f64);
        let rise_end = share * total - 1.0;
        let rise =
            Phase { end_step: rise_end, lr: (Point::Initial, Point::Max), momentum: (Point::Initial, Point::Max) };
        let phases = if parameters.three_phase {
            let fall_end = 2.0 * share * total - 2.0;
            let fall =
                Phase { end_step: fall_end, lr: (Point::Max, Point::Initial), momentum: (Point::Max, Point::Initial) };
            let tail = Phase {
                end_step: total - 1.0,
                lr: (Point::Initial, Point::Min),
                momentum: (Point::Initial, Point::Min),
            };
            vec![rise, fall, tail]
        } else {
            vec![
                rise,
                Phase { end_step: total - 1.0, lr: (Point::Max, Point::Min), momentum: (Point::Max, Point::Min) },
            ]
        };
        if !(0.0..=1.0).contains(&share) {
            return Err(value_error(format!("Expected float between 0 and 1 pct_start, but got {}", number(share))));
        }
        let linear = match parameters.anneal_strategy.as_str() {
            "cos" => false,
            "linear" => true,
            other => {
                return Err(value_error(format!(
                    "anneal_strategy must be one of 'cos' or 'linear', instead got {other}"
                )));
            }
        };
        let groups = optimizer.groups.len();
        let max_lrs = per_group("max_lr", &parameters.max_lr, groups)?;
        for (group, max_lr) in optimizer.groups.iter_mut().zip(max_lrs) {
            let initial_lr = divide(max_lr, parameters.div_factor)?;
            group.initial_lr = Some(initial_lr);
            group.max_lr = max_lr;
            group.min_lr = divide(initial_lr, parameters.final_div_factor)?;
        }
        if parameters.cycle_momentum {
            if optimizer.momentum_kind == MomentumKind::None {
                return Err(value_error(
                    "optimizer must support momentum or beta1 with `cycle_momentum` option enabled",
                ));
            }
            let max = per_group("max_momentum", &parameters.max_momentum, groups)?;
            let base = per_group("base_momentum", &parameters.base_momentum, groups)?;
            for (group, (max, base)) in optimizer.groups.iter_mut().zip(max.into_iter().zip(base)) {
                group.momentum = max;
                group.max_momentum = max;
                group.base_momentum = base;
            }
        }
        Ok(Self { total_steps, phases, linear, cycle_momentum: parameters.cycle_momentum })
    }

    /// Writes the momentum and returns the LR of each group at `step`.
    ///
    /// The call after the last step of the cycle is allowed and goes past the minimum; the one after that raises.
    pub fn write(&self, step: i64, optimizer: &mut Optimizer) -> Result<Vec<f64>, ScheduleError> {
        if step > self.total_steps {
            return Err(value_error(format!(
                "Tried to step {step} times. The specified number of total steps is {}",
                self.total_steps
            )));
        }
        let step = step as f64;
        let mut start_step = 0.0;
        let mut phases = self.phases.iter().peekable();
        while let Some(phase) = phases.next() {
            if step <= phase.end_step || phases.peek().is_none() {
                let progress = divide(step - start_step, phase.end_step - start_step)?;
                if self.cycle_momentum {
                    for group in &mut optimizer.groups {
                        let (from, to) = (phase.momentum.0.momentum(group), phase.momentum.1.momentum(group));
                        group.momentum = self.anneal(from, to, progress);
                    }
                }
                let lr = |group: &Group| self.anneal(phase.lr.0.lr(group), phase.lr.1.lr(group), progress);
                return Ok(optimizer.groups.iter().map(lr).collect());
            }
            start_step = phase.end_step;
        }
        Ok(optimizer.lrs())
    }

    fn anneal(&self, start: f64, end: f64, progress: f64) -> f64 {
        if self.linear {
            (end - start) * progress + start
        } else {
            end + (start - end) / 2.0 * ((PI * progress).cos() + 1.0)
        }
    }
}

fn total_steps(parameters: &OneCycleLR) -> Result<i64, ScheduleError> {
    let positive = |name: &str, value: i64| {
        if value > 0 {
            Ok(value)
        } else {
            Err(value_error(format!("Expected positive integer {name}, but got {value}")))
        }
    };
    match (parameters.total_steps, parameters.epochs, parameters.steps_per_epoch) {
        (Some(total_steps), _, _) => positive("total_steps", total_steps),
        (None, Some(epochs), Some(steps_per_epoch)) => {
            let epochs = positive("epochs", epochs)?;
            Ok(epochs.saturating_mul(positive("steps_per_epoch", steps_per_epoch)?))
        }
        _ => Err(value_error("You must define either total_steps OR (epochs AND steps_per_epoch)")),
    }
}

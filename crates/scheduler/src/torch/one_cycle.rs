//! `OneCycleLR`.

use std::f64::consts::PI;

use super::per_group;
use super::single::{Formula, Single};
use crate::class::constructor;
use crate::error::{Exception, ScheduleError, value_error};
use crate::motion::{Motion, Node};
use crate::notation::{PerGroup, StrictFloat};
use crate::optimizer::{Group, MomentumKind, Optimizer};
use crate::python::{divide, number};

constructor! {
    /// One rise to a high LR and one long fall to almost nothing, with the momentum moving the other way.
    ///
    /// Formula: from `max_lr / div_factor` up to `max_lr` at step `pct_start * total_steps - 1`, then down to
    /// `max_lr / div_factor / final_div_factor` at step `total_steps - 1`; each a half cosine, or a line. With
    /// `three_phase` the fall goes back to the start in as many steps as the rise took, then down to the end.
    ///
    /// First value: `max_lr / div_factor`; the LR of the optimizer plays no part. Last value, with the defaults: `max_lr *
    /// 4e-6`. `total_steps` calls of `step()` are allowed, and the last of them goes past the minimum and up again; one
    /// more raises. Stepped per batch. It turns on the momentum of an SGD that was built without.
    ///
    /// Source: torch 2.15, `torch.optim.lr_scheduler.OneCycleLR`; Smith and Topin 2018, arXiv 1708.07120, which has three
    /// phases; two are fastai's.
    OneCycleLR = "OneCycleLR" in Torch;
    /// The LR at the peak, one for all parameter groups or one for each.
    max_lr: PerGroup,
    /// Steps of the whole cycle; else `epochs * steps_per_epoch`.
    total_steps: Option<i64> = None,
    /// Used with `steps_per_epoch` where `total_steps` is absent.
    epochs: Option<i64> = None,
    /// Used with `epochs` where `total_steps` is absent.
    steps_per_epoch: Option<i64> = None,
    /// Share of the cycle that the rise takes.
    pct_start: StrictFloat = StrictFloat(0.3),
    /// `cos` or `linear`.
    anneal_strategy: String = "cos".to_owned(),
    /// Whether momentum moves the other way.
    cycle_momentum: bool = true,
    /// Momentum at the peak of the LR.
    base_momentum: PerGroup = PerGroup::All(0.85),
    /// Momentum at both ends.
    max_momentum: PerGroup = PerGroup::All(0.95),
    /// The cycle starts at `max_lr / div_factor`.
    div_factor: f64 = 25.0,
    /// The cycle ends at `max_lr / div_factor / final_div_factor`.
    final_div_factor: f64 = 1e4,
    /// Rise, symmetric fall, then the fall to the minimum, as in the paper.
    three_phase: bool = false,
    @ignored "last_epoch";
}

impl OneCycleLR {
    /// torch's defaults for a cycle of `total_steps` with its peak at `max_lr`.
    pub fn new(max_lr: f64, total_steps: i64) -> Self {
        Self {
            max_lr: PerGroup::All(max_lr),
            total_steps: Some(total_steps),
            epochs: None,
            steps_per_epoch: None,
            pct_start: StrictFloat(0.3),
            anneal_strategy: "cos".into(),
            cycle_momentum: true,
            base_momentum: PerGroup::All(0.85),
            max_momentum: PerGroup::All(0.95),
            div_factor: 25.0,
            final_div_factor: 1e4,
            three_phase: false,
        }
    }

    /// Steps of the whole cycle; `None` where neither `total_steps` nor both of the others are given.
    pub fn length(&self) -> Option<i64> {
        self.total_steps.or_else(|| self.epochs?.checked_mul(self.steps_per_epoch?))
    }
}

impl Motion for OneCycleLR {
    fn start(&self, optimizer: &mut Optimizer, last_epoch: i64) -> Result<Node, ScheduleError> {
        let one_cycle = OneCycle::new(self, optimizer, last_epoch == -1)?;
        Single::start(Formula::OneCycle(one_cycle), optimizer, last_epoch)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct OneCycle {
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
    /// A fresh cycle has written all three into the group; a resumed one needs a checkpoint that has them.
    fn lr(self, group: &Group) -> Result<f64, ScheduleError> {
        let (key, lr) = match self {
            Self::Initial => ("initial_lr", group.initial_lr),
            Self::Max => ("max_lr", group.max_lr),
            Self::Min => ("min_lr", group.min_lr),
        };
        lr.ok_or_else(|| ScheduleError { exception: Exception::KeyError, message: format!("'{key}'") })
    }

    fn momentum(self, group: &Group) -> f64 {
        match self {
            Self::Max => group.base_momentum,
            Self::Initial | Self::Min => group.max_momentum,
        }
    }
}

impl OneCycle {
    pub fn new(parameters: &OneCycleLR, optimizer: &mut Optimizer, fresh: bool) -> Result<Self, ScheduleError> {
        let total_steps = total_steps(parameters)?;
        let (share, total) = (parameters.pct_start.0, total_steps as f64);
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
        if fresh {
            for (group, max_lr) in optimizer.groups.iter_mut().zip(max_lrs) {
                let initial_lr = divide(max_lr, parameters.div_factor)?;
                group.initial_lr = Some(initial_lr);
                group.max_lr = Some(max_lr);
                group.min_lr = Some(divide(initial_lr, parameters.final_div_factor)?);
            }
        }
        if parameters.cycle_momentum {
            if optimizer.momentum_kind == MomentumKind::None {
                return Err(value_error(
                    "optimizer must support momentum or beta1 with `cycle_momentum` option enabled",
                ));
            }
            let max = per_group("max_momentum", &parameters.max_momentum, groups)?;
            let base = per_group("base_momentum", &parameters.base_momentum, groups)?;
            for (group, (max, base)) in optimizer.groups.iter_mut().zip(max.into_iter().zip(base)).filter(|_| fresh) {
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
        let (phase, progress) = self.phase(step)?;
        if self.cycle_momentum {
            for group in &mut optimizer.groups {
                let (from, to) = (phase.momentum.0.momentum(group), phase.momentum.1.momentum(group));
                group.momentum = self.anneal(from, to, progress);
            }
        }
        optimizer.groups.iter().map(|group| self.lr(step, group)).collect()
    }

    /// The LR of one group at `step`.
    pub fn lr(&self, step: i64, group: &Group) -> Result<f64, ScheduleError> {
        let (phase, progress) = self.phase(step)?;
        Ok(self.anneal(phase.lr.0.lr(group)?, phase.lr.1.lr(group)?, progress))
    }

    /// The phase of a step and the progress in it.
    fn phase(&self, step: i64) -> Result<(&Phase, f64), ScheduleError> {
        if step > self.total_steps {
            return Err(value_error(format!(
                "Tried to step {step} times. The specified number of total steps is {}",
                self.total_steps
            )));
        }
        let step = step as f64;
        let last = self.phases.len() - 1;
        let index = self.phases[..last].iter().position(|phase| step <= phase.end_step).unwrap_or(last);
        let start_step = index.checked_sub(1).map_or(0.0, |before| self.phases[before].end_step);
        let phase = &self.phases[index];
        Ok((phase, divide(step - start_step, phase.end_step - start_step)?))
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

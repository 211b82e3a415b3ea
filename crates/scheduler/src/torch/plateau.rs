//! `ReduceLROnPlateau`.

use crate::class::constructor;
use crate::error::{ScheduleError, value_error};
use crate::motion::{Motion, Node};
use crate::notation::PerGroup;
use crate::optimizer::Optimizer;
use crate::scheduler::PlateauCounters;

constructor! {
    /// Times `factor` whenever a metric has stopped improving.
    ///
    /// Rule: each step gets a metric. It is *better* if it beats the best one so far by `threshold` (in `min` mode and
    /// `rel`: below `best * (1 - threshold)`); else it is bad, and so is NaN. When more than `patience` bad ones have come
    /// in a row, the LR of each group becomes `max(lr * factor, min_lr)`, provided that lowers it by more than `eps`.
    ///
    /// First value: `lr`. `patience=2` reduces after the third bad step. With a negative metric in `rel` mode an unchanged
    /// metric counts as better, so the LR never falls.
    ///
    /// Source: torch 2.15, `torch.optim.lr_scheduler.ReduceLROnPlateau`.
    ReduceLROnPlateau = "ReduceLROnPlateau" in Torch;
    /// `min` or `max`: which way the metric improves.
    mode: String = "min".to_owned(),
    /// Factor per reduction, below 1.
    factor: f64 = 0.1,
    /// Bad steps that are let pass; the next one reduces.
    patience: i64 = 10,
    /// How much better counts as better.
    threshold: f64 = 1e-4,
    /// `rel` or `abs`: whether the threshold is a share of the best metric or a difference.
    threshold_mode: String = "rel".to_owned(),
    /// Steps after a reduction in which bad ones are not counted.
    cooldown: i64 = 0,
    /// The LR is never reduced below this; one for all parameter groups or one for each.
    min_lr: PerGroup = PerGroup::All(0.0),
    /// Reductions smaller than this are not made.
    eps: f64 = 1e-8,
}

impl Default for ReduceLROnPlateau {
    /// torch's defaults.
    fn default() -> Self {
        Self {
            mode: "min".into(),
            factor: 0.1,
            patience: 10,
            threshold: 1e-4,
            threshold_mode: "rel".into(),
            cooldown: 0,
            min_lr: PerGroup::All(0.0),
            eps: 1e-8,
        }
    }
}

impl Motion for ReduceLROnPlateau {
    fn start(&self, optimizer: &mut Optimizer, _: i64) -> Result<Node, ScheduleError> {
        Plateau::new(self, optimizer).map(Node::Plateau)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Plateau {
    better: Better,
    factor: f64,
    patience: i64,
    cooldown: i64,
    min_lrs: Vec<f64>,
    eps: f64,
    best: f64,
    num_bad_epochs: i64,
    cooldown_counter: i64,
}

/// When a metric is better than the best so far; a NaN never is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Better {
    MinRelative(f64),
    MinAbsolute(f64),
    MaxRelative(f64),
    MaxAbsolute(f64),
}

impl Better {
    /// The comparison of a mode and a threshold mode, by their Python names.
    pub fn new(mode: &str, threshold_mode: &str, threshold: f64) -> Result<Self, ScheduleError> {
        match (mode, threshold_mode) {
            ("min", "rel") => Ok(Self::MinRelative(threshold)),
            ("min", "abs") => Ok(Self::MinAbsolute(threshold)),
            ("max", "rel") => Ok(Self::MaxRelative(threshold)),
            ("max", "abs") => Ok(Self::MaxAbsolute(threshold)),
            ("min" | "max", _) => Err(value_error(format!("threshold mode {threshold_mode} is unknown!"))),
            _ => Err(value_error(format!("mode {mode} is unknown!"))),
        }
    }

    /// The best so far before there is one: worse than any metric.
    pub fn worst(self) -> f64 {
        match self {
            Self::MinRelative(_) | Self::MinAbsolute(_) => f64::INFINITY,
            Self::MaxRelative(_) | Self::MaxAbsolute(_) => f64::NEG_INFINITY,
        }
    }

    pub fn holds(self, metric: f64, best: f64) -> bool {
        match self {
            Self::MinRelative(threshold) => metric < best * (1.0 - threshold),
            Self::MinAbsolute(threshold) => metric < best - threshold,
            Self::MaxRelative(threshold) => metric > best * (threshold + 1.0),
            Self::MaxAbsolute(threshold) => metric > best + threshold,
        }
    }
}

impl Plateau {
    pub fn new(parameters: &ReduceLROnPlateau, optimizer: &Optimizer) -> Result<Self, ScheduleError> {
        let groups = optimizer.groups.len();
        if parameters.factor >= 1.0 {
            return Err(value_error("Factor should be < 1.0."));
        }
        let min_lrs = match &parameters.min_lr {
            PerGroup::All(min_lr) => vec![*min_lr; groups],
            PerGroup::Each(min_lrs) if min_lrs.len() == groups => min_lrs.clone(),
            PerGroup::Each(min_lrs) => {
                return Err(value_error(format!("expected {groups} min_lrs, got {}", min_lrs.len())));
            }
        };
        let better = Better::new(&parameters.mode, &parameters.threshold_mode, parameters.threshold)?;
        Ok(Self {
            better,
            factor: parameters.factor,
            patience: parameters.patience,
            cooldown: parameters.cooldown,
            min_lrs,
            eps: parameters.eps,
            best: better.worst(),
            num_bad_epochs: 0,
            cooldown_counter: 0,
        })
    }

    pub fn counters(&self) -> PlateauCounters {
        PlateauCounters { best: self.best, bad: self.num_bad_epochs, cooldown: self.cooldown_counter }
    }

    pub fn step(&mut self, metric: f64, optimizer: &mut Optimizer) {
        if self.better.holds(metric, self.best) {
            self.best = metric;
            self.num_bad_epochs = 0;
        } else {
            self.num_bad_epochs += 1;
        }
        if self.cooldown_counter > 0 {
            self.cooldown_counter -= 1;
            self.num_bad_epochs = 0;
        }
        if self.num_bad_epochs > self.patience {
            for (group, &min_lr) in optimizer.groups.iter_mut().zip(&self.min_lrs) {
                let reduced = python_max(group.lr * self.factor, min_lr);
                if group.lr - reduced > self.eps {
                    group.lr = reduced;
                }
            }
            self.cooldown_counter = self.cooldown;
            self.num_bad_epochs = 0;
        }
    }
}

/// Python's `max(a, b)`: `a` unless `b` is greater, also where `a` is NaN.
fn python_max(a: f64, b: f64) -> f64 {
    if b > a { b } else { a }
}

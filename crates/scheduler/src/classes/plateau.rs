//! `ReduceLROnPlateau`.

use crate::error::{ScheduleError, value_error};
use crate::optimizer::Optimizer;
use crate::schedule::{PerGroup, ReduceLROnPlateau};

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
enum Better {
    MinRelative(f64),
    MinAbsolute(f64),
    MaxRelative(f64),
    MaxAbsolute(f64),
}

impl Better {
    fn holds(self, metric: f64, best: f64) -> bool {
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
        let (mode, threshold_mode) = (parameters.mode.as_str(), parameters.threshold_mode.as_str());
        if !matches!(mode, "min" | "max") {
            return Err(value_error(format!("mode {mode} is unknown!")));
        }
        let threshold = parameters.threshold;
        let better = match (mode, threshold_mode) {
            ("min", "rel") => Better::MinRelative(threshold),
            ("min", "abs") => Better::MinAbsolute(threshold),
            ("max", "rel") => Better::MaxRelative(threshold),
            ("max", "abs") => Better::MaxAbsolute(threshold),
            _ => return Err(value_error(format!("threshold mode {threshold_mode} is unknown!"))),
        };
        Ok(Self {
            better,
            factor: parameters.factor,
            patience: parameters.patience,
            cooldown: parameters.cooldown,
            min_lrs,
            eps: parameters.eps,
            best: if mode == "min" { f64::INFINITY } else { f64::NEG_INFINITY },
            num_bad_epochs: 0,
            cooldown_counter: 0,
        })
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

//! `GreedyLR`.

use std::collections::VecDeque;

use crate::class::constructor;
use crate::error::{ScheduleError, value_error};
use crate::motion::{Motion, Node};
use crate::notation::PerGroup;
use crate::optimizer::Optimizer;
use crate::torch::Better;

constructor! {
    /// Raises the LR while a metric improves and lowers it while it does not; `get_scheduler("greedy")`.
    ///
    /// Rule: more than `patience` better metrics in a row divide the LR by `factor` (up to `max_lr`), more than `patience` bad
    /// ones multiply it with `factor` (down to `min_lr`). After `reset_start` reductions with every group at its minimum
    /// everything starts anew from the first LR.
    ///
    /// First value: `lr`, even outside `min_lr` and `max_lr`.
    ///
    /// Source: transformers 5.23, `GreedyLR`; arXiv 2512.14527.
    GreedyLR = "GreedyLR" in Transformers;
    /// `min` or `max`: which way the metric improves.
    mode: String = "min".to_owned(),
    /// Factor per change, below 1.
    factor: f64 = 0.95,
    /// Steps of the same kind that are let pass; the next one changes the LR.
    patience: i64 = 10,
    /// How much better counts as better.
    threshold: f64 = 1e-6,
    /// `rel` or `abs`.
    threshold_mode: String = "abs".to_owned(),
    /// Steps after a reduction in which nothing is counted.
    cooldown: i64 = 0,
    /// Steps after a raise in which nothing is counted.
    warmup: i64 = 0,
    /// The LR is not reduced below this; one for all parameter groups or one for each.
    min_lr: PerGroup = PerGroup::All(1e-3),
    /// The LR is not raised above this; one for all parameter groups or one for each.
    max_lr: PerGroup = PerGroup::All(1.0),
    /// Changes smaller than this are not made.
    eps: f64 = 1e-8,
    /// Whether it prints what it does.
    verbose: bool = false,
    /// Whether the metric is averaged first.
    smooth: bool = false,
    /// Metrics in the average.
    window_size: i64 = 50,
    /// Reductions at the minimum before everything starts anew.
    reset_start: i64 = 500,
}

#[derive(Clone, Debug)]
pub(crate) struct Greedy {
    parameters: GreedyLR,
    better: Better,
    first_lrs: Vec<f64>,
    min_lrs: Vec<f64>,
    max_lrs: Vec<f64>,
    best: f64,
    bad_in_a_row: i64,
    good_in_a_row: i64,
    cooldown_left: i64,
    warmup_left: i64,
    reset_left: i64,
    average: Average,
}

/// A mean of the last metrics, added up and taken off one by one as transformers does.
#[derive(Clone, Debug, Default)]
struct Average {
    values: VecDeque<f64>,
    sum: f64,
}

impl Motion for GreedyLR {
    fn start(&self, optimizer: &mut Optimizer, _: i64) -> Result<Node, ScheduleError> {
        if self.factor >= 1.0 {
            return Err(value_error("Factor should be < 1.0."));
        }
        let better = Better::new(&self.mode, &self.threshold_mode, self.threshold)?;
        let groups = optimizer.groups.len();
        let limits = |name: &str, limit: &PerGroup| match limit {
            PerGroup::All(limit) => Ok(vec![*limit; groups]),
            PerGroup::Each(limits) if limits.len() == groups => Ok(limits.clone()),
            PerGroup::Each(limits) => Err(value_error(format!("expected {groups} {name}, got {}", limits.len()))),
        };
        Ok(Node::Greedy(Greedy {
            better,
            first_lrs: optimizer.lrs(),
            min_lrs: limits("min_lrs", &self.min_lr)?,
            max_lrs: limits("max_lrs", &self.max_lr)?,
            best: better.worst(),
            bad_in_a_row: 0,
            good_in_a_row: 0,
            cooldown_left: 0,
            warmup_left: 0,
            reset_left: self.reset_start,
            average: Average::default(),
            parameters: self.clone(),
        }))
    }
}

impl Greedy {
    pub fn step(&mut self, metric: f64, optimizer: &mut Optimizer) {
        let metric =
            if self.parameters.smooth { self.average.add(metric, self.parameters.window_size) } else { metric };
        if self.cooldown_left > 0 {
            self.cooldown_left -= 1;
            (self.bad_in_a_row, self.good_in_a_row) = (0, 0);
            return;
        }
        if self.warmup_left > 0 {
            self.warmup_left -= 1;
            (self.bad_in_a_row, self.good_in_a_row) = (0, 0);
            return;
        }
        if self.better.holds(metric, self.best) {
            self.best = metric;
            (self.bad_in_a_row, self.good_in_a_row) = (0, self.good_in_a_row + 1);
        } else {
            (self.bad_in_a_row, self.good_in_a_row) = (self.bad_in_a_row + 1, 0);
        }
        if self.good_in_a_row > self.parameters.patience {
            self.raise(optimizer);
            self.warmup_left = self.parameters.warmup;
            self.good_in_a_row = 0;
        } else if self.bad_in_a_row > self.parameters.patience {
            self.reduce(optimizer);
            self.cooldown_left = self.parameters.cooldown;
            self.bad_in_a_row = 0;
        }
    }

    fn raise(&mut self, optimizer: &mut Optimizer) {
        for (group, &max_lr) in optimizer.groups.iter_mut().zip(&self.max_lrs) {
            let raised = (group.lr / self.parameters.factor).min(max_lr);
            if raised - group.lr > self.parameters.eps {
                group.lr = raised;
            }
        }
        self.reset_left = self.parameters.reset_start;
    }

    fn reduce(&mut self, optimizer: &mut Optimizer) {
        for (group, &min_lr) in optimizer.groups.iter_mut().zip(&self.min_lrs) {
            let reduced = (group.lr * self.parameters.factor).max(min_lr);
            if group.lr - reduced > self.parameters.eps {
                group.lr = reduced;
            }
        }
        if optimizer.groups.iter().zip(&self.min_lrs).all(|(group, min_lr)| group.lr <= *min_lr) {
            self.reset_left -= 1;
            if self.reset_left <= 0 {
                self.reset(optimizer);
            }
        }
    }

    fn reset(&mut self, optimizer: &mut Optimizer) {
        for (group, &lr) in optimizer.groups.iter_mut().zip(&self.first_lrs) {
            group.lr = lr;
        }
        self.best = self.better.worst();
        (self.bad_in_a_row, self.good_in_a_row, self.cooldown_left, self.warmup_left) = (0, 0, 0, 0);
        self.reset_left = self.parameters.reset_start;
        self.average = Average::default();
    }
}

impl Average {
    fn add(&mut self, value: f64, window: i64) -> f64 {
        self.values.push_back(value);
        self.sum += value;
        if self.values.len() as i64 > window
            && let Some(removed) = self.values.pop_front()
        {
            self.sum -= removed;
        }
        self.sum / self.values.len() as f64
    }
}

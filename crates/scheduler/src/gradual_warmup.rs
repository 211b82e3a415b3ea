//! The package `warmup-scheduler` (pytorch-gradual-warmup-lr), of which many scripts carry a copy, too.

use crate::class::constructor;
use crate::error::{Exception, ScheduleError, type_error, value_error};
use crate::motion::{Motion, Node};
use crate::notation::Steps;
use crate::optimizer::Optimizer;
use crate::python::divide;
use crate::schedule::Schedule;
use crate::torch::write;

constructor! {
    /// A linear warmup before another schedule.
    ///
    /// Formula: `lr(t) = lr * t / total_epoch` with `multiplier=1`, else `lr * ((multiplier - 1) * t / total_epoch + 1)`. At
    /// step `total_epoch + 1` the schedule behind takes over, from its own step 0 and `multiplier` times its LR.
    ///
    /// First value: 0 with `multiplier=1`: stepped once per epoch, the whole first epoch learns nothing. A cosine behind it
    /// peaks a little above the LR; ExponentialLR and PolynomialLR make their first step at once. Before ReduceLROnPlateau the
    /// warmup begins at its step 1, and with `multiplier=1` there is none. With OneCycleLR behind it the LR of the warmup is
    /// that of OneCycleLR's start.
    ///
    /// Source: warmup-scheduler 0.3, on torch 2.15.
    GradualWarmupScheduler = "GradualWarmupScheduler" in GradualWarmup;
    /// The LR after the warmup, as a multiple of the LR; at least 1.
    multiplier: f64,
    /// Steps of the warmup; at least 1.
    total_epoch: Steps,
    /// What follows it; without it the LR stays.
    after_scheduler: Option<Box<Schedule>> = None,
}

/// A warmup in motion, and what follows it.
#[derive(Clone, Debug)]
pub(crate) struct Warmup {
    multiplier: f64,
    total: f64,
    pub after: Option<Box<Node>>,
    base_lrs: Vec<f64>,
    last_epoch: f64,
    /// Whether what follows has taken over.
    finished: bool,
}

impl Motion for GradualWarmupScheduler {
    fn start(&self, optimizer: &mut Optimizer, _: i64) -> Result<Node, ScheduleError> {
        let after = self.after_scheduler.as_ref().map(|after| after.start(optimizer)).transpose()?;
        if !matches!(after, None | Some(Node::Single(_) | Node::Plateau(_) | Node::Sequential(_) | Node::Chained(_))) {
            return Err(type_error("GradualWarmupScheduler takes a scheduler of torch."));
        }
        if self.multiplier < 1.0 {
            return Err(value_error("multiplier should be greater thant or equal to 1."));
        }
        let mut warmup = Warmup {
            multiplier: self.multiplier,
            total: self.total_epoch.0,
            after: after.map(Box::new),
            base_lrs: optimizer.remember_initial_lrs(),
            last_epoch: -1.0,
            finished: false,
        };
        warmup.step(optimizer, None)?;
        Ok(Node::Warmup(warmup))
    }
}

impl Warmup {
    /// `step()` or `step(metrics=metric)`.
    pub fn step(&mut self, optimizer: &mut Optimizer, metric: Option<f64>) -> Result<(), ScheduleError> {
        if let Some(Node::Plateau(_)) = self.after.as_deref() {
            return self.step_before_plateau(optimizer, metric);
        }
        if self.finished {
            return self.after.as_mut().map_or(Ok(()), |after| after.step(optimizer, None));
        }
        self.move_to(optimizer, self.last_epoch + 1.0)
    }

    /// `step(epoch)`.
    pub fn step_to(&mut self, optimizer: &mut Optimizer, epoch: f64) -> Result<(), ScheduleError> {
        if let Some(Node::Plateau(_)) = self.after.as_deref() {
            self.last_epoch = epoch - 1.0;
            return self.step_before_plateau(optimizer, None);
        }
        if self.finished {
            return self.after.as_mut().map_or(Ok(()), |after| after.step_to(optimizer, epoch - self.total));
        }
        self.move_to(optimizer, epoch)
    }

    fn step_before_plateau(&mut self, optimizer: &mut Optimizer, metric: Option<f64>) -> Result<(), ScheduleError> {
        let epoch = self.last_epoch + 1.0;
        // "ReduceLROnPlateau is called at the end of epoch, whereas others are called at beginning."
        self.last_epoch = if epoch == 0.0 { 1.0 } else { epoch };
        if self.last_epoch <= self.total {
            return self.write(optimizer, |warmup, base_lr| warmup.rising(base_lr));
        }
        self.after.as_mut().map_or(Ok(()), |after| after.step(optimizer, metric))
    }

    fn move_to(&mut self, optimizer: &mut Optimizer, epoch: f64) -> Result<(), ScheduleError> {
        self.last_epoch = epoch;
        if epoch <= self.total {
            return self.write(optimizer, |warmup, base_lr| match warmup.multiplier {
                1.0 => Ok(base_lr * divide(warmup.last_epoch, warmup.total)?),
                _ => warmup.rising(base_lr),
            });
        }
        let base_lrs: Vec<f64> = self.base_lrs.iter().map(|base_lr| base_lr * self.multiplier).collect();
        match self.after.as_deref_mut() {
            None => self.write(optimizer, |warmup, base_lr| Ok(base_lr * warmup.multiplier)),
            Some(Node::Single(after)) => {
                self.finished = true;
                after.take_over(optimizer, base_lrs)
            }
            // The combined ones have no `get_lr`.
            Some(_) => Err(ScheduleError { exception: Exception::NotImplementedError, message: String::new() }),
        }
    }

    fn rising(&self, base_lr: f64) -> Result<f64, ScheduleError> {
        Ok(base_lr * (divide((self.multiplier - 1.0) * self.last_epoch, self.total)? + 1.0))
    }

    fn write(
        &self,
        optimizer: &mut Optimizer,
        lr: impl Fn(&Self, f64) -> Result<f64, ScheduleError>,
    ) -> Result<(), ScheduleError> {
        write(optimizer, self.base_lrs.iter().map(|base_lr| lr(self, *base_lr)).collect())
    }
}

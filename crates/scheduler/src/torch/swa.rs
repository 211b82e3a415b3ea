//! `SWALR`.

use std::f64::consts::PI;

use super::per_group;
use super::single::{Formula, Single};
use crate::class::constructor;
use crate::error::{ScheduleError, value_error};
use crate::motion::{Motion, Node};
use crate::notation::PerGroup;
use crate::optimizer::Optimizer;

constructor! {
    /// From whatever LR is in force to a constant one, for stochastic weight averaging.
    ///
    /// Formula: `lr(t) = swa_lr * a(t) + lr * (1 - a(t))` with `a` rising from 0 to 1 in `anneal_epochs` steps, as
    /// `(1 - cos(pi * t / anneal_epochs)) / 2` or linearly.
    ///
    /// First value: `lr`. Value from step `anneal_epochs` on: `swa_lr`. Usually stepped in place of another scheduler
    /// from some epoch on; it starts from the LR that the other one left.
    ///
    /// Source: torch 2.15, `torch.optim.swa_utils.SWALR`; Izmailov et al. 2018, arXiv 1803.05407.
    SWALR = "SWALR" in Torch;
    /// The LR at the end, one for all parameter groups or one for each.
    swa_lr: PerGroup,
    /// Steps to get there.
    anneal_epochs: i64 = 10,
    /// `cos` or `linear`.
    anneal_strategy: String = "cos".to_owned(),
    @ignored "last_epoch";
}

#[derive(Clone, Debug)]
pub(crate) struct Swa {
    anneal_epochs: i64,
    linear: bool,
}

impl Motion for SWALR {
    fn start(&self, optimizer: &mut Optimizer, last_epoch: i64) -> Result<Node, ScheduleError> {
        let swa_lrs = per_group("swa_lr", &self.swa_lr, optimizer.groups.len())?;
        for (group, swa_lr) in optimizer.groups.iter_mut().zip(swa_lrs) {
            group.swa_lr = swa_lr;
        }
        let linear = match self.anneal_strategy.as_str() {
            "cos" => false,
            "linear" => true,
            other => {
                return Err(value_error(format!(
                    "anneal_strategy must be one of 'cos' or 'linear', instead got {other}"
                )));
            }
        };
        if self.anneal_epochs < 0 {
            let given = self.anneal_epochs;
            return Err(value_error(format!("anneal_epochs must be equal or greater than 0, got {given}")));
        }
        Single::start(Formula::Swa(Swa { anneal_epochs: self.anneal_epochs, linear }), optimizer, last_epoch)
    }
}

impl Swa {
    /// The LR after the LR in force. torch works out from it where the annealing started.
    pub fn lr(&self, step: i64, lr: f64, swa_lr: f64) -> f64 {
        let step = if self.anneal_epochs == 0 { step.max(1) } else { step };
        let before = self.alpha(step - 1);
        let start = if before == 1.0 { swa_lr } else { (lr - before * swa_lr) / (1.0 - before) };
        let alpha = self.alpha(step);
        swa_lr * alpha + start * (1.0 - alpha)
    }

    fn alpha(&self, step: i64) -> f64 {
        let progress = (step as f64 / self.anneal_epochs.max(1) as f64).clamp(0.0, 1.0);
        if self.linear { progress } else { (1.0 - (PI * progress).cos()) / 2.0 }
    }

    /// The LR at `step` of a run that started at 0 from `lr`, without replaying it.
    pub fn at(&self, step: i64, lr: f64, swa_lr: f64) -> f64 {
        let alpha = self.alpha(if self.anneal_epochs == 0 { 1 } else { step });
        swa_lr * alpha + lr * (1.0 - alpha)
    }
}

//! `CosineAnnealingLR`.

use std::f64::consts::PI;
use std::sync::Arc;

use super::single::{Formula, Recursion, Single, State, whole};
use crate::class::constructor;
use crate::error::ScheduleError;
use crate::motion::{Motion, Node};
use crate::notation::Steps;
use crate::optimizer::Optimizer;
use crate::python::{divide, modulo};

constructor! {
    /// Half a cosine from the LR down to `eta_min`: the default of vision today.
    ///
    /// Formula: `lr(t) = eta_min + (lr - eta_min) * (1 + cos(pi * t / T_max)) / 2`.
    ///
    /// First value: `lr`. Value at step `T_max`: `eta_min`. It does not stay there: it climbs back up in the next `T_max`
    /// steps, so a run longer than `T_max` ends with a rising LR. A warmup before it must be taken off `T_max`.
    ///
    /// Source: torch 2.15, `torch.optim.lr_scheduler.CosineAnnealingLR`; Loshchilov and Hutter 2017, arXiv 1608.03983,
    /// without the restarts.
    CosineAnnealingLR = "CosineAnnealingLR" in Torch;
    /// Steps from the top to the bottom. 0 is accepted and fails at the first step.
    t_max as "T_max": Steps,
    /// The LR at the bottom, the same for all parameter groups.
    eta_min: f64 = 0.0,
    @ignored "last_epoch";
}

impl Motion for CosineAnnealingLR {
    fn start(&self, optimizer: &mut Optimizer, last_epoch: i64) -> Result<Node, ScheduleError> {
        Single::start(Formula::Recursion(Arc::new(self.clone())), optimizer, last_epoch)
    }
}

impl Recursion for CosineAnnealingLR {
    fn next(&self, state: &State) -> Result<f64, ScheduleError> {
        let (lr, step, t_max, eta_min) = (state.lr, state.step as f64, self.t_max.0, self.eta_min);
        if state.constructing {
            return Ok(lr);
        }
        if modulo(step - 1.0 - t_max, 2.0 * t_max)? == 0.0 {
            return Ok(lr + (state.base_lr - eta_min) * (1.0 - (PI / t_max).cos()) / 2.0);
        }
        let here = 1.0 + (PI * step / t_max).cos();
        let before = 1.0 + (PI * (step - 1.0) / t_max).cos();
        Ok(divide(here, before)? * (lr - eta_min) + eta_min)
    }

    fn closed_form(&self, epoch: f64, base_lr: f64) -> Option<Result<f64, ScheduleError>> {
        let angle = divide(PI * epoch, self.t_max.0);
        Some(angle.map(|angle| self.eta_min + (base_lr - self.eta_min) * (1.0 + angle.cos()) / 2.0))
    }

    fn at(&self, step: i64, lr: f64) -> Option<Result<f64, ScheduleError>> {
        whole(self.t_max.0)?;
        self.closed_form(step as f64, lr)
    }

    /// Towards 0, and as long as it falls. Where it turns, torch adds to the LR.
    fn multiplies(&self, step: i64) -> bool {
        self.eta_min == 0.0 && step as f64 <= self.t_max.0
    }
}

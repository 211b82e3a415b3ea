//! `StepLR`.

use std::sync::Arc;

use super::single::{Formula, Recursion, Single, State, whole};
use crate::class::constructor;
use crate::error::ScheduleError;
use crate::motion::{Motion, Node};
use crate::notation::Steps;
use crate::optimizer::Optimizer;
use crate::python::{floor_divide, modulo};

constructor! {
    /// Times `gamma` every `step_size` steps.
    ///
    /// Formula: `lr(t) = lr * gamma ** (t // step_size)`.
    ///
    /// First value: `lr`. Step `step_size` is the first at the lower LR. Resumed with `last_epoch` exactly on a decay, it
    /// decays a second time.
    ///
    /// Source: torch 2.15, `torch.optim.lr_scheduler.StepLR`.
    StepLR = "StepLR" in Torch;
    /// Steps between decays. 0 is accepted and fails at the first step.
    step_size: Steps,
    /// Factor per decay.
    gamma: f64 = 0.1,
    @ignored "last_epoch";
}

impl Motion for StepLR {
    fn start(&self, optimizer: &mut Optimizer, last_epoch: i64) -> Result<Node, ScheduleError> {
        Single::start(Formula::Recursion(Arc::new(self.clone())), optimizer, last_epoch)
    }
}

impl Recursion for StepLR {
    fn next(&self, state: &State) -> Result<f64, ScheduleError> {
        let stays = state.step == 0 || modulo(state.step as f64, self.step_size.0)? != 0.0;
        Ok(if stays { state.lr } else { state.lr * self.gamma })
    }

    fn closed_form(&self, epoch: f64, base_lr: f64) -> Option<Result<f64, ScheduleError>> {
        Some(floor_divide(epoch, self.step_size.0).map(|decays| base_lr * self.gamma.powf(decays)))
    }

    fn at(&self, step: i64, lr: f64) -> Option<Result<f64, ScheduleError>> {
        whole(self.step_size.0)?;
        self.closed_form(step as f64, lr)
    }
}

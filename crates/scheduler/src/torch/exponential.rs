//! `ExponentialLR`.

use std::sync::Arc;

use super::single::{Formula, Recursion, Single, State};
use crate::class::constructor;
use crate::error::ScheduleError;
use crate::motion::{Motion, Node};
use crate::optimizer::Optimizer;

constructor! {
    /// Times `gamma` at every step.
    ///
    /// Formula: `lr(t) = lr * gamma ** t`.
    ///
    /// First value: `lr`. It never ends: after 100 steps at `gamma=0.95` 0.6 % of the LR is left, so whether a step is
    /// an epoch or a batch decides everything.
    ///
    /// Source: torch 2.15, `torch.optim.lr_scheduler.ExponentialLR`.
    ExponentialLR = "ExponentialLR" in Torch;
    /// Factor per step.
    gamma: f64,
    @ignored "last_epoch";
}

impl Motion for ExponentialLR {
    fn start(&self, optimizer: &mut Optimizer, last_epoch: i64) -> Result<Node, ScheduleError> {
        Single::start(Formula::Recursion(Arc::new(self.clone())), optimizer, last_epoch)
    }
}

impl Recursion for ExponentialLR {
    fn next(&self, state: &State) -> Result<f64, ScheduleError> {
        Ok(if state.constructing { state.lr } else { state.lr * self.gamma })
    }

    fn closed_form(&self, epoch: f64, base_lr: f64) -> Option<Result<f64, ScheduleError>> {
        Some(Ok(base_lr * self.gamma.powf(epoch)))
    }

    fn at(&self, step: i64, lr: f64) -> Option<Result<f64, ScheduleError>> {
        self.closed_form(step as f64, lr)
    }
}

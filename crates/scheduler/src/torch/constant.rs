//! `ConstantLR`.

use std::sync::Arc;

use super::single::{Formula, Recursion, Single, State, whole};
use crate::class::constructor;
use crate::error::{ScheduleError, value_error};
use crate::motion::{Motion, Node};
use crate::notation::Steps;
use crate::optimizer::Optimizer;
use crate::python::divide;

constructor! {
    /// A reduced LR for the first steps, then the LR of the optimizer: a warmup in one stair.
    ///
    /// Formula: `lr(t) = lr * factor` while `t < total_iters`, then `lr`.
    ///
    /// First value: `lr * factor`. Last value: `lr`, from step `total_iters` on; with `total_iters=0` the LR stays
    /// reduced for ever. `factor=0` is accepted and divides by zero when the stair ends.
    ///
    /// `ConstantLR(factor=1.0)` is the way to write "no schedule" inside a `SequentialLR`.
    ///
    /// Source: torch 2.15, `torch.optim.lr_scheduler.ConstantLR`.
    ConstantLR = "ConstantLR" in Torch;
    /// What the LR is multiplied with, 0 to 1.
    factor: f64 = 1.0 / 3.0,
    /// Steps at the reduced LR; 0 never ends them.
    total_iters: Steps = Steps(5.0),
    @ignored "last_epoch";
}

impl Motion for ConstantLR {
    fn start(&self, optimizer: &mut Optimizer, last_epoch: i64) -> Result<Node, ScheduleError> {
        if !(0.0..=1.0).contains(&self.factor) {
            return Err(value_error("Constant multiplicative factor expected to be between 0 and 1."));
        }
        Single::start(Formula::Recursion(Arc::new(self.clone())), optimizer, last_epoch)
    }
}

impl Recursion for ConstantLR {
    fn next(&self, state: &State) -> Result<f64, ScheduleError> {
        match state.step {
            0 => Ok(state.lr * self.factor),
            step if step as f64 != self.total_iters.0 => Ok(state.lr),
            _ => Ok(state.lr * divide(1.0, self.factor)?),
        }
    }

    fn closed_form(&self, epoch: f64, base_lr: f64) -> Option<Result<f64, ScheduleError>> {
        let over = f64::from(epoch >= self.total_iters.0);
        Some(Ok(base_lr * (self.factor + over * (1.0 - self.factor))))
    }

    fn at(&self, step: i64, lr: f64) -> Option<Result<f64, ScheduleError>> {
        let total_iters = whole(self.total_iters.0)?;
        let reduced = lr * self.factor;
        if (step as f64) < total_iters {
            return Some(Ok(reduced));
        }
        Some(divide(1.0, self.factor).map(|back| reduced * back))
    }
}

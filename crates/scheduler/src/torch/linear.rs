//! `LinearLR`.

use std::sync::Arc;

use super::single::{Formula, Recursion, Single, State, whole};
use crate::class::constructor;
use crate::error::{ScheduleError, value_error};
use crate::motion::{Motion, Node};
use crate::notation::Steps;
use crate::optimizer::Optimizer;
use crate::python::divide;

constructor! {
    /// A straight line between two factors of the LR: the usual warmup, and the usual linear decay.
    ///
    /// Formula: `lr(t) = lr * (start_factor + (end_factor - start_factor) * min(t, total_iters) / total_iters)`.
    ///
    /// First value: `lr * start_factor`, which cannot be 0. Last value: `lr * end_factor`, at step `total_iters` and
    /// after. With `total_iters=0` the LR stays at `lr * start_factor` for ever.
    ///
    /// Source: torch 2.15, `torch.optim.lr_scheduler.LinearLR`.
    LinearLR = "LinearLR" in Torch;
    /// Factor at step 0: above 0, at most 1.
    start_factor: f64 = 1.0 / 3.0,
    /// Factor from step `total_iters` on: 0 to 1.
    end_factor: f64 = 1.0,
    /// Steps from one end to the other.
    total_iters: Steps = Steps(5.0),
    @ignored "last_epoch";
}

impl Motion for LinearLR {
    fn start(&self, optimizer: &mut Optimizer, last_epoch: i64) -> Result<Node, ScheduleError> {
        if self.start_factor > 1.0 || self.start_factor <= 0.0 {
            return Err(value_error(
                "Starting multiplicative factor expected to be greater than 0 and less or equal to 1.",
            ));
        }
        if !(0.0..=1.0).contains(&self.end_factor) {
            return Err(value_error("Ending multiplicative factor expected to be between 0 and 1."));
        }
        Single::start(Formula::Recursion(Arc::new(self.clone())), optimizer, last_epoch)
    }
}

impl Recursion for LinearLR {
    fn next(&self, state: &State) -> Result<f64, ScheduleError> {
        let (lr, step, total_iters) = (state.lr, state.step as f64, self.total_iters.0);
        if state.step == 0 {
            return Ok(lr * self.start_factor);
        }
        if state.constructing || step > total_iters {
            return Ok(lr);
        }
        let rise = self.end_factor - self.start_factor;
        Ok(lr * (1.0 + divide(rise, total_iters * self.start_factor + (step - 1.0) * rise)?))
    }

    fn closed_form(&self, epoch: f64, base_lr: f64) -> Option<Result<f64, ScheduleError>> {
        let rise = (self.end_factor - self.start_factor) * self.total_iters.0.min(epoch);
        Some(divide(rise, self.total_iters.0).map(|rise| base_lr * (self.start_factor + rise)))
    }

    fn at(&self, step: i64, lr: f64) -> Option<Result<f64, ScheduleError>> {
        whole(self.total_iters.0)?;
        self.closed_form(step as f64, lr)
    }
}

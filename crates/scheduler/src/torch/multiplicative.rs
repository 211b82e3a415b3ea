//! `MultiplicativeLR`.

use std::sync::Arc;

use super::lambda::{call, check};
use super::single::{Formula, Recursion, Single, State};
use crate::class::constructor;
use crate::error::ScheduleError;
use crate::lambda::Lambda;
use crate::motion::{Motion, Node};
use crate::notation::PerGroup;
use crate::optimizer::Optimizer;

constructor! {
    /// At each step, the LR in force times any function of the step.
    ///
    /// Formula: `lr(t) = lr(t - 1) * lr_lambda(t)`.
    ///
    /// First value: `lr`; the function is first called with 1.
    ///
    /// Source: torch 2.15, `torch.optim.lr_scheduler.MultiplicativeLR`.
    MultiplicativeLR = "MultiplicativeLR" in Torch;
    /// One function for all parameter groups, or a list with one for each.
    lr_lambda: PerGroup<Lambda>,
    @ignored "last_epoch";
}

impl Motion for MultiplicativeLR {
    fn start(&self, optimizer: &mut Optimizer, last_epoch: i64) -> Result<Node, ScheduleError> {
        check(&self.lr_lambda, optimizer)?;
        Single::start(Formula::Recursion(Arc::new(self.clone())), optimizer, last_epoch)
    }
}

impl Recursion for MultiplicativeLR {
    fn next(&self, state: &State) -> Result<f64, ScheduleError> {
        if state.constructing {
            return Ok(state.lr);
        }
        Ok(state.lr * call(&self.lr_lambda, state.group, state.step)?)
    }

    fn closed_form(&self, _: f64, _: f64) -> Option<Result<f64, ScheduleError>> {
        None
    }

    fn at(&self, _: i64, _: f64) -> Option<Result<f64, ScheduleError>> {
        None
    }
}

//! `LambdaLR`.

use std::sync::Arc;

use super::single::{Formula, Single};
use crate::class::constructor;
use crate::error::{ScheduleError, value_error};
use crate::lambda::Lambda;
use crate::motion::{FunctionOfStep, Motion, Node};
use crate::notation::PerGroup;
use crate::optimizer::Optimizer;

constructor! {
    /// The LR of the optimizer times any function of the step.
    ///
    /// Formula: `lr(t) = lr * lr_lambda(t)`.
    ///
    /// The function returns a factor, not an LR. First value: `lr * lr_lambda(0)`, which is 0 for the usual
    /// `step / warmup`.
    ///
    /// Source: torch 2.15, `torch.optim.lr_scheduler.LambdaLR`.
    LambdaLR = "LambdaLR" in Torch;
    /// One function for all parameter groups, or a list with one for each.
    lr_lambda: PerGroup<Lambda>,
    @ignored "last_epoch";
}

/// What torch's constructors say of a list of functions that is too long or too short.
pub(super) fn check(lambdas: &PerGroup<Lambda>, optimizer: &Optimizer) -> Result<(), ScheduleError> {
    match lambdas {
        PerGroup::Each(lambdas) if lambdas.len() != optimizer.groups.len() => {
            let groups = optimizer.groups.len();
            Err(value_error(format!("Expected {groups} lr_lambdas, but got {}", lambdas.len())))
        }
        _ => Ok(()),
    }
}

/// The value of the function of one parameter group.
pub(super) fn call(lambdas: &PerGroup<Lambda>, group: usize, step: i64) -> Result<f64, ScheduleError> {
    match lambdas {
        PerGroup::All(lambda) => lambda.call(step),
        PerGroup::Each(lambdas) => lambdas.get(group).map_or(Ok(1.0), |lambda| lambda.call(step)),
    }
}

impl Motion for LambdaLR {
    fn start(&self, optimizer: &mut Optimizer, last_epoch: i64) -> Result<Node, ScheduleError> {
        check(&self.lr_lambda, optimizer)?;
        Single::start(Formula::Function(Arc::new(self.clone())), optimizer, last_epoch)
    }

    fn function(&self, optimizer: &Optimizer) -> Option<Result<Arc<dyn FunctionOfStep>, ScheduleError>> {
        Some(check(&self.lr_lambda, optimizer).map(|()| Arc::new(self.clone()) as Arc<dyn FunctionOfStep>))
    }
}

impl FunctionOfStep for LambdaLR {
    fn lr(&self, step: i64, base_lr: f64, group: usize) -> Result<f64, ScheduleError> {
        Ok(base_lr * call(&self.lr_lambda, group, step)?)
    }
}

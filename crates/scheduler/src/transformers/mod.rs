//! The schedules of `transformers.get_scheduler` (transformers 5.23, `transformers/optimization.py`).
//!
//! Most are LambdaLRs: the LR of each group times a factor of the step. Two of them take the LR of the *optimizer* where
//! one expects the LR of the group. `reduce_lr_on_plateau` is torch's own class; [`GreedyLR`] listens to a metric, too.

mod constant;
mod constant_with_warmup;
mod cosine;
mod cosine_warmup_with_min_lr;
mod cosine_with_min_lr;
mod cosine_with_restarts;
mod get_scheduler;
mod greedy;
mod inverse_sqrt;
mod linear;
mod polynomial;
mod warmup_stable_decay;

use std::fmt;

pub use constant::ConstantSchedule;
pub use constant_with_warmup::ConstantWithWarmup;
pub use cosine::CosineWithWarmup;
pub use cosine_warmup_with_min_lr::CosineWarmupWithMinLr;
pub use cosine_with_min_lr::CosineWithMinLr;
pub use cosine_with_restarts::CosineWithHardRestarts;
pub(crate) use get_scheduler::{read_get_scheduler, scheduler_type};
pub(crate) use greedy::Greedy;
pub use greedy::GreedyLR;
pub use inverse_sqrt::InverseSqrt;
pub use linear::LinearWithWarmup;
pub use polynomial::PolynomialDecayWithWarmup;
pub use warmup_stable_decay::WarmupStableDecay;

use crate::error::{ScheduleError, value_error};
use crate::motion::FunctionOfStep;
use crate::optimizer::Optimizer;

/// Gives a class its motion: that of a LambdaLR whose function is `prepare(optimizer)`.
macro_rules! function {
    ($name:ident) => {
        impl $crate::motion::Motion for $name {
            fn start(
                &self,
                optimizer: &mut $crate::optimizer::Optimizer,
                last_epoch: i64,
            ) -> Result<$crate::motion::Node, $crate::error::ScheduleError> {
                let factor = std::sync::Arc::new($crate::transformers::Factor(self.prepare(optimizer)?));
                $crate::torch::Single::start($crate::torch::Formula::Function(factor), optimizer, last_epoch)
            }

            fn function(
                &self,
                optimizer: &$crate::optimizer::Optimizer,
            ) -> Option<Result<std::sync::Arc<dyn $crate::motion::FunctionOfStep>, $crate::error::ScheduleError>> {
                let factor = self.prepare(optimizer);
                Some(factor.map(|factor| -> std::sync::Arc<dyn $crate::motion::FunctionOfStep> {
                    std::sync::Arc::new($crate::transformers::Factor(factor))
                }))
            }
        }
    };
}
pub(crate) use function;

/// A factor of the step, applied to the LR of each group.
pub(crate) struct Factor<F>(pub F);

impl<F> fmt::Debug for Factor<F> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Factor")
    }
}

impl<F: Fn(f64) -> Result<f64, ScheduleError> + Send + Sync> FunctionOfStep for Factor<F> {
    fn lr(&self, step: i64, base_lr: f64, _: usize) -> Result<f64, ScheduleError> {
        Ok(base_lr * (self.0)(step as f64)?)
    }
}

/// A linear warmup from 0 of that many steps.
#[derive(Clone, Copy)]
struct Warmup(f64);

impl Warmup {
    /// `None` when it is over.
    fn factor(self, step: f64) -> Option<f64> {
        (step < self.0).then(|| step / self.0.max(1.0))
    }

    /// The share of the steps after it that has been made, in a run of `total`.
    fn progress(self, step: f64, total: f64) -> f64 {
        (step - self.0) / (total - self.0).max(1.0)
    }
}

/// The floor as a share of the LR, which is given as that or as an LR.
fn min_lr_rate(min_lr: Option<f64>, rate: Option<f64>, optimizer: &Optimizer) -> Result<f64, ScheduleError> {
    match (min_lr, rate) {
        (Some(_), Some(_)) => Err(value_error("Only one of min_lr or min_lr_rate should be set")),
        (Some(min_lr), None) => crate::python::divide(min_lr, optimizer.default_lr),
        (None, Some(rate)) => Ok(rate),
        (None, None) => {
            Err(value_error("One of min_lr or min_lr_rate should be set through the `lr_scheduler_kwargs`"))
        }
    }
}

//! `torch.optim.lr_scheduler`: torch's own recursions, in torch's own order of operations, so that every value is the
//! same to the last bit (torch 2.15, `torch/optim/lr_scheduler.py` and `swa_utils.py`).
//!
//! * Recursions: the next LR follows from the LR in force. They respect an LR that was changed by hand, and can be
//!   chained.
//! * Functions of the step: they overwrite whatever LR was in force.
//! * Made of other schedulers: [`SequentialLR`], [`ChainedScheduler`].
//! * Listening to a metric: [`ReduceLROnPlateau`].

mod chained;
mod constant;
mod cosine;
mod cyclic;
mod exponential;
mod lambda;
mod linear;
mod multi_step;
mod multiplicative;
mod one_cycle;
mod plateau;
mod polynomial;
mod sequential;
mod single;
mod step;
mod swa;
mod warm_restarts;

pub(crate) use chained::Chained;
pub use chained::ChainedScheduler;
pub use constant::ConstantLR;
pub use cosine::CosineAnnealingLR;
pub use cyclic::CyclicLR;
pub use exponential::ExponentialLR;
pub use lambda::LambdaLR;
pub use linear::LinearLR;
pub use multi_step::MultiStepLR;
pub use multiplicative::MultiplicativeLR;
pub use one_cycle::OneCycleLR;
pub use plateau::ReduceLROnPlateau;
pub(crate) use plateau::{Better, Plateau};
pub use polynomial::PolynomialLR;
pub use sequential::SequentialLR;
pub(crate) use sequential::{Sequential, turn};
pub(crate) use single::{Formula, Recursion, Single, State, write};
pub use step::StepLR;
pub use swa::SWALR;
pub use warm_restarts::CosineAnnealingWarmRestarts;

use crate::error::{ScheduleError, value_error};
use crate::notation::PerGroup;

/// torch's `_format_param`: a list must have one value for each parameter group.
fn per_group(name: &str, parameter: &PerGroup, groups: usize) -> Result<Vec<f64>, ScheduleError> {
    match parameter {
        PerGroup::All(value) => Ok(vec![*value; groups]),
        PerGroup::Each(values) if values.len() == groups => Ok(values.clone()),
        PerGroup::Each(values) => Err(value_error(format!(
            "{name} must have the same length as optimizer.param_groups. {name} has {} values, param_groups has {groups}.",
            values.len()
        ))),
    }
}

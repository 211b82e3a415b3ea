//! `get_constant_schedule`.

use super::function;
use crate::class::constructor;
use crate::error::ScheduleError;
use crate::optimizer::Optimizer;

constructor! {
    /// The LR of the optimizer at every step; `get_scheduler("constant")`.
    ///
    /// Formula: `lr(t) = lr`. A warmup that is configured beside it has no effect.
    ///
    /// Source: transformers 5.23, `get_constant_schedule`.
    ConstantSchedule = "get_constant_schedule" in Transformers;
    @ignored "last_epoch";
}

function!(ConstantSchedule);

impl ConstantSchedule {
    #[expect(clippy::unnecessary_wraps, reason = "the same shape as the other schedules")]
    fn prepare(&self, _: &Optimizer) -> Result<impl Fn(f64) -> Result<f64, ScheduleError> + use<>, ScheduleError> {
        Ok(|_| Ok(1.0))
    }
}

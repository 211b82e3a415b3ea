//! `PolynomialLR`.

use std::sync::Arc;

use super::single::{Formula, Recursion, Single, State, whole};
use crate::class::constructor;
use crate::error::ScheduleError;
use crate::motion::{Motion, Node};
use crate::notation::Steps;
use crate::optimizer::Optimizer;
use crate::python::divide;

constructor! {
    /// A power of the share of the run that is left: linear with `power=1`, the schedule of segmentation with 0.9.
    ///
    /// Formula: `lr(t) = lr * (1 - min(t, total_iters) / total_iters) ** power`.
    ///
    /// First value: `lr`. Last value: 0, at step `total_iters` and after. With `total_iters=0` the LR stays.
    ///
    /// Source: torch 2.15, `torch.optim.lr_scheduler.PolynomialLR`; power 0.9: DeepLab (Chen et al. 2017,
    /// arXiv 1606.00915).
    PolynomialLR = "PolynomialLR" in Torch;
    /// Steps to reach 0.
    total_iters: Steps = Steps(5.0),
    /// Exponent.
    power: f64 = 1.0,
    @ignored "last_epoch";
}

impl Motion for PolynomialLR {
    fn start(&self, optimizer: &mut Optimizer, last_epoch: i64) -> Result<Node, ScheduleError> {
        Single::start(Formula::Recursion(Arc::new(self.clone())), optimizer, last_epoch)
    }
}

impl Recursion for PolynomialLR {
    fn next(&self, state: &State) -> Result<f64, ScheduleError> {
        let (step, total_iters) = (state.step as f64, self.total_iters.0);
        if state.constructing || step > total_iters {
            return Ok(state.lr);
        }
        let ratio = divide(1.0 - divide(step, total_iters)?, 1.0 - divide(step - 1.0, total_iters)?)?;
        Ok(state.lr * ratio.powf(self.power))
    }

    fn closed_form(&self, epoch: f64, base_lr: f64) -> Option<Result<f64, ScheduleError>> {
        let progress = divide(self.total_iters.0.min(epoch), self.total_iters.0);
        Some(progress.map(|progress| base_lr * (1.0 - progress).powf(self.power)))
    }

    fn at(&self, step: i64, lr: f64) -> Option<Result<f64, ScheduleError>> {
        whole(self.total_iters.0)?;
        self.closed_form(step as f64, lr)
    }
}

//! `MultiStepLR`.

use std::sync::Arc;

use super::single::{Formula, Recursion, Single, State};
use crate::class::constructor;
use crate::error::ScheduleError;
use crate::motion::{Motion, Node};
use crate::optimizer::Optimizer;

constructor! {
    /// Times `gamma` at each milestone: the classic schedule of ResNet papers.
    ///
    /// Formula: `lr(t) = lr * gamma ** n`, where `n` is the number of milestones at or before `t`.
    ///
    /// First value: `lr` (a milestone at 0 acts at once). Step `milestone` is the first at the lower LR. A milestone
    /// listed n times counts n times, the order plays no part, negative ones do not act. As a later child of a
    /// SequentialLR the milestones count from where the child starts, and negative ones act at once.
    ///
    /// Source: torch 2.15, `torch.optim.lr_scheduler.MultiStepLR`.
    MultiStepLR = "MultiStepLR" in Torch;
    /// Steps at which to decay.
    milestones: Vec<i64>,
    /// Factor per decay.
    gamma: f64 = 0.1,
    @ignored "last_epoch";
}

impl Motion for MultiStepLR {
    fn start(&self, optimizer: &mut Optimizer, last_epoch: i64) -> Result<Node, ScheduleError> {
        Single::start(Formula::Recursion(Arc::new(self.clone())), optimizer, last_epoch)
    }
}

impl Recursion for MultiStepLR {
    fn next(&self, state: &State) -> Result<f64, ScheduleError> {
        let times = self.milestones.iter().filter(|&&milestone| milestone == state.step).count();
        Ok(if times == 0 { state.lr } else { state.lr * self.gamma.powf(times as f64) })
    }

    fn closed_form(&self, epoch: f64, base_lr: f64) -> Option<Result<f64, ScheduleError>> {
        let passed = self.milestones.iter().filter(|&&milestone| milestone as f64 <= epoch).count();
        Some(Ok(base_lr * self.gamma.powf(passed as f64)))
    }

    fn at(&self, step: i64, lr: f64) -> Option<Result<f64, ScheduleError>> {
        let passed = self.milestones.iter().filter(|milestone| (0..=step).contains(*milestone)).count();
        Some(Ok(lr * self.gamma.powf(passed as f64)))
    }

    fn at_after_restart(&self, step: i64, base_lr: f64) -> Option<Result<f64, ScheduleError>> {
        self.closed_form(step as f64, base_lr)
    }
}

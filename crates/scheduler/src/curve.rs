//! The LR over a whole run.

use crate::error::ScheduleError;
use crate::optimizer::Optimizer;
use crate::schedule::Schedule;
use crate::scheduler::Scheduler;

/// LR and momentum in force at each step of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// `lrs[t][g]`: the LR of parameter group `g` at step `t`; row 0 is in force right after construction.
    pub lrs: Vec<Vec<f64>>,
    /// The same layout for momentum or beta1; `None` where the optimizer has neither.
    pub momenta: Option<Vec<Vec<f64>>>,
    /// The error that ended the curve early, and the step that could not be reached.
    pub error: Option<(usize, ScheduleError)>,
}

impl Curve {
    /// Adds a row: what is in force now.
    pub(crate) fn push(&mut self, optimizer: &Optimizer) {
        self.lrs.push(optimizer.lrs());
        if let (Some(rows), Some(row)) = (&mut self.momenta, optimizer.momenta()) {
            rows.push(row);
        }
    }

    /// The LR of the first parameter group at each step.
    pub fn first_group(&self) -> Vec<f64> {
        self.lrs.iter().filter_map(|row| row.first().copied()).collect()
    }
}

/// Runs a schedule for `steps` steps, calling `step()` after each with `metrics[t]` where there is one.
///
/// An error keeps the rows before it.
pub fn curve(schedule: &Schedule, mut optimizer: Optimizer, steps: usize, metrics: &[f64]) -> Curve {
    let has_momentum = optimizer.momenta().is_some();
    let mut curve = Curve { lrs: Vec::new(), momenta: has_momentum.then(Vec::new), error: None };
    if steps == 0 {
        return curve;
    }
    let mut scheduler = match Scheduler::new(schedule, &mut optimizer) {
        Ok(scheduler) => scheduler,
        Err(error) => {
            curve.error = Some((0, error));
            return curve;
        }
    };
    for step in 0.. {
        curve.push(&optimizer);
        if step + 1 == steps {
            break;
        }
        if let Err(error) = scheduler.step(&mut optimizer, metrics.get(step).copied()) {
            curve.error = Some((step + 1, error));
            break;
        }
    }
    curve
}

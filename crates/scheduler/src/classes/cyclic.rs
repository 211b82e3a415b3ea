//! `CyclicLR`.

use super::per_group;
use crate::error::{ScheduleError, value_error};
use crate::lambda::Lambda;
use crate::optimizer::{MomentumKind, Optimizer};
use crate::python::divide;
use crate::schedule::CyclicLR;

#[derive(Clone, Debug)]
pub(super) struct Cyclic {
    pub base_lrs: Vec<f64>,
    max_lrs: Vec<f64>,
    /// Steps of a whole cycle.
    total_size: f64,
    /// Share of the cycle that goes up.
    step_ratio: f64,
    scale: Scale,
    /// Base and maximum momentum of each group, when momentum is cycled.
    momenta: Option<(Vec<f64>, Vec<f64>)>,
}

/// How the height of the triangle changes.
#[derive(Clone, Debug)]
enum Scale {
    Triangular,
    Triangular2,
    ExpRange(f64),
    OfCycle(Lambda),
    OfStep(Lambda),
}

impl Cyclic {
    pub fn new(parameters: &CyclicLR, optimizer: &mut Optimizer) -> Result<Self, ScheduleError> {
        let groups = optimizer.groups.len();
        let base_lrs = per_group("base_lr", &parameters.base_lr, groups)?;
        for (group, lr) in optimizer.groups.iter_mut().zip(&base_lrs) {
            group.lr = *lr;
        }
        let max_lrs = per_group("max_lr", &parameters.max_lr, groups)?;
        let total_size = parameters.step_size_up + parameters.step_size_down.unwrap_or(parameters.step_size_up);
        let step_ratio = divide(parameters.step_size_up, total_size)?;
        let scale = match (&parameters.scale_fn, parameters.mode.as_str()) {
            (Some(function), _) if parameters.scale_mode == "cycle" => Scale::OfCycle(function.clone()),
            (Some(function), _) => Scale::OfStep(function.clone()),
            (None, "triangular") => Scale::Triangular,
            (None, "triangular2") => Scale::Triangular2,
            (None, "exp_range") => Scale::ExpRange(parameters.gamma),
            (None, _) => return Err(value_error("mode is invalid and scale_fn is None")),
        };
        let momenta = if parameters.cycle_momentum {
            if optimizer.momentum_kind == MomentumKind::None {
                return Err(value_error(
                    "optimizer must support momentum or beta1 with `cycle_momentum` option enabled",
                ));
            }
            let base = per_group("base_momentum", &parameters.base_momentum, groups)?;
            let max = per_group("max_momentum", &parameters.max_momentum, groups)?;
            Some((base, max))
        } else {
            None
        };
        // torch divides by the step ratio at step 0 of the constructor, where a zero raises.
        divide(0.0, step_ratio)?;
        Ok(Self { base_lrs, max_lrs, total_size, step_ratio, scale, momenta })
    }

    /// Writes the momentum and returns the LR of each group at `step`.
    pub fn write(&self, step: i64, optimizer: &mut Optimizer) -> Result<Vec<f64>, ScheduleError> {
        let position = step as f64 / self.total_size;
        let cycle = (1.0 + position).floor();
        let x = 1.0 + position - cycle;
        let height =
            if x <= self.step_ratio { divide(x, self.step_ratio)? } else { divide(x - 1.0, self.step_ratio - 1.0)? };
        let scale = match &self.scale {
            Scale::Triangular => 1.0,
            Scale::Triangular2 => 1.0 / 2f64.powf(cycle - 1.0),
            Scale::ExpRange(gamma) => gamma.powf(step as f64),
            Scale::OfCycle(function) => function.call(cycle as i64)?,
            Scale::OfStep(function) => function.call(step)?,
        };
        if let Some((base, max)) = &self.momenta {
            for (group, (base, max)) in optimizer.groups.iter_mut().zip(base.iter().zip(max)) {
                group.momentum = max - (max - base) * height * scale;
            }
        }
        let lr = |(base, max): (&f64, &f64)| base + (max - base) * height * scale;
        Ok(self.base_lrs.iter().zip(&self.max_lrs).map(lr).collect())
    }
}

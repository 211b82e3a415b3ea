//! `CyclicLR`.

use super::per_group;
use super::single::{Formula, Single};
use crate::class::constructor;
use crate::error::{ScheduleError, value_error};
use crate::lambda::Lambda;
use crate::motion::{Motion, Node};
use crate::notation::{PerGroup, Steps};
use crate::optimizer::{MomentumKind, Optimizer};
use crate::python::divide;

constructor! {
    /// Triangles between two LRs, with the momentum moving the other way.
    ///
    /// Formula: with `c = floor(1 + t / (up + down))` and `x = 1 + t / (up + down) - c`, the height is `x / r` up to the
    /// peak at `r = up / (up + down)` and `(x - 1) / (r - 1)` after it; `lr = base_lr + (max_lr - base_lr) * height *
    /// scale`. The scale is 1 (`triangular`), `1 / 2 ** (c - 1)` (`triangular2`) or `gamma ** t` (`exp_range`).
    ///
    /// First value: `base_lr`; the LR of the optimizer plays no part. It never ends. Stepped per batch.
    ///
    /// Source: torch 2.15, `torch.optim.lr_scheduler.CyclicLR`; Smith 2017, arXiv 1506.01186.
    CyclicLR = "CyclicLR" in Torch;
    /// The LR at the bottom, one for all parameter groups or one for each.
    base_lr: PerGroup,
    /// The LR at the top of the first cycle.
    max_lr: PerGroup,
    /// Steps up.
    step_size_up: Steps = Steps(2000.0),
    /// Steps down; as many as up where it is `None`.
    step_size_down: Option<Steps> = None,
    /// `triangular`, `triangular2` (the height halves each cycle) or `exp_range` (it decays by `gamma` each step).
    mode: String = "triangular".to_owned(),
    /// Decay of `exp_range`.
    gamma: f64 = 1.0,
    /// A function of the cycle or of the step that replaces `mode`.
    scale_fn: Option<Lambda> = None,
    /// `cycle` or `iterations`: what `scale_fn` is a function of.
    scale_mode: String = "cycle".to_owned(),
    /// Whether momentum moves the other way.
    cycle_momentum: bool = true,
    /// Momentum at the top of the LR.
    base_momentum: PerGroup = PerGroup::All(0.8),
    /// Momentum at the bottom of the LR.
    max_momentum: PerGroup = PerGroup::All(0.9),
    @ignored "last_epoch";
}

impl Motion for CyclicLR {
    fn start(&self, optimizer: &mut Optimizer, last_epoch: i64) -> Result<Node, ScheduleError> {
        let cyclic = Cyclic::new(self, optimizer, last_epoch == -1)?;
        Single::start(Formula::Cyclic(cyclic), optimizer, last_epoch)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Cyclic {
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
    pub fn new(parameters: &CyclicLR, optimizer: &mut Optimizer, fresh: bool) -> Result<Self, ScheduleError> {
        let groups = optimizer.groups.len();
        let base_lrs = per_group("base_lr", &parameters.base_lr, groups)?;
        if fresh {
            for (group, lr) in optimizer.groups.iter_mut().zip(&base_lrs) {
                group.lr = *lr;
            }
        }
        let max_lrs = per_group("max_lr", &parameters.max_lr, groups)?;
        let up = parameters.step_size_up.0;
        let total_size = up + parameters.step_size_down.map_or(up, |down| down.0);
        let step_ratio = divide(up, total_size)?;
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
        let (height, scale) = self.height(step)?;
        if let Some((base, max)) = &self.momenta {
            for (group, (base, max)) in optimizer.groups.iter_mut().zip(base.iter().zip(max)) {
                group.momentum = max - (max - base) * height * scale;
            }
        }
        (0..self.base_lrs.len()).map(|group| self.lr(step, group)).collect()
    }

    /// The LR of one group at `step`.
    pub fn lr(&self, step: i64, group: usize) -> Result<f64, ScheduleError> {
        let (height, scale) = self.height(step)?;
        let (base, max) = (self.base_lrs[group], self.max_lrs[group]);
        Ok(base + (max - base) * height * scale)
    }

    /// How high on its triangle the LR is, 0 to 1, and what the triangle is scaled with.
    fn height(&self, step: i64) -> Result<(f64, f64), ScheduleError> {
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
        Ok((height, scale))
    }
}

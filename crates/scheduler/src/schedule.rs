//! What a schedule is: a pure description of how the LR evolves.
//!
//! The variants carry the names, the parameters and the defaults of `torch.optim.lr_scheduler` (torch 2.15). How they
//! move lives in `classes/`; how they are written in `notation/`.

use serde::{Deserialize, Serialize};

use crate::lambda::Lambda;

/// A learning-rate schedule.
///
/// Lengths (`total_iters`, `t_max`, ...) count calls of `step()`; whether those are epochs or optimizer steps is the
/// business of whoever calls it. They are floats because Python's are whatever the caller wrote; whole numbers are
/// exact up to 2^53.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Schedule {
    /// `factor` times the LR for `total_iters` steps, then the LR.
    ConstantLR {
        /// 0 to 1.
        factor: f64,
        /// Steps at the reduced LR; 0 never ends them.
        total_iters: f64,
    },
    /// A straight line from `start_factor` to `end_factor` times the LR.
    LinearLR {
        /// Above 0, at most 1.
        start_factor: f64,
        /// 0 to 1.
        end_factor: f64,
        /// Steps from one end to the other.
        total_iters: f64,
    },
    /// Times `gamma` at every step.
    ExponentialLR {
        /// Factor per step.
        gamma: f64,
    },
    /// Times `gamma` every `step_size` steps.
    StepLR {
        /// Steps between decays.
        step_size: f64,
        /// Factor per decay.
        gamma: f64,
    },
    /// Times `gamma` at each milestone; a milestone listed n times counts n times.
    MultiStepLR {
        /// Steps at which to decay, in any order.
        milestones: Vec<i64>,
        /// Factor per decay.
        gamma: f64,
    },
    /// `(1 - t / total_iters) ^ power`.
    PolynomialLR {
        /// Steps to reach 0.
        total_iters: f64,
        /// Exponent.
        power: f64,
    },
    /// Half a cosine from the LR to `eta_min` in `t_max` steps, and back up in the next `t_max` (Loshchilov and
    /// Hutter 2017, arXiv 1608.03983, without restarts).
    CosineAnnealingLR {
        /// Steps from the top to the bottom.
        t_max: f64,
        /// The LR at the bottom, the same for all parameter groups.
        eta_min: f64,
    },
    /// Half a cosine that starts anew after `t_0`, then `t_0 * t_mult`, ... steps (SGDR, same paper).
    CosineAnnealingWarmRestarts {
        /// Length of the first cycle.
        t_0: i64,
        /// Growth of the cycles.
        t_mult: i64,
        /// The LR at the bottom.
        eta_min: f64,
    },
    /// The LR times a function of the step.
    LambdaLR {
        /// One function for all parameter groups, or one each.
        lr_lambda: PerGroup<Lambda>,
    },
    /// At each step, the LR in force times a function of the step.
    MultiplicativeLR {
        /// One function for all parameter groups, or one each.
        lr_lambda: PerGroup<Lambda>,
    },
    /// Triangular cycles between two LRs (Smith 2017, arXiv 1506.01186).
    CyclicLR(CyclicLR),
    /// One rise and one long fall, with the momentum moving the other way (Smith and Topin 2018, arXiv 1708.07120).
    OneCycleLR(OneCycleLR),
    /// One schedule after another. Each later one starts at its milestone from its own step 0.
    SequentialLR {
        /// The schedules in order.
        schedules: Vec<Schedule>,
        /// Steps at which the next one takes over; one fewer than schedules.
        milestones: Vec<i64>,
    },
    /// All schedules at once, each applied to what the one before left.
    ChainedScheduler {
        /// The schedules in order of application.
        schedules: Vec<Schedule>,
    },
    /// Times `factor` whenever a metric has stopped improving.
    ReduceLROnPlateau(ReduceLROnPlateau),
}

/// A parameter that is one value for all parameter groups, or a list with one for each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum PerGroup<T = f64> {
    /// The same everywhere.
    All(T),
    /// One for each group.
    Each(Vec<T>),
}

/// Parameters of [`Schedule::CyclicLR`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CyclicLR {
    /// The LR at the bottom.
    pub base_lr: PerGroup,
    /// The LR at the top of the first cycle.
    pub max_lr: PerGroup,
    /// Steps up.
    pub step_size_up: f64,
    /// Steps down; the same as up when `None`.
    pub step_size_down: Option<f64>,
    /// `triangular`, `triangular2` (height halves each cycle) or `exp_range` (height decays by `gamma` each step).
    pub mode: String,
    /// Decay of `exp_range`.
    pub gamma: f64,
    /// A function of the cycle or of the step that replaces `mode`.
    pub scale_fn: Option<Lambda>,
    /// `cycle` or `iterations`: what `scale_fn` is a function of.
    pub scale_mode: String,
    /// Whether momentum moves the other way.
    pub cycle_momentum: bool,
    /// Momentum at the top of the LR.
    pub base_momentum: PerGroup,
    /// Momentum at the bottom of the LR.
    pub max_momentum: PerGroup,
}

/// Parameters of [`Schedule::OneCycleLR`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OneCycleLR {
    /// The LR at the peak; the optimizer's own LR plays no part.
    pub max_lr: PerGroup,
    /// Steps of the whole cycle; else `epochs * steps_per_epoch`.
    pub total_steps: Option<i64>,
    /// Used with `steps_per_epoch` when `total_steps` is absent.
    pub epochs: Option<i64>,
    /// Used with `epochs` when `total_steps` is absent.
    pub steps_per_epoch: Option<i64>,
    /// Share of the cycle that the rise takes.
    pub pct_start: f64,
    /// `cos` or `linear`.
    pub anneal_strategy: String,
    /// Whether momentum moves the other way.
    pub cycle_momentum: bool,
    /// Momentum at the peak of the LR.
    pub base_momentum: PerGroup,
    /// Momentum at both ends.
    pub max_momentum: PerGroup,
    /// The cycle starts at `max_lr / div_factor`.
    pub div_factor: f64,
    /// The cycle ends at `max_lr / div_factor / final_div_factor`.
    pub final_div_factor: f64,
    /// Rise, symmetric fall, then the fall to the minimum, as in the paper.
    pub three_phase: bool,
}

impl OneCycleLR {
    /// torch's defaults for a cycle of `total_steps` with its peak at `max_lr`.
    pub fn new(max_lr: f64, total_steps: i64) -> Self {
        Self {
            max_lr: PerGroup::All(max_lr),
            total_steps: Some(total_steps),
            epochs: None,
            steps_per_epoch: None,
            pct_start: 0.3,
            anneal_strategy: "cos".into(),
            cycle_momentum: true,
            base_momentum: PerGroup::All(0.85),
            max_momentum: PerGroup::All(0.95),
            div_factor: 25.0,
            final_div_factor: 1e4,
            three_phase: false,
        }
    }

    /// Steps of the whole cycle; `None` where neither `total_steps` nor both of the others are given.
    pub fn length(&self) -> Option<i64> {
        self.total_steps.or_else(|| self.epochs?.checked_mul(self.steps_per_epoch?))
    }
}

/// Parameters of [`Schedule::ReduceLROnPlateau`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReduceLROnPlateau {
    /// `min` or `max`: which way the metric improves.
    pub mode: String,
    /// Factor per reduction, below 1.
    pub factor: f64,
    /// Bad steps that are let pass; the next one reduces.
    pub patience: i64,
    /// How much better counts as better.
    pub threshold: f64,
    /// `rel` or `abs`.
    pub threshold_mode: String,
    /// Steps after a reduction in which bad ones are not counted.
    pub cooldown: i64,
    /// The LR is never reduced below this.
    pub min_lr: PerGroup,
    /// Reductions smaller than this are not made.
    pub eps: f64,
}

impl Default for ReduceLROnPlateau {
    /// torch's defaults.
    fn default() -> Self {
        Self {
            mode: "min".into(),
            factor: 0.1,
            patience: 10,
            threshold: 1e-4,
            threshold_mode: "rel".into(),
            cooldown: 0,
            min_lr: PerGroup::All(0.0),
            eps: 1e-8,
        }
    }
}

impl Schedule {
    /// The LR as it is: `ConstantLR(factor=1.0)`.
    pub fn constant() -> Self {
        Self::ConstantLR { factor: 1.0, total_iters: 5.0 }
    }

    /// The name of the class in `torch.optim.lr_scheduler`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::ConstantLR { .. } => "ConstantLR",
            Self::LinearLR { .. } => "LinearLR",
            Self::ExponentialLR { .. } => "ExponentialLR",
            Self::StepLR { .. } => "StepLR",
            Self::MultiStepLR { .. } => "MultiStepLR",
            Self::PolynomialLR { .. } => "PolynomialLR",
            Self::CosineAnnealingLR { .. } => "CosineAnnealingLR",
            Self::CosineAnnealingWarmRestarts { .. } => "CosineAnnealingWarmRestarts",
            Self::LambdaLR { .. } => "LambdaLR",
            Self::MultiplicativeLR { .. } => "MultiplicativeLR",
            Self::CyclicLR(_) => "CyclicLR",
            Self::OneCycleLR(_) => "OneCycleLR",
            Self::SequentialLR { .. } => "SequentialLR",
            Self::ChainedScheduler { .. } => "ChainedScheduler",
            Self::ReduceLROnPlateau(_) => "ReduceLROnPlateau",
        }
    }
}

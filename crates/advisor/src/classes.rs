//! The scheduler classes that plans name: their parameters and which of them are lengths.

/// The warmup of the package `pytorch-gradual-warmup-lr`, which many scripts carry a copy of: it goes on with another
/// schedule, which counts from the end of the warmup.
pub const GRADUAL_WARMUP: &str = "GradualWarmupScheduler";

/// A scheduler class or factory function of a library.
#[derive(Debug)]
pub struct Class {
    /// The name as written, `CosineAnnealingLR`.
    pub name: &'static str,
    /// Parameters in positional order. The optimizer is one of them.
    pub parameters: &'static [&'static str],
    /// Those parameters that say how long the schedule, or a part of it, is.
    pub lengths: &'static [&'static str],
}

const fn class(name: &'static str, parameters: &'static [&'static str], lengths: &'static [&'static str]) -> Class {
    Class { name, parameters, lengths }
}

/// The class that is told a metric at each step.
pub const PLATEAU: &str = "ReduceLROnPlateau";

/// Every class of `torch.optim.lr_scheduler`, and the schedule functions of `transformers`.
pub static CLASSES: &[Class] = &[
    class("LambdaLR", &["optimizer", "lr_lambda", "last_epoch"], &[]),
    class("MultiplicativeLR", &["optimizer", "lr_lambda", "last_epoch"], &[]),
    class("StepLR", &["optimizer", "step_size", "gamma", "last_epoch"], &["step_size"]),
    class("MultiStepLR", &["optimizer", "milestones", "gamma", "last_epoch"], &["milestones"]),
    class("ConstantLR", &["optimizer", "factor", "total_iters", "last_epoch"], &["total_iters"]),
    class("LinearLR", &["optimizer", "start_factor", "end_factor", "total_iters", "last_epoch"], &["total_iters"]),
    class("ExponentialLR", &["optimizer", "gamma", "last_epoch"], &[]),
    class("PolynomialLR", &["optimizer", "total_iters", "power", "last_epoch"], &["total_iters"]),
    class("CosineAnnealingLR", &["optimizer", "T_max", "eta_min", "last_epoch"], &["T_max"]),
    class("CosineAnnealingWarmRestarts", &["optimizer", "T_0", "T_mult", "eta_min", "last_epoch"], &["T_0"]),
    class("SequentialLR", &["optimizer", "schedulers", "milestones", "last_epoch"], &["milestones"]),
    class("ChainedScheduler", &["schedulers", "optimizer"], &[]),
    class(
        PLATEAU,
        &["optimizer", "mode", "factor", "patience", "threshold", "threshold_mode", "cooldown", "min_lr", "eps"],
        &[],
    ),
    class(
        "CyclicLR",
        &["optimizer", "base_lr", "max_lr", "step_size_up", "step_size_down", "mode", "gamma"],
        &["step_size_up", "step_size_down"],
    ),
    class(
        "OneCycleLR",
        &["optimizer", "max_lr", "total_steps", "epochs", "steps_per_epoch", "pct_start", "anneal_strategy"],
        &["total_steps", "steps_per_epoch"],
    ),
    class("SWALR", &["optimizer", "swa_lr", "anneal_epochs", "anneal_strategy", "last_epoch"], &[]),
    class("get_constant_schedule", &["optimizer", "last_epoch"], &[]),
    class("get_constant_schedule_with_warmup", &["optimizer", "num_warmup_steps", "last_epoch"], &["num_warmup_steps"]),
    class("get_inverse_sqrt_schedule", &["optimizer", "num_warmup_steps", "timescale"], &["num_warmup_steps"]),
    class(
        "get_linear_schedule_with_warmup",
        &["optimizer", "num_warmup_steps", "num_training_steps", "last_epoch"],
        &["num_warmup_steps", "num_training_steps"],
    ),
    class(
        "get_cosine_schedule_with_warmup",
        &["optimizer", "num_warmup_steps", "num_training_steps", "num_cycles", "last_epoch"],
        &["num_warmup_steps", "num_training_steps"],
    ),
    class(
        "get_cosine_with_hard_restarts_schedule_with_warmup",
        &["optimizer", "num_warmup_steps", "num_training_steps", "num_cycles", "last_epoch"],
        &["num_warmup_steps", "num_training_steps"],
    ),
    class(
        "get_polynomial_decay_schedule_with_warmup",
        &["optimizer", "num_warmup_steps", "num_training_steps", "lr_end", "power", "last_epoch"],
        &["num_warmup_steps", "num_training_steps"],
    ),
    class(
        "get_scheduler",
        &["name", "optimizer", "num_warmup_steps", "num_training_steps"],
        &["num_warmup_steps", "num_training_steps"],
    ),
];

/// The class of that name, if we know it.
pub fn class_named(name: &str) -> Option<&'static Class> {
    CLASSES.iter().find(|class| class.name == name)
}

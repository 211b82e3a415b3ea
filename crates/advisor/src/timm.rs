//! What timm's scheduler factories are called and read.
//!
//! As in `timm.scheduler`, timm 1.0.31.

/// The factory with a parameter for each thing.
pub const FACTORY: &str = "create_scheduler_v2";

/// The factory that reads the options of a script: `create_scheduler(args, optimizer)`.
pub const BY_OPTIONS: &str = "create_scheduler";

/// The options that it reads, as `timm.scheduler.scheduler_factory.scheduler_kwargs` does.
pub const OPTIONS: [&str; 24] = [
    "sched",
    "epochs",
    "decay_epochs",
    "decay_milestones",
    "warmup_epochs",
    "cooldown_epochs",
    "patience_epochs",
    "decay_rate",
    "min_lr",
    "warmup_lr",
    "warmup_prefix",
    "lr_noise",
    "lr_noise_pct",
    "lr_noise_std",
    "seed",
    "lr_cycle_mul",
    "lr_cycle_decay",
    "lr_cycle_limit",
    "lr_k_decay",
    "lr_decay_fn",
    "lr_stable_timescale",
    "plateau_mode",
    "eval_metric",
    "sched_on_updates",
];

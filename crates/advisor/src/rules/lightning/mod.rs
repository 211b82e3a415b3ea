//! What a Lightning module's `configure_optimizers` returns.

pub mod frequency_stretches_schedule;
pub mod manual_schedule_never_stepped;
pub mod optimizer_scheduler_pair;
pub mod option_outside_scheduler_dict;
pub mod options_ignored_in_manual_optimization;
pub mod plateau_without_monitor;
pub mod scheduler_not_returned;

//! Numbers that do not go together in what several frameworks are told.

pub mod floor_above_lr;
pub mod warmup_longer_than_run;

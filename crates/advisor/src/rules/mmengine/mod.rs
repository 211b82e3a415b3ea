//! `param_scheduler` in configs of mmengine.

mod entry;
pub mod range_in_wrong_unit;
pub mod scheduler_range;

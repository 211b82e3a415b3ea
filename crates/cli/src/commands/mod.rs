//! The subcommands, one file each.

pub mod claims;
pub mod completions;
pub mod diagnose;
pub mod export;
pub mod find_lr;
pub mod lint;
mod logs;
pub mod race;
pub mod recommend;
pub mod rule;
pub mod show;

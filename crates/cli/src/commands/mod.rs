//! The subcommands, one file each.

pub mod lint;
pub mod show;

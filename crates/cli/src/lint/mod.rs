//! What `lrscope lint` does between its arguments and its report.
//!
//! ```text
//! paths --files--> candidates --check (parallel)--> Checked --report--> text
//!                                 |  ^
//!                        settings |  | baseline, fixes
//! ```

pub mod baseline;
pub mod check;
pub mod files;
pub mod fixing;
mod folders;
pub mod imports;
pub mod requirements;
pub mod watch;

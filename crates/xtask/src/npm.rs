//! npm, which brings what is written in JavaScript.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::apt;
use crate::process::on_path;

/// Finds npm, or installs it where we may. `missing` says who needs it, where there is none.
pub fn ensure(missing: &'static str) -> Result<PathBuf> {
    if on_path("npm").is_none() && apt::available() {
        apt::install(&["npm"])?;
    }
    on_path("npm").context(missing)
}

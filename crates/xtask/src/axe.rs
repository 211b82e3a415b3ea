//! axe-core, which the browser tests look for accessibility problems with. It is never part of the site.

use std::path::PathBuf;

use anyhow::Result;

use crate::npm;

/// The version that we install.
const VERSION: &str = "4.14.1";

/// Finds the script in the cache, or installs it there.
pub fn ensure() -> Result<PathBuf> {
    const MISSING: &str = "The accessibility tests need axe-core, which npm installs: put npm on PATH.";
    Ok(npm::package("axe-core", VERSION, MISSING)?.join("axe-core/axe.min.js"))
}

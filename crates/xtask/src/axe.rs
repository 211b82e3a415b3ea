//! axe-core, which the browser tests look for accessibility problems with. It is never part of the site.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::process::{command, run};
use crate::{npm, paths};

/// The version that we install.
const VERSION: &str = "4.14.1";

/// Finds the script in the cache, or installs it there by npm.
pub fn ensure() -> Result<PathBuf> {
    let cache = paths::tools()?;
    let folder = cache.join(format!("axe-core-{VERSION}"));
    let script = folder.join("node_modules/axe-core/axe.min.js");
    if script.is_file() {
        return Ok(script);
    }
    let npm = npm::ensure("The accessibility tests need axe-core, which npm installs: put npm on PATH.")?;
    println!("Installing axe-core {VERSION} into {} (once).", folder.display());
    let partial = cache.join(format!("axe-core-{VERSION}.partial"));
    fs::create_dir_all(&partial).with_context(|| format!("The folder {} cannot be created.", partial.display()))?;
    run(command(npm)
        .args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-save", "--prefix"])
        .arg(&partial)
        .arg(format!("axe-core@{VERSION}"))
        .current_dir(&cache))?;
    fs::rename(&partial, &folder)
        .with_context(|| format!("{} could not be moved to {}.", partial.display(), folder.display()))?;
    Ok(script)
}

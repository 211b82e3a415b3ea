//! npm, which brings what is written in JavaScript: into the cache, never into the site.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::process::{command, on_path, run};
use crate::{apt, paths};

/// Finds npm, or installs it where we may. `missing` says who needs it, where there is none.
pub fn ensure(missing: &'static str) -> Result<PathBuf> {
    if on_path("npm").is_none() && apt::available() {
        apt::install(&["npm"])?;
    }
    on_path("npm").context(missing)
}

/// Finds a package of one version in the cache, or installs it there, and returns its `node_modules` folder.
pub fn package(name: &str, version: &str, missing: &'static str) -> Result<PathBuf> {
    let cache = paths::tools()?;
    let folder = cache.join(format!("{name}-{version}"));
    let modules = folder.join("node_modules");
    if modules.is_dir() {
        return Ok(modules);
    }
    let npm = ensure(missing)?;
    println!("Installing {name} {version} into {} (once).", folder.display());
    let partial = cache.join(format!("{name}-{version}.partial"));
    fs::create_dir_all(&partial).with_context(|| format!("The folder {} cannot be created.", partial.display()))?;
    run(command(npm)
        .args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-save", "--prefix"])
        .arg(&partial)
        .arg(format!("{name}@{version}"))
        .current_dir(&cache))?;
    fs::rename(&partial, &folder)
        .with_context(|| format!("{} could not be moved to {}.", partial.display(), folder.display()))?;
    Ok(modules)
}

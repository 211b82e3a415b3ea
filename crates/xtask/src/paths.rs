//! Where things are: the checkout, its build outputs, and the cache that outlives both.

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result};

/// The root of the checkout.
pub fn root() -> PathBuf {
    let xtask = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    xtask.ancestors().nth(2).map_or_else(|| xtask.clone(), PathBuf::from)
}

/// Cargo's target folder. This program was built into it, so it knows without asking, whatever the configuration says.
pub fn target() -> Result<PathBuf> {
    let program = env::current_exe().context("This program cannot find out where it was started from.")?;
    let folder = program.ancestors().nth(2).context("This program must be started by `cargo xtask`.")?;
    Ok(folder.to_path_buf())
}

/// The folder that holds installed tools: outside the checkout, so that every checkout of one person shares them.
pub fn tools() -> Result<PathBuf> {
    if let Some(folder) = folder_from("LRSCOPE_CACHE") {
        return Ok(folder.join("tools"));
    }
    let caches = if cfg!(windows) {
        folder_from("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        folder_from("HOME").map(|home| home.join("Library/Caches"))
    } else {
        folder_from("XDG_CACHE_HOME").or_else(|| folder_from("HOME").map(|home| home.join(".cache")))
    };
    let caches = caches.context("No home folder is known: set LRSCOPE_CACHE to a folder that may hold the tools.")?;
    Ok(caches.join("lrscope").join("tools"))
}

/// An absolute folder named by an environment variable.
fn folder_from(variable: &str) -> Option<PathBuf> {
    env::var_os(variable).map(PathBuf::from).filter(|folder| folder.is_absolute())
}

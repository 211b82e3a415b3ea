//! The static site: the page by trunk, the workers by [`crate::workers`], all in `dist/`.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process::{before, command, find_in, run};
use crate::tools::{self, Tool};
use crate::{inline_scripts, library, offline, paths, small, toolchain, workers};

/// Builds the site and says where it is.
pub fn build(release: bool) -> Result<()> {
    run(trunk(release)?.arg("build").args(release.then_some("--release")))?;
    println!("The site is in {}: any file server can host it, under any path.", folder().display());
    Ok(())
}

/// What trunk calls when it has built the page: everything else, in the folder where it assembles the site. It calls this
/// program itself, found through `PATH`, and not cargo to build and run it: cargo has been told how to build the page.
pub fn finish() -> Result<()> {
    let site = env::var_os("TRUNK_STAGING_DIR").map(PathBuf::from);
    let site = site.context("`finish` is called by trunk: use `cargo xtask build`.")?;
    let release = env::var("TRUNK_PROFILE").is_ok_and(|profile| profile == "release");
    workers::add_to_site(&site, release)?;
    library::add_to_site(&site)?;
    inline_scripts::move_out(&site)?;
    offline::list_files(&site)
}

/// The folder that holds the built site.
pub fn folder() -> PathBuf {
    paths::root().join("dist")
}

/// Trunk, with everything installed that it and the build need, and with no reason to download anything.
pub fn trunk(release: bool) -> Result<Command> {
    toolchain::ensure_wasm_target()?;
    if release {
        toolchain::ensure_sources()?;
    }
    let path = tools::ensure(&[Tool::wasm_bindgen()?, Tool::trunk()])?;
    let mut trunk = command(find_in("trunk", &path).context("trunk is installed but cannot be found.")?);
    let program = env::current_exe().context("This program cannot find out where it was started from.")?;
    let beside: Vec<PathBuf> = program.parent().map(PathBuf::from).into_iter().collect();
    trunk.current_dir(paths::root()).env("PATH", before(&beside, &path)?).arg("--skip-version-check");
    if release {
        small::shrink(&mut trunk);
    }
    Ok(trunk)
}

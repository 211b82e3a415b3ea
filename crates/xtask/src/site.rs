//! The static site: the page by trunk, the workers by [`crate::workers`], all in `dist/`.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process::{before, command, find_in, run};
use crate::tools::{self, Tool};
use crate::{inline_scripts, library, offline, paths, small, toolchain, wasm_opt, workers};

/// Set for [`finish`] when the workers that train stay development builds although the page is a release.
const DEVELOPMENT_TRAINERS: &str = "LRSCOPE_DEVELOPMENT_TRAINERS";

/// Builds the site and says where it is.
pub fn build(release: bool) -> Result<()> {
    run(trunk(release)?.arg("build").args(release.then_some("--release")))?;
    println!("The site is in {}: any file server can host it, under any path.", folder().display());
    Ok(())
}

/// Builds, for tests, the development site, of what clippy has built.
pub fn build_for_tests() -> Result<()> {
    run(toolchain::with_clippy(&mut trunk(false)?)?.arg("build"))
}

/// Builds, for tests, a site whose page and tools are those of a release. The workers that train are the development builds
/// that are there already: their release takes half an hour on two cores.
pub fn build_release_page() -> Result<()> {
    let mut trunk = trunk(true)?;
    trunk.args(["build", "--release", "--dist"]).arg(release_page_folder()?).env(DEVELOPMENT_TRAINERS, "1");
    run(&mut trunk)
}

/// What trunk calls when it has built the page: everything else, in the folder where it assembles the site. It calls this
/// program itself, found through `PATH`, and not cargo to build and run it: cargo has been told how to build the page.
pub fn finish() -> Result<()> {
    let site = env::var_os("TRUNK_STAGING_DIR").map(PathBuf::from);
    let site = site.context("`finish` is called by trunk: use `cargo xtask build`.")?;
    let release = env::var("TRUNK_PROFILE").is_ok_and(|profile| profile == "release");
    let release_trainers = release && env::var_os(DEVELOPMENT_TRAINERS).is_none();
    workers::add_to_site(&site, release, release_trainers)?;
    library::add_to_site(&site)?;
    inline_scripts::move_out(&site)?;
    offline::list_files(&site)
}

/// The folder that holds the built site.
pub fn folder() -> PathBuf {
    paths::root().join("dist")
}

/// The folder of what [`build_release_page`] builds.
pub fn release_page_folder() -> Result<PathBuf> {
    Ok(paths::target()?.join("release-page-site"))
}

/// Trunk, with everything installed that it and the build need, and with no reason to download anything.
pub fn trunk(release: bool) -> Result<Command> {
    toolchain::ensure_wasm_target()?;
    if release {
        toolchain::ensure_sources()?;
    }
    let mut path = tools::ensure(&[Tool::wasm_bindgen()?, Tool::trunk()])?;
    if release {
        path = before(&[wasm_opt::ensure()?], &path)?;
    }
    let mut trunk = command(find_in("trunk", &path).context("trunk is installed but cannot be found.")?);
    let program = env::current_exe().context("This program cannot find out where it was started from.")?;
    let beside: Vec<PathBuf> = program.parent().map(PathBuf::from).into_iter().collect();
    trunk.current_dir(paths::root()).env("PATH", before(&beside, &path)?).arg("--skip-version-check");
    if release {
        small::shrink(&mut trunk);
    }
    Ok(trunk)
}

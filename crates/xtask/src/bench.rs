//! `cargo xtask bench --browser`: our trainer beside its peers in one headless browser; see `tests/speed/README.md`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::process::{cargo, command, find_in, on_path, run};
use crate::tools::{self, Tool};
use crate::{browser, npm, paths, toolchain, workers};

/// Measures and prints tables. `release_webgpu`: build the WebGPU worker as a release too, which takes half an hour on
/// two cores; otherwise it is the development build, whose shaders are the same. `only`: parts of the names
/// of the engines to measure, with commas between them; empty for all.
pub fn browser(release_webgpu: bool, only: &str) -> Result<()> {
    toolchain::ensure_wasm_target()?;
    let path = tools::ensure(&[Tool::wasm_bindgen()?])?;
    let wasm_bindgen = find_in("wasm-bindgen", &path).context("wasm-bindgen is installed but cannot be found.")?;
    let chromium = browser::ensure()?.program;
    let bench = paths::root().join("tests/speed");
    let node = install_peers(&bench)?;

    let folder = paths::target()?.join("speed");
    fs::create_dir_all(&folder).with_context(|| format!("The folder {} cannot be created.", folder.display()))?;
    workers::build_trainers(&wasm_bindgen, &folder.join("workers"), release_webgpu)?;
    run(cargo()
        .current_dir(paths::root())
        .args(["run", "--package", "lrscope-trainer", "--example", "bench_setup", "--"])
        .arg(folder.join("setup")))?;
    run(command(node).arg(bench.join("run.mjs")).arg(chromium).arg(folder).arg(format!("only={only}")))
}

/// Installs the peers beside the bench, at the versions of its lock file, and returns node.
fn install_peers(bench: &Path) -> Result<PathBuf> {
    const MISSING: &str = "The peers are installed by npm and served by node: put both on PATH.";
    let npm = npm::ensure(MISSING)?;
    let node = on_path("node").context(MISSING)?;
    run(command(npm).args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(bench))?;
    Ok(node)
}

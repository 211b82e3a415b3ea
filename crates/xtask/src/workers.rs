//! The web workers of the site: built by cargo, wrapped by wasm-bindgen, put beside the page.
//!
//! Trunk calls this after it has built the page (see Trunk.toml). For each worker the site gets `NAME.js` and
//! `NAME_bg.wasm`, and in `workers.json` the size of the wasm, for a progress bar, and a version that changes with the
//! content, to be put into the addresses (`NAME.js?v=1f0c`) so that a browser never mixes the files of two builds:
//!
//! ```json
//! {"cpu-worker": {"bytes": 431002, "version": "9be1c62a6f7e1f0c"}, "webgpu-worker": {"bytes": 29100431, "version": "..."}}
//! ```

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::files::{read, write};
use crate::process::{command, run};
use crate::small::{plain_cargo, shrink};
use crate::toolchain::{WASM, with_clippy};
use crate::{paths, wasm_opt};

/// A worker: its program, and how its release is built.
struct Worker {
    name: &'static str,
    package: &'static str,
    feature: &'static str,
    release_profile: &'static str,
    /// Whether it is built to be small.
    shrinks: bool,
    /// What wasm-opt is told.
    wasm_opt: &'static [&'static [&'static str]],
}

const WORKERS: [Worker; 3] = [
    Worker {
        name: "cpu-worker",
        package: "lrscope-worker",
        feature: "cpu",
        release_profile: "release-cpu-worker",
        shrinks: false,
        wasm_opt: &[&["-O3"]],
    },
    // Many times the code of the others: whole-program optimisation would take longer than it is worth.
    Worker {
        name: "webgpu-worker",
        package: "lrscope-worker",
        feature: "webgpu",
        release_profile: "release-webgpu",
        shrinks: false,
        wasm_opt: &[wasm_opt::SMALL],
    },
    // People wait for it as for the page.
    Worker {
        name: "tools-worker",
        package: "lrscope-tools",
        feature: "engine",
        release_profile: "release-page",
        shrinks: true,
        wasm_opt: &[wasm_opt::SMALL, wasm_opt::ANEW],
    },
];

/// Builds the workers into the folder where trunk assembles the site: all as a release, or all but those that train.
pub fn add_to_site(site: &Path, release: bool, release_trainers: bool) -> Result<()> {
    let [mut trainers, mut tools] = development_builds();
    if release && !release_trainers {
        // For tests, which have built them so.
        with_clippy(&mut trainers)?;
    }
    if !release_trainers {
        run(&mut trainers)?;
    }
    if !release {
        run(&mut tools)?;
    }
    let mut manifest = Vec::new();
    for worker in &WORKERS {
        let release = if worker.trains() { release_trainers } else { release };
        if release {
            worker.build_release()?;
        }
        manifest.push(worker.add(site, release)?);
    }
    write(&site.join("workers.json"), format!("{{{}}}\n", manifest.join(",")).as_bytes())
}

/// The development builds of all workers. Those that train get the same features, so that Burn is compiled once for both,
/// and once for the trainer's own tests in the browser.
pub fn development_builds() -> [Command; 2] {
    let mut trainers = cargo_build("lrscope-worker");
    trainers.args(["--bins", "--features", "cpu,webgpu"]);
    let mut tools = cargo_build("lrscope-tools");
    tools.args(["--bins", "--features", "engine"]);
    [trainers, tools]
}

/// Builds the workers that train for the speed bench, and wraps them into a folder: the CPU one as a release, the WebGPU
/// one as a development build unless `release_webgpu`.
pub fn build_trainers(wasm_bindgen: &Path, folder: &Path, release_webgpu: bool) -> Result<()> {
    for worker in WORKERS.iter().filter(|worker| worker.trains()) {
        let release = worker.name == "cpu-worker" || release_webgpu;
        if release {
            worker.build_release()?;
        } else {
            let [mut trainers, _] = development_builds();
            run(&mut trainers)?;
        }
        run(bindgen(wasm_bindgen, worker.name, folder).arg(worker.built(release)?))?;
    }
    Ok(())
}

fn cargo_build(package: &str) -> Command {
    let mut build = plain_cargo();
    build.current_dir(paths::root()).args(["build", "--package", package, "--no-default-features", "--target", WASM]);
    build
}

impl Worker {
    /// Whether it trains models.
    fn trains(&self) -> bool {
        self.package == "lrscope-worker"
    }

    /// The profile that it is built by.
    fn profile(&self, release: bool) -> &'static str {
        if release { self.release_profile } else { "debug" }
    }

    /// Builds the release of it alone: each has a profile of its own.
    fn build_release(&self) -> Result<()> {
        let mut build = cargo_build(self.package);
        if self.shrinks {
            shrink(&mut build);
        }
        run(build.args(["--bin", self.name, "--features", self.feature, "--profile", self.release_profile]))
    }

    /// What its build leaves.
    fn built(&self, release: bool) -> Result<PathBuf> {
        Ok(paths::target()?.join(WASM).join(self.profile(release)).join(format!("{}.wasm", self.name)))
    }

    /// Wraps the built wasm, copies the result into the site and returns the worker's entry of the manifest.
    fn add(&self, site: &Path, release: bool) -> Result<String> {
        let name = self.name;
        let wrapped = paths::target()?.join("workers").join(self.profile(release)).join(name);
        self.wrap(&wrapped, release)?;

        let wasm = read(&wrapped.join(format!("{name}_bg.wasm")))?;
        let mut hasher = DefaultHasher::new();
        hasher.write(&read(&wrapped.join(format!("{name}.js")))?);
        hasher.write(&wasm);
        link_all(&wrapped, site)?;
        Ok(format!(r#""{name}":{{"bytes":{},"version":"{:016x}"}}"#, wasm.len(), hasher.finish()))
    }

    /// Runs wasm-bindgen, and wasm-opt for a release, unless their output is already newer than their input.
    fn wrap(&self, folder: &Path, release: bool) -> Result<()> {
        let built = self.built(release)?;
        // What is told wasm-opt is part of this program.
        let program = std::env::current_exe().ok().and_then(|program| modified(&program));
        let input = modified(&built).max(program);
        if modified(folder).zip(input).is_some_and(|(output, input)| output > input) {
            return Ok(());
        }
        // The folder appears only when it is complete.
        let partial = folder.with_extension("partial");
        fs::remove_dir_all(&partial).ok();
        fs::remove_dir_all(folder).ok();
        let mut bindgen = bindgen(Path::new("wasm-bindgen"), self.name, &partial);
        if release {
            // The names are for wasm-opt, which leaves them out of what it writes.
            bindgen.arg("--remove-producers-section");
        }
        run(bindgen.arg(built))?;
        if release {
            wasm_opt::shrink(&partial.join(format!("{}_bg.wasm", self.name)), &self.wasm_opt.concat())?;
        }
        fs::rename(&partial, folder)
            .with_context(|| format!("{} could not be moved to {}.", partial.display(), folder.display()))
    }
}

/// A run of wasm-bindgen into a folder, of the wasm that is still to be named.
fn bindgen(program: &Path, name: &str, folder: &Path) -> Command {
    let mut bindgen = command(program);
    bindgen.args(["--target", "web", "--no-typescript", "--out-name", name, "--out-dir"]).arg(folder);
    bindgen
}

fn modified(file: &Path) -> Option<std::time::SystemTime> {
    fs::metadata(file).ok()?.modified().ok()
}

/// Puts the files of a folder, and those of its folders, into another one; links them where the file system can.
fn link_all(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("The folder {} cannot be created.", to.display()))?;
    let entries = fs::read_dir(from).with_context(|| format!("The folder {} cannot be read.", from.display()))?;
    for entry in entries {
        let entry = entry.with_context(|| format!("The folder {} cannot be read.", from.display()))?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            link_all(&source, &target)?;
        } else if fs::hard_link(&source, &target).is_err() {
            fs::copy(&source, &target).with_context(|| format!("{} cannot be written.", target.display()))?;
        }
    }
    Ok(())
}

//! The tools that are Rust programs: found on `PATH` where the version fits, else built once into a cache folder.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::process::{cargo, command, on_path, output, path_with, run};
use crate::{paths, report};

/// A tool, and how to get it.
pub struct Tool {
    /// Its crate.
    package: &'static str,
    /// The programs we call; the first one names the tool.
    programs: &'static [&'static str],
    /// The version we install.
    version: String,
    /// What a version that somebody else installed must start with.
    accepts: String,
    /// What `cargo install` needs beyond the version.
    arguments: &'static [&'static str],
    /// How much it is optimised: more costs the newcomer's first minutes, less costs each of the tool's runs.
    opt_level: &'static str,
}

impl Tool {
    /// Bundles the page, watches the sources, serves.
    pub fn trunk() -> Self {
        Self {
            package: "trunk",
            programs: &["trunk"],
            version: "0.22.1".into(),
            accepts: "0.22.".into(),
            // It declares a newer Rust than it needs, and does not build without some TLS stack.
            arguments: &["--locked", "--ignore-rust-version", "--no-default-features", "--features", "rustls"],
            opt_level: "0",
        }
    }

    /// Writes the JavaScript around a wasm file. Both sides must be of one version, so the lock file decides.
    pub fn wasm_bindgen() -> Result<Self> {
        let version = locked_version("wasm-bindgen")?;
        Ok(Self {
            package: "wasm-bindgen-cli",
            programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
            accepts: version.clone(),
            version,
            // Its own lock file asks for a version that the registry does not have, so no `--locked`.
            arguments: &["--no-default-features"],
            opt_level: "2",
        })
    }

    /// Runs the tests that are compiled to wasm in a browser.
    pub fn wasm_pack() -> Self {
        Self {
            package: "wasm-pack",
            programs: &["wasm-pack"],
            version: "0.15.1".into(),
            accepts: "0.15.".into(),
            arguments: &["--locked"],
            opt_level: "0",
        }
    }

    /// True when every program of the tool answers with a version that fits.
    fn fits(&self, folder: Option<&Path>) -> bool {
        self.programs.iter().all(|program| {
            let file = match folder {
                Some(folder) => Some(folder.join(format!("{program}{}", env::consts::EXE_SUFFIX))),
                None => on_path(program),
            };
            file.and_then(|file| output(command(file).arg("--version")))
                .and_then(|text| version_in(&text).map(str::to_owned))
                .is_some_and(|version| version.starts_with(&self.accepts))
        })
    }

    /// The folder in the cache that holds the tool once it is installed.
    fn folder(&self, cache: &Path) -> PathBuf {
        cache.join(format!("{}-{}", self.package, self.version))
    }

    /// Builds the tool into the cache. The folder appears only when it is complete.
    fn install(&self, cache: &Path) -> Result<()> {
        let started = Instant::now();
        let folder = self.folder(cache);
        println!("Installing {} {} into {} (once).", self.package, self.version, folder.display());
        let partial = cache.join(format!("{}-{}.partial", self.package, self.version));
        run(cargo()
            .args(["install", self.package, "--version", &self.version])
            .args(self.arguments)
            .arg("--root")
            .arg(&partial)
            // Away from the checkout, whose configuration is not meant for tools.
            .current_dir(cache)
            .env("CARGO_TARGET_DIR", build_folder(cache))
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", self.opt_level)
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env("CARGO_PROFILE_RELEASE_DEBUG", "false")
            .env_remove("CARGO_BUILD_TARGET")
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env_remove("RUSTFLAGS"))
        .with_context(|| format!("{} {} could not be installed.", self.package, self.version))?;
        fs::rename(&partial, &folder)
            .with_context(|| format!("{} could not be moved to {}.", partial.display(), folder.display()))?;
        println!("Installed {} {} in {}.", self.package, self.version, report::duration(started.elapsed()));
        Ok(())
    }
}

/// Finds the tools or installs them, and returns the `PATH` that has them.
pub fn ensure(tools: &[Tool]) -> Result<OsString> {
    let cache = paths::tools()?;
    let mut folders = Vec::new();
    let mut missing = Vec::new();
    for tool in tools {
        let folder = tool.folder(&cache).join("bin");
        if tool.fits(Some(&folder)) {
            folders.push(folder);
        } else if !tool.fits(None) {
            missing.push(tool);
            folders.push(folder);
        }
    }
    if !missing.is_empty() {
        install_all(&missing, &cache)?;
    }
    path_with(&folders)
}

/// Installs one after the other. Several checkouts may come here at once: the first works, the others wait for it.
fn install_all(missing: &[&Tool], cache: &Path) -> Result<()> {
    if !cfg!(windows) && on_path("cc").is_none() {
        bail!("A C compiler is needed to build the tools: install one (Debian and Ubuntu: `apt-get install gcc`).");
    }
    fs::create_dir_all(cache).with_context(|| format!("The folder {} cannot be created.", cache.display()))?;
    let lock = File::create(cache.join("lock")).with_context(|| format!("{} cannot be written.", cache.display()))?;
    if let Err(TryLockError::WouldBlock) = lock.try_lock() {
        println!("Another checkout is installing tools into {}: waiting for it.", cache.display());
        lock.lock().context("The lock on the tools' folder failed.")?;
    }
    for tool in missing {
        if !tool.fits(Some(&tool.folder(cache).join("bin"))) {
            tool.install(cache)?;
        }
    }
    // The installs share what they compile; nothing needs it afterwards.
    fs::remove_dir_all(build_folder(cache)).ok();
    Ok(())
}

/// Where the tools are compiled.
fn build_folder(cache: &Path) -> PathBuf {
    cache.join("build")
}

/// The version of a package in Cargo.lock.
fn locked_version(package: &str) -> Result<String> {
    let file = paths::root().join("Cargo.lock");
    let text = fs::read_to_string(&file).with_context(|| format!("{} cannot be read.", file.display()))?;
    version_locked_in(&text, package)
        .map(str::to_owned)
        .with_context(|| format!("Cargo.lock names no version of {package}."))
}

/// The version of a package in the text of a lock file.
fn version_locked_in<'t>(lock: &'t str, package: &str) -> Option<&'t str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')
}

/// The version in what a program prints when asked for it, such as `trunk 0.22.1`.
fn version_in(text: &str) -> Option<&str> {
    text.split_whitespace().find(|word| word.starts_with(|first: char| first.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_file_names_the_version() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.80\"\n\n[[package]]\nname = \
                    \"wasm-bindgen\"\nversion = \"0.2.130\"\nsource = \"registry\"\n";
        assert_eq!(version_locked_in(lock, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(version_locked_in(lock, "leptos"), None);
    }

    #[test]
    fn a_version_is_found_in_what_programs_print() {
        assert_eq!(version_in("wasm-bindgen 0.2.130"), Some("0.2.130"));
        assert_eq!(version_in("wasm-opt version 108 (version_108)"), Some("108"));
        assert_eq!(version_in("unknown"), None);
    }
}

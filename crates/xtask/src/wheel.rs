//! The Python wheel that holds the command: built, installed into a fresh virtual environment, and run from there.

use std::path::PathBuf;
use std::{env, fs};

use anyhow::{Context, Result, bail};

use crate::paths;
use crate::process::{command, on_path, output, run};

/// Builds the wheel into `target/wheels` and tries it. Takes a release build, so no other task does it.
pub fn build_and_try() -> Result<()> {
    let wheels = paths::target()?.join("wheels");
    // Only what this run builds is to be found there.
    if wheels.exists() {
        fs::remove_dir_all(&wheels).with_context(|| format!("{} cannot be emptied.", wheels.display()))?;
    }
    let builder = Environment::new("wheel-builder")?;
    run(command(builder.program("python")).args(["-m", "pip", "install", "--quiet", "maturin>=1.9,<2"]))?;
    run(command(builder.program("maturin"))
        .current_dir(paths::root())
        .args(["build", "--release", "--out"])
        .arg(&wheels))?;
    let wheel = fs::read_dir(&wheels)
        .with_context(|| format!("{} cannot be read.", wheels.display()))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .with_context(|| format!("No wheel was built into {}.", wheels.display()))?;
    let user = Environment::new("wheel-user")?;
    run(command(user.program("python")).args(["-m", "pip", "install", "--quiet", "--no-index"]).arg(&wheel))?;
    // The tests of the command line know what it does; here it only has to be there and to work.
    let version = output(command(user.program("lrscope")).arg("--version")).unwrap_or_default();
    if version != format!("lrscope {}", env!("CARGO_PKG_VERSION")) {
        bail!("The installed command says `{version}` to --version.");
    }
    let script = user.folder.join("train.py");
    fs::write(&script, "scheduler.step(\n").context("A script to lint cannot be written.")?;
    let lint = command(user.program("lrscope")).args(["lint", "--format", "json"]).arg(&script).output();
    let found = lint.context("The installed command cannot be run.")?;
    if found.status.code() != Some(1) || !String::from_utf8_lossy(&found.stdout).contains("\"LRS001\"") {
        bail!("The installed command does not find a syntax error.");
    }
    println!("{} works.", wheel.display());
    Ok(())
}

/// A virtual environment of Python.
struct Environment {
    folder: PathBuf,
}

impl Environment {
    /// A fresh one below the target folder.
    fn new(name: &str) -> Result<Self> {
        let folder = paths::target()?.join(name);
        let python = on_path("python3").or_else(|| on_path("python")).context("Python is needed for the wheel.")?;
        run(command(python).args(["-m", "venv", "--clear"]).arg(&folder))?;
        Ok(Self { folder })
    }

    fn program(&self, name: &str) -> PathBuf {
        let programs = self.folder.join(if cfg!(windows) { "Scripts" } else { "bin" });
        programs.join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }
}

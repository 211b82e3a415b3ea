//! wasm-opt, which makes the wasm of a release smaller.
//!
//! From npm, where binaryen is one version everywhere. Debian's 108 leaves a table that the start of wasm-bindgen's glue
//! cannot grow, and the page does not start.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};

use crate::process::{command, run};
use crate::{npm, report};

/// The version that we install; Trunk.toml names it, too, so that trunk takes it.
const VERSION: &str = "132.0.0";

/// Finds the folder of the programs in the cache, or installs them there.
pub fn ensure() -> Result<PathBuf> {
    const MISSING: &str = "A release needs wasm-opt, which npm installs: put npm and node on PATH.";
    Ok(npm::package("binaryen", VERSION, MISSING)?.join(".bin"))
}

/// What makes a wasm small, compressed. Beside `-Oz`: functions with one caller stay by themselves, and what the compiler has
/// made of one generic function stands together; each takes 0.6 % off the page. Nothing is at the first kilobyte of memory,
/// which is the end of the stack (`wasm-ld --stack-first`, as rustc asks): an address is never computed from below it, so that
/// sums go into the loads, which is another 0.7 %. Trunk is told the same in `web/index.html`.
pub const SMALL: &[&str] =
    &["-Oz", "--low-memory-unused", "--one-caller-inline-max-function-size=1", "--reorder-functions-by-name"];

/// After [`SMALL`], blocks and branches put together anew: 0.9 % off the lint engine, while the page would grow by 1 %.
pub const ANEW: &[&str] = &["--flatten", "--rereloop", "-Oz", "-Oz"];

/// Rewrites a wasm file, by the wasm-opt that is on `PATH`, and says what it saved. `options`: such as `-Oz`.
pub fn shrink(wasm: &Path, options: &[&str]) -> Result<()> {
    let started = Instant::now();
    let size = || fs::metadata(wasm).map(|file| file.len()).with_context(|| format!("{} is gone.", wasm.display()));
    let before = size()?;
    run(command("wasm-opt").args(options).arg(wasm).arg("-o").arg(wasm))?;
    println!("{before} bytes became {} in {}.", size()?, report::duration(started.elapsed()));
    Ok(())
}

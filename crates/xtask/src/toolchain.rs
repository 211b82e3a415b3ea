//! What rustup brings: the wasm target, rustfmt and clippy.

use std::env;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::process::{command, on_path, output, run};

/// The target that browsers run.
pub const WASM: &str = "wasm32-unknown-unknown";

/// Adds the wasm target when the active toolchain lacks it.
pub fn ensure_wasm_target() -> Result<()> {
    let folder = output(command("rustc").args(["--print", "target-libdir", "--target", WASM]));
    if folder.is_some_and(|folder| Path::new(&folder).is_dir()) {
        return Ok(());
    }
    if on_path("rustup").is_none() {
        bail!("The Rust target {WASM} is missing and there is no rustup to add it: install it with your Rust.");
    }
    println!("Adding the Rust target {WASM}.");
    run(command("rustup").args(["target", "add", WASM]))
}

/// Adds the sources of the standard library, which a release compiles for size.
pub fn ensure_sources() -> Result<()> {
    let folder = output(command("rustc").args(["--print", "sysroot"]));
    let sources = folder.map(|folder| Path::new(&folder).join("lib/rustlib/src/rust/library/std"));
    if sources.is_some_and(|folder| folder.is_dir()) {
        return Ok(());
    }
    if on_path("rustup").is_none() {
        bail!(
            "The sources of Rust's standard library are missing and there is no rustup to add them: install rust-src."
        );
    }
    println!("Adding rust-src.");
    run(command("rustup").args(["component", "add", "rust-src"]))
}

/// Adds a component such as clippy when the active toolchain lacks it.
pub fn ensure_component(component: &str, cargo_subcommand: &str) -> Result<()> {
    if output(command("cargo").args([cargo_subcommand, "--version"])).is_some() {
        return Ok(());
    }
    if on_path("rustup").is_none() {
        bail!("`cargo {cargo_subcommand}` is missing and there is no rustup to add it: install {component}.");
    }
    println!("Adding {component}.");
    run(command("rustup").args(["component", "add", component]))
}

/// Makes a cargo command, or what calls cargo, lint the workspace's crates while it builds them, as
/// `cargo clippy -- -D warnings` would.
pub fn with_clippy(command: &mut Command) -> Result<&mut Command> {
    ensure_component("clippy", "clippy")?;
    Ok(command
        .env("RUSTC_WORKSPACE_WRAPPER", format!("clippy-driver{}", env::consts::EXE_SUFFIX))
        .env("CLIPPY_ARGS", "-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__"))
}

//! The stages of `cargo xtask test`.
//!
//! A cold run is mostly compiling, so the stages are arranged such that no dependency is compiled twice. Plain
//! `cargo clippy` would: it checks where the tests build. Here clippy takes the compiler's place for the workspace's own
//! crates in a real build, and all that comes out of it is what the tests run. All wasm is built in the dev
//! profile, the trainer and the workers with the same features. The browser tests run once, on the page as people get it;
//! of the development page only what is another there, and enough to see that it works.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process::{cargo, command, find_in, run, run_collecting};
use crate::toolchain::{self, WASM, with_clippy};
use crate::tools::{self, Tool};
use crate::{axe, browser, paths, site, vulkan, workers};

/// One stage. What it runs adds its `test result` lines to the list.
pub struct Stage {
    /// What `--stage` calls it.
    pub name: &'static str,
    /// What it does.
    pub about: &'static str,
    /// Does it.
    pub run: fn(&mut Vec<String>) -> Result<()>,
}

/// All stages, in the order in which they run: what fails fast comes first.
pub const STAGES: [Stage; 10] = [
    Stage { name: "format", about: "is everything formatted?", run: format },
    Stage { name: "tools", about: "is everything installed?", run: |_| crate::test::install_for_tests() },
    Stage { name: "lint", about: "clippy, native crates", run: lint },
    Stage { name: "native", about: "native tests", run: native },
    Stage { name: "lint-wasm", about: "clippy, browser crates", run: lint_wasm },
    Stage { name: "wasm", about: "the trainer's tests in a headless browser", run: wasm },
    Stage { name: "site", about: "build of the page and the workers", run: |_| site::build_for_tests() },
    Stage { name: "browser", about: "the development page in a headless browser", run: development_browser },
    Stage {
        name: "release",
        about: "build of the page and the tools as people get them",
        run: |_| site::build_release_page(),
    },
    Stage { name: "release-browser", about: "the playground, end to end in a headless browser", run: release_browser },
];

fn format(_: &mut Vec<String>) -> Result<()> {
    toolchain::ensure_component("rustfmt", "fmt")?;
    run(cargo_at_root().args(["fmt", "--all", "--check"]))
}

fn lint(_: &mut Vec<String>) -> Result<()> {
    run(with_clippy(cargo_at_root().args(["build", "--all-targets", "--features", EVERYTHING]))?)
}

fn native(results: &mut Vec<String>) -> Result<()> {
    let mut tests = cargo_at_root();
    tests.args(["test", "--features", GPU]);
    run_collecting(vulkan::in_software(with_clippy(&mut tests)?)?, results)
}

fn lint_wasm(_: &mut Vec<String>) -> Result<()> {
    toolchain::ensure_wasm_target()?;
    // Each with the features of its real build, one by one, since cargo merges the features of what it builds together.
    for build in &mut workers::development_builds() {
        run(with_clippy(build)?)?;
    }
    let trainer = ["build", "--package", "lrscope-trainer", "--tests", "--target", WASM, "--features", "webgpu"];
    run(with_clippy(cargo_at_root().args(trainer))?)?;
    run(with_clippy(cargo_at_root().args(["build", "--package", "lrscope-web", "--target", WASM]))?)
}

fn wasm(results: &mut Vec<String>) -> Result<()> {
    toolchain::ensure_wasm_target()?;
    let path = tools::ensure(&[Tool::wasm_bindgen()?, Tool::wasm_pack()])?;
    let driver = browser::ensure()?.driver;
    // Driver and browser leave their files behind.
    let files = tempfile::tempdir().context("There is no folder for temporary files.")?;
    let mut wasm_pack = command(find_in("wasm-pack", &path).context("wasm-pack is installed but cannot be found.")?);
    wasm_pack
        .current_dir(paths::root())
        .env("PATH", path)
        .env("TMPDIR", files.path())
        .args(["test", "--headless", "--chrome", "--mode", "no-install", "--chromedriver"])
        .arg(driver)
        .args(["crates/trainer", "--test", "web", "--features", "webgpu"]);
    run_collecting(with_clippy(&mut wasm_pack)?, results)
}

/// The feature of the command that trains on a GPU, which takes minutes to build: plain `cargo test` leaves it out.
const GPU: &str = "lrscope/gpu";

/// That and the feature of the tests that need the built site and a browser. All native builds have the first: without it
/// Burn would be another Burn and be compiled again.
const EVERYTHING: &str = "lrscope/gpu,lrscope-tests/browser";

fn development_browser(results: &mut Vec<String>) -> Result<()> {
    // The stories of the plot are in no release.
    run_collecting(browser_tests(&site::folder())?.args(["stories::", "first_view::", "racing::"]), results)
}

fn release_browser(results: &mut Vec<String>) -> Result<()> {
    let site = site::release_page_folder()?;
    let mut sizes = cargo_at_root();
    sizes.args(["test", "--features", EVERYTHING, "--test", "size", "--", "--nocapture"]).env("LRSCOPE_SITE", &site);
    run_collecting(with_clippy(&mut sizes)?, results)?;
    run_collecting(browser_tests(&site)?.args(["--skip", "stories::"]), results)
}

/// Takes the pictures of the README.
pub fn pictures() -> Result<()> {
    site::build_release_page()?;
    let mut tests = browser_tests(&site::release_page_folder()?)?;
    run(tests.args(["--ignored", "pictures"]).env("LRSCOPE_PICTURES", paths::root().join("web/pictures")))
}

/// The tests that drive a browser through a site.
fn browser_tests(site: &Path) -> Result<Command> {
    let browser = browser::ensure()?;
    let mut tests = cargo_at_root();
    tests
        .args(["test", "--features", EVERYTHING, "--test", "browser", "--", "--nocapture", "--test-threads=1"])
        .env("LRSCOPE_SITE", site)
        .env("LRSCOPE_AXE", axe::ensure()?)
        .env("LRSCOPE_SCREENSHOTS", paths::target()?.join("e2e"))
        .env("CHROME", browser.program)
        .env("CHROMEDRIVER", browser.driver);
    with_clippy(&mut tests)?;
    Ok(tests)
}

fn cargo_at_root() -> Command {
    let mut cargo = cargo();
    cargo.current_dir(paths::root());
    cargo
}

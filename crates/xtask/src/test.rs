//! `cargo xtask test`: everything that is checked, stage by stage, with the time that each one takes.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::stages::{STAGES, Stage};
use crate::tools::{self, Tool};
use crate::{axe, browser, report, toolchain, wasm_opt};

/// How a stage ended.
struct Outcome {
    stage: &'static Stage,
    time: Duration,
    passed: bool,
    /// The result lines of the test programs that it ran.
    results: Vec<String>,
}

/// Runs the named stages, or all. A failing stage does not keep the others from running: one run tells everything.
pub fn test(names: &[String]) -> Result<()> {
    for name in names {
        if !STAGES.iter().any(|stage| stage.name == name) {
            let known: Vec<_> = STAGES.iter().map(|stage| stage.name).collect();
            bail!("There is no stage `{name}`; there are {}.", known.join(", "));
        }
    }
    let mut outcomes = Vec::new();
    for stage in &STAGES {
        if names.is_empty() || names.iter().any(|name| name == stage.name) {
            outcomes.push(run(stage));
        }
    }
    print_table(&outcomes);
    let failed: Vec<_> = outcomes.iter().filter(|outcome| !outcome.passed).map(|outcome| outcome.stage.name).collect();
    if failed.is_empty() {
        return Ok(());
    }
    bail!("Failed: {}. Again with `cargo xtask test --stage {}`.", failed.join(", "), failed[0])
}

/// Installs what the stages need, so that its time is told apart from theirs.
pub fn install_for_tests() -> Result<()> {
    toolchain::ensure_wasm_target()?;
    toolchain::ensure_component("rustfmt", "fmt")?;
    toolchain::ensure_component("clippy", "clippy")?;
    tools::ensure(&[Tool::wasm_bindgen()?, Tool::trunk(), Tool::wasm_pack()])?;
    browser::ensure()?;
    axe::ensure()?;
    wasm_opt::ensure()?;
    toolchain::ensure_sources()
}

/// Installs everything that any task needs.
pub fn install() -> Result<()> {
    install_for_tests()?;
    println!("Everything that the tasks need is installed.");
    Ok(())
}

fn run(stage: &'static Stage) -> Outcome {
    println!("\n== {}: {} ==", stage.name, stage.about);
    let started = Instant::now();
    let mut results = Vec::new();
    let outcome = (stage.run)(&mut results);
    if let Err(error) = &outcome {
        let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
        eprintln!("error: {}", causes.join(" "));
    }
    Outcome { stage, time: started.elapsed(), passed: outcome.is_ok(), results }
}

/// The table of times, then what the test programs said, where people and machines look for it: at the end.
fn print_table(outcomes: &[Outcome]) {
    println!("\nstage      result          time");
    for outcome in outcomes {
        let result = if outcome.passed { "ok" } else { "FAILED" };
        println!("{:10} {result:7} {:>12}", outcome.stage.name, report::duration(outcome.time));
    }
    let total = outcomes.iter().map(|outcome| outcome.time).sum();
    println!("{:10} {:7} {:>12}\n", "all", "", report::duration(total));
    for line in outcomes.iter().flat_map(|outcome| &outcome.results) {
        println!("{line}");
    }
}

//! What is read out of the scripts and configs of frameworks is what those do when they run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use advisor::simulation::{Given, Simulation, Stopped, simulate};
use linter::Document;

/// Keras computes in float32, and its backends differ in the last digits.
const FLOAT32: f64 = 5e-7;

#[derive(serde::Deserialize)]
struct Recorded {
    set: BTreeMap<String, f64>,
    lrs: Vec<f64>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("simulation/frameworks")
}

fn simulated(name: &str, set: &BTreeMap<String, f64>) -> Result<Simulation, Stopped> {
    let document = Document::read(name, &std::fs::read(folder().join(name)).unwrap()).unwrap();
    let given = Given::new(set.clone());
    let plans = linter::plans_of(&document).unwrap();
    // Every metric is 1.
    let ones = [1.0; 64];
    let runs: Vec<_> = plans.iter().map(|plan| simulate(plan, &given, &ones)).collect();
    let first = runs.iter().position(Result::is_ok).unwrap_or_default();
    let run = runs.into_iter().nth(first).unwrap_or(Err(Stopped::NothingTrains));
    assert!(given.unused().is_empty(), "{name} does not ask for {:?}", given.unused());
    run
}

#[test]
fn frameworks_get_the_lrs_that_they_give_themselves() {
    let text = std::fs::read_to_string(folder().join("recorded.json")).unwrap();
    let recorded: BTreeMap<String, Recorded> = serde_json::from_str(&text).unwrap();
    assert!(recorded.len() >= 25, "{} files", recorded.len());
    let mut wrong = Vec::new();
    for (name, expected) in &recorded {
        let track = match simulated(name, &expected.set) {
            Ok(simulation) => simulation.tracks.into_iter().next().unwrap(),
            Err(stopped) => {
                wrong.push(format!("{name}: {stopped:?}"));
                continue;
            }
        };
        let got = &track.lrs;
        let off = if name.starts_with("keras") { FLOAT32 } else { 0.0 };
        let differs = |(got, expected): (&f64, &f64)| (got - expected).abs() > off * expected.abs();
        let first = got.iter().zip(&expected.lrs).position(differs);
        if first.is_some() || got.len() != expected.lrs.len() || track.error.is_some() {
            let values = first.map(|at| (at, got[at], expected.lrs[at]));
            let (steps, wanted) = (got.len(), expected.lrs.len());
            wrong.push(format!("{name}: {steps} steps of {wanted}, first different {values:?}, {:?}", track.error));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_is_recorded() {
    let text = std::fs::read_to_string(folder().join("recorded.json")).unwrap();
    let recorded: BTreeMap<String, Recorded> = serde_json::from_str(&text).unwrap();
    let files = std::fs::read_dir(folder()).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    for file in files.filter(|file| !file.starts_with("record")) {
        assert!(recorded.contains_key(&file), "{file} is not recorded");
    }
}

fn missing(name: &str) -> Vec<String> {
    match simulated(name, &BTreeMap::new()) {
        Err(Stopped::Missing(missing)) => missing.into_iter().map(|missing| missing.name).collect(),
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn what_no_config_says_is_asked_for() {
    assert_eq!(missing("trainer_cosine_by_epochs.json"), ["steps_per_epoch"]);
    assert_eq!(missing("deepspeed_warmup.json"), ["steps"]);
    assert_eq!(missing("hydra_cosine.yaml"), ["steps", "steps_per_call"]);
    assert_eq!(missing("timm_cosine.yaml"), ["steps_per_epoch"]);
    assert_eq!(missing("keras_plateau.py"), ["steps_per_epoch"]);
}

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
    // A callback sets the LR for whole epochs.
    let by_epoch = simulated("keras_plateau.py", &BTreeMap::new()).unwrap();
    assert_eq!((by_epoch.tracks[0].lrs.len(), by_epoch.batches.unwrap().name.as_str()), (9, "steps_per_epoch"));
}

fn stopped(name: &str, text: &str, set: &[(&str, f64)]) -> Stopped {
    let document = Document::read(name, text.as_bytes()).unwrap();
    let given = Given::new(set.iter().map(|(name, value)| ((*name).to_owned(), *value)));
    let plans = linter::plans_of(&document).unwrap();
    plans.iter().find_map(|plan| simulate(plan, &given, &[]).err()).unwrap()
}

#[test]
fn what_cannot_be_shown_is_told_in_one_sentence() {
    let trainer = |kind: &str, epochs: &str| {
        format!(
            "learning_rate: 1.0e-4\nlr_scheduler_type: {kind}\nnum_train_epochs: {epochs}\n\
             gradient_accumulation_steps: 2\nper_device_train_batch_size: 8\n"
        )
    };
    let told = |stopped: Stopped| match stopped {
        Stopped::Unreadable(note) => note.text,
        other => panic!("{other:?}"),
    };
    let batches = [("steps_per_epoch", 100.0)];
    let unknown = told(stopped("a.yaml", &trainer("exponential", "3"), &batches));
    assert!(unknown.contains("exponential is not a valid SchedulerType"), "{unknown}");
    let open = told(stopped("a.yaml", &trainer("${kind}", "3"), &batches));
    assert_eq!(open, "`lr_scheduler_type` is ${kind}, which cannot be told.");
    let plateau = told(stopped("a.yaml", &trainer("reduce_lr_on_plateau", "3"), &batches));
    assert_eq!(plateau, "A schedule that listens to a metric needs an eval_strategy.");
    let none = told(stopped("a.yaml", &trainer("cosine", "0"), &batches));
    assert_eq!(none, "The run makes no optimizer step.");
    assert_eq!(stopped("a.yaml", &trainer("cosine", "1e300"), &batches), Stopped::TooLong);
}

#[test]
fn auto_and_what_is_worked_out_elsewhere_are_asked_for() {
    let names = |stopped: Stopped| match stopped {
        Stopped::Missing(missing) => missing.into_iter().map(|missing| missing.name).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    let deepspeed = r#"{"scheduler": {"type": "WarmupDecayLR", "params": {"total_num_steps": "auto", "warmup_min_lr": "auto",
        "warmup_max_lr": "1e-4", "warmup_num_steps": "auto"}}}"#;
    assert_eq!(names(stopped("ds.json", deepspeed, &[])), ["warmup_num_steps", "total_num_steps", "warmup_min_lr"]);
    let script = "import argparse\nfrom transformers import Trainer, TrainingArguments\nargs = argparse.ArgumentParser().parse_args()\n\
                  settings = TrainingArguments('out', learning_rate=args.lr, num_train_epochs=args.epochs)\nTrainer(args=settings).train()\n";
    assert_eq!(names(stopped("a.py", script, &[])), ["lr", "epochs", "steps_per_epoch"]);
}

//! What the linter and the advisor read out of a script without running it is what torch does when it runs.

use std::collections::BTreeMap;
use std::path::Path;

use advisor::simulation::{Given, Stopped, simulate};
use linter::Document;

#[derive(serde::Deserialize)]
struct Recorded {
    lrs: Vec<f64>,
    error: Option<String>,
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("simulation")
}

/// The numbers that the first line of a script gives.
fn given(source: &str) -> Given {
    let line = source.lines().next().and_then(|line| line.strip_prefix("# set: ")).unwrap();
    let number = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap();
        (name.to_owned(), value.parse().unwrap())
    };
    Given::new(line.split_whitespace().map(number))
}

#[test]
fn scripts_get_the_lrs_that_torch_gives_them() {
    let text = std::fs::read_to_string(folder().join("recorded.json")).unwrap();
    let recorded: BTreeMap<String, Recorded> = serde_json::from_str(&text).unwrap();
    assert!(recorded.len() >= 37);
    let mut wrong = Vec::new();
    for (name, expected) in &recorded {
        let source = std::fs::read_to_string(folder().join("scripts").join(format!("{name}.py"))).unwrap();
        let plans = linter::plans_of(&Document::python(source.as_str())).unwrap();
        // Every metric of these scripts is 1.
        let ones = [1.0; 64];
        let simulated = plans.iter().find_map(|plan| simulate(plan, &given(&source), &ones).ok());
        let Some(track) = simulated.and_then(|simulation| simulation.tracks.into_iter().next()) else {
            wrong.push(format!("{name}: nothing was simulated"));
            continue;
        };
        let error = track.error.map(|(_, error)| error.message);
        // A class of the script's own is followed as a factor of the base LR, which rounds differently.
        let is_own = name.starts_with("own_");
        let is_near = |(got, wanted): (&f64, &f64)| got == wanted || is_own && (got - wanted).abs() <= 1e-15;
        let is_same = track.lrs.len() == expected.lrs.len() && track.lrs.iter().zip(&expected.lrs).all(is_near);
        if !is_same || error.is_some() != expected.error.is_some() {
            let first = track.lrs.iter().zip(&expected.lrs).position(|(got, expected)| got != expected);
            let (steps, wanted) = (track.lrs.len(), expected.lrs.len());
            wrong.push(format!("{name}: {steps} steps of {wanted}, first different {first:?}, error {error:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Where the LR stays as it is within each epoch, nobody need say how many steps an epoch has.
#[test]
fn epochs_are_shown_without_their_steps() {
    let text = std::fs::read_to_string(folder().join("recorded.json")).unwrap();
    let recorded: BTreeMap<String, Recorded> = serde_json::from_str(&text).unwrap();
    let mut by_epoch = 0;
    for (name, expected) in &recorded {
        let source = std::fs::read_to_string(folder().join("scripts").join(format!("{name}.py"))).unwrap();
        let steps_per_epoch = given(&source).named("steps_per_epoch").map_or(1, |steps| steps as usize);
        let plans = linter::plans_of(&Document::python(source.as_str())).unwrap();
        let simulated = plans.iter().find_map(|plan| simulate(plan, &Given::default(), &[1.0; 64]).ok());
        let Some(simulation) = simulated.filter(|simulation| simulation.batches.is_some()) else { continue };
        let first_steps: Vec<f64> = expected.lrs.iter().step_by(steps_per_epoch).copied().collect();
        let is_near = |(got, wanted): (&f64, &f64)| (got - wanted).abs() <= 1e-15;
        let lrs = &simulation.tracks[0].lrs;
        assert!(lrs.len() == first_steps.len() && lrs.iter().zip(&first_steps).all(is_near), "{name}: {lrs:?}");
        by_epoch += 1;
    }
    assert!(by_epoch >= 15, "{by_epoch}");
}

/// What trains out of sight may step the scheduler that it is given; whether and when, only somebody knows.
#[test]
fn schedulers_given_out_of_sight_are_asked_for() {
    let source = "import torch\nfrom engine import train_one_epoch\n\
                  optimizer = torch.optim.SGD(model.parameters(), lr=0.1)\n\
                  scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=4, gamma=0.5)\n\
                  for epoch in range(8):\n    train_one_epoch(model, train_loader, optimizer, scheduler)\n";
    let plans = linter::plans_of(&Document::python(source)).unwrap();
    let with = |said: &[(&str, &str)]| {
        let said = said.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        simulate(&plans[0], &Given::of_texts(said), &[])
    };
    let Err(Stopped::Missing(missing)) = with(&[]) else { panic!() };
    assert_eq!(missing[0].name, "scheduler_step");
    let by_epoch = with(&[("scheduler_step", "epoch")]).unwrap();
    assert_eq!(by_epoch.tracks[0].lrs, [0.1, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.05]);
    let Err(Stopped::Missing(missing)) = with(&[("scheduler_step", "batch")]) else { panic!() };
    assert_eq!(missing[0].name, "steps_per_epoch");
    let by_batch = with(&[("scheduler_step", "batch"), ("steps_per_epoch", "2")]).unwrap();
    assert_eq!(by_batch.tracks[0].lrs[..9], [0.1, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.05, 0.025]);
    assert_eq!(by_batch.tracks[0].lrs.len(), 16);
}

#[test]
fn what_is_missing_is_named() {
    let source = std::fs::read_to_string(folder().join("scripts/one_cycle.py")).unwrap();
    let plans = linter::plans_of(&Document::python(source)).unwrap();
    let stopped = plans.iter().find_map(|plan| simulate(plan, &Given::default(), &[]).err()).unwrap();
    let Stopped::Missing(missing) = stopped else { panic!("{stopped:?}") };
    assert_eq!(missing.iter().map(|missing| missing.name.as_str()).collect::<Vec<_>>(), ["steps_per_epoch"]);
    assert_eq!(missing[0].what, "the length of a data loader");
}

//! The same weights on the same batches lose the same as in torch, step by step.
//!
//! `torch/losses.json` is made by `torch/make.py`.

#![cfg(all(feature = "cpu", not(target_family = "wasm")))]

use scheduler::notation;
use serde::Deserialize;
use trainer::experiment::Experiment;
use trainer::native::{curves, train};
use trainer::{Lane, ScheduledLr};

/// How far a loss may be from torch's, as a share of it. Both compute in float32; sums in another order differ by about
/// 1e-7, which fifty updates amplify.
const TOLERANCE: f32 = 5e-6;
/// How far the first loss may be, before any update.
const FIRST: f32 = 2e-6;

#[derive(Deserialize)]
struct Recorded {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    experiment: Experiment,
    lr: f64,
    schedule: String,
    seed: u64,
    losses: Vec<f32>,
}

#[test]
fn fifty_steps_of_every_optimizer_are_torchs() {
    let Recorded { cases } = serde_json::from_str(include_str!("torch/losses.json")).unwrap();
    assert!(cases.len() >= 26);
    for case in cases {
        let Experiment { task, optimizer, groups, .. } = &case.experiment;
        let what = format!("{} with {optimizer}, groups {groups} and {}", task.name(), case.schedule);
        let schedule = notation::parse(&case.schedule).unwrap();
        let schedules = [ScheduledLr { base_lr: case.lr, schedule }];
        // Another seed beside it must not matter.
        let lanes = [Lane { schedule: 0, seed: case.seed + 1 }, Lane { schedule: 0, seed: case.seed }];
        let reports = train(&case.experiment, &schedules, &lanes, 1).unwrap();
        let (losses, _) = curves(&reports, 1);
        assert_eq!(losses.len(), case.losses.len());
        let difference = |(ours, torch): (&f32, &f32)| (ours - torch).abs() / torch;
        let first = difference((&losses[0], &case.losses[0]));
        assert!(first < FIRST, "{what}: first loss {} and {}", losses[0], case.losses[0]);
        let most = losses.iter().zip(&case.losses).map(difference).fold(0.0, f32::max);
        println!("{what}: {first:.1e}, at most {most:.1e}");
        assert!(most < TOLERANCE, "{what}: off by {most:e}\n{losses:?}\n{:?}", case.losses);
        assert!(losses[49] != losses[0]);
    }
}

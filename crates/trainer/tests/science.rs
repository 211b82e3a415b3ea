//! The presets show what they say they show. An upgrade of Burn, or a change of a model, must not break that unseen.

#![cfg(all(feature = "cpu", not(target_family = "wasm")))]

use trainer::native::{curves, threads, train};
use trainer::presets::{self, Preset};
use trainer::{Lane, Outcome, outcome};

/// Outcomes by schedule, then by seed.
fn outcomes(preset: &Preset, seeds: std::ops::Range<u64>) -> Vec<Vec<Outcome>> {
    let schedules = preset.scheduled();
    let lanes: Vec<Lane> =
        (0..schedules.len()).flat_map(|schedule| seeds.clone().map(move |seed| Lane { schedule, seed })).collect();
    let reports = train(&preset.experiment, &schedules, &lanes, threads()).unwrap();
    let judge = |lane| {
        let (loss, accuracy) = curves(&reports, lane);
        outcome(&preset.experiment.task, &loss, &accuracy)
    };
    let judged: Vec<Outcome> = (0..lanes.len()).map(judge).collect();
    judged.chunks(lanes.len() / schedules.len()).map(<[_]>::to_vec).collect()
}

fn learned(outcomes: &[Outcome]) -> usize {
    outcomes.iter().filter(|&&outcome| outcome == Outcome::Learned).count()
}

#[test]
fn warmup_decides_whether_a_post_ln_transformer_learns() {
    let outcomes = outcomes(&presets::warmup(), 0..10);
    assert!(learned(&outcomes[0]) <= 2, "without warmup: {:?}", outcomes[0]);
    assert!(learned(&outcomes[1]) >= 9, "with warmup: {:?}", outcomes[1]);
    let stuck = outcomes[0].iter().filter(|&&outcome| outcome == Outcome::AtChance).count();
    assert!(stuck >= 6, "without warmup the loss stays at chance: {:?}", outcomes[0]);
}

#[test]
fn a_high_lr_needs_to_come_down_on_the_spirals() {
    let outcomes = outcomes(&presets::spirals(), 0..20);
    assert!(learned(&outcomes[0]) <= 6, "constant: {:?}", outcomes[0]);
    assert!(learned(&outcomes[1]) >= 14, "OneCycle: {:?}", outcomes[1]);
}

//! The presets show what they say they show, and their counter-examples do not. An upgrade of Burn, or a change of a model,
//! must not break that unseen.

#![cfg(all(feature = "cpu", not(target_family = "wasm")))]

use std::ops::Range;

use trainer::native::{Compute, train_run};
use trainer::presets::{self, Preset};
use trainer::success::{LaneEnd, Rule, mean};
use trainer::{Outcome, Run};

/// The ends of the lanes of a race.
fn ends(run: &Run) -> Vec<LaneEnd> {
    let reports = train_run(run, &Compute::cores(), &|_| {}).unwrap();
    LaneEnd::all(&run.experiment, &reports, &run.lanes)
}

/// What a race came to, schedule by schedule.
fn summary(preset: &Preset, ends: &[LaneEnd]) -> String {
    let row = |(schedule, named): (usize, &scheduler::permalink::NamedSchedule)| {
        let of = || ends.iter().filter(|end| end.lane.schedule == schedule);
        let count = |outcome| of().filter(|end| end.outcome == outcome).count();
        let outcomes = [Outcome::Learned, Outcome::Learning, Outcome::AtChance, Outcome::Diverged].map(count);
        let loss = mean(of().map(LaneEnd::final_loss)).unwrap_or(f32::NAN);
        let accuracy = mean(of().map(LaneEnd::final_accuracy)).unwrap_or(f32::NAN);
        let reductions: Vec<u32> = of().filter_map(|end| end.reductions).collect();
        format!(
            "  {}: learned/learning/at chance/diverged {outcomes:?}, loss {loss:.4}, accuracy {accuracy:.4} {reductions:?}",
            named.name
        )
    };
    preset.schedules.iter().enumerate().map(row).collect::<Vec<_>>().join("\n")
}

/// Runs a preset and its counter-example with these seeds.
fn assert_shown(preset: &Preset, seeds: Range<u64>) {
    for preset in [preset.clone(), preset.counter()] {
        let ends = ends(&preset.run(seeds.clone()));
        let names: Vec<&str> = preset.schedules.iter().map(|named| named.name.as_str()).collect();
        let summary = summary(&preset, &ends);
        println!("{}: {}\n{summary}", preset.name, preset.claim);
        let broken: Vec<String> =
            preset.success.iter().filter(|rule| !rule.holds(&ends)).map(|rule| rule.words(&names)).collect();
        assert!(broken.is_empty(), "{}, {}: {broken:?}\n{summary}", preset.name, preset.claim);
    }
}

#[test]
fn warmup_decides_whether_a_post_ln_transformer_learns() {
    assert_shown(&presets::warmup(), 0..10);
    let preset = presets::warmup();
    let mut run = preset.run(0..10);
    run.lanes.truncate(10);
    let stuck = ends(&run).iter().filter(|end| end.outcome == Outcome::AtChance).count();
    assert!(stuck >= 6, "without warmup the loss stays at chance: {stuck} of 10");
}

#[test]
fn a_high_lr_needs_to_come_down_on_the_spirals() {
    assert_shown(&presets::spirals(), 0..20);
}

#[test]
fn onecycle_needs_a_third_of_the_steps() {
    assert_shown(&presets::onecycle(), 0..10);
}

#[test]
fn plateau_finds_the_steps() {
    assert_shown(&presets::plateau(), 0..10);
}

#[test]
fn a_large_batch_needs_a_long_warmup() {
    assert_shown(&presets::large_batch(), 0..10);
}

#[test]
fn a_constant_lr_stops_at_a_floor_of_noise() {
    assert_shown(&presets::noise_floor(), 0..10);
}

#[test]
fn wsd_can_be_stopped_at_any_time() {
    assert_shown(&presets::stop_any_time(), 0..10);
}

#[test]
fn what_the_finder_finds_trains() {
    assert_shown(&presets::finder(), 0..10);
}

#[test]
fn every_rule_of_every_preset_is_about_a_schedule_it_has() {
    for preset in presets::all().into_iter().flat_map(|preset| [preset.clone(), preset.counter()]) {
        assert!(!preset.success.is_empty(), "{}", preset.name);
        let names: Vec<&str> = preset.schedules.iter().map(|named| named.name.as_str()).collect();
        for rule in &preset.success {
            assert!(!rule.words(&names).contains('?'), "{}: {rule:?}", preset.name);
            let is_about_seeds = !matches!(rule, Rule::Close { .. });
            assert!(!is_about_seeds || rule.words(&names).contains("of 10"));
        }
        assert!(preset.claim.ends_with('.') && !preset.source.is_empty());
    }
}

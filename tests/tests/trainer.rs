//! The trainer's range test, read by the advisor, and the recorded run of the page, read by the trainer.

use advisor::finder::{Analysis, Sweep, analyse};
use trainer::experiment::{Data, Experiment};
use trainer::native::{find_lr, threads};
use trainer::outcome::Outcome;
use trainer::presets;
use trainer::range_test::{Curve, RangeTest};
use trainer::recording::Recording;
use trainer::success::Rule;

fn read(curves: &[Curve]) -> Analysis {
    let sweep = |curve: &Curve| Sweep::new(&curve.lrs, &curve.losses).unwrap();
    analyse(&curves.iter().map(sweep).collect::<Vec<_>>())
}

fn sweep(experiment: &Experiment, seeds: std::ops::Range<u64>) -> Vec<Curve> {
    let seeds: Vec<u64> = seeds.collect();
    find_lr(experiment, &RangeTest::default(), &seeds, threads()).unwrap()
}

#[test]
fn the_finder_finds_what_its_demo_trains_with_and_single_runs_draw_lots() {
    let curves = sweep(&presets::finder().experiment, 0..10);
    let analysis = read(&curves);
    let chosen = analysis.chosen.as_ref().unwrap();
    println!("{chosen:?}: {}", analysis.trust());
    assert!((presets::FOUND / 1.25..presets::FOUND * 1.25).contains(&chosen.lr), "{chosen:?}");
    assert!(chosen.seeds.decades() < 0.5, "{chosen:?}");
    // The usual rule, read from single runs, ranges over much more than ours does.
    let mut steepest: Vec<f64> = curves.iter().map(raw_steepest).collect();
    steepest.sort_by(f64::total_cmp);
    let decades = (steepest[9] / steepest[0]).log10();
    println!("steepest slope of single runs: {steepest:?}, {decades:.1} decades");
    assert!(decades > 2.0, "{steepest:?}");
}

/// The LR at the steepest fall of the losses as they are, as tutorials take it.
fn raw_steepest(curve: &Curve) -> f64 {
    let fall = |point: usize| curve.losses[point + 1] - curve.losses[point - 1];
    let steepest = (1..curve.lrs.len() - 1).min_by(|&a, &b| fall(a).total_cmp(&fall(b))).unwrap();
    curve.lrs[steepest]
}

#[test]
fn a_network_that_dies_ends_its_sweep_early_and_is_read_all_the_same() {
    let experiment = Experiment { data: Data::Fresh, ..presets::finder().experiment };
    let curves = sweep(&experiment, 20..28);
    let lengths: Vec<usize> = curves.iter().map(|curve| curve.lrs.len()).collect();
    println!("steps until it is over: {lengths:?}");
    assert!(lengths.iter().filter(|length| **length < 100).count() >= 6, "{lengths:?}");
    assert!(read(&curves).chosen.is_ok());
}

#[test]
fn the_recorded_run_of_the_page_is_that_of_the_first_demo_and_shows_it() {
    let recording: Recording = serde_json::from_str(include_str!("../../web/recorded/warmup.json")).unwrap();
    let demo = presets::warmup();
    assert_eq!(recording.experiment, demo.experiment);
    assert_eq!(recording.schedules, demo.scheduled());
    let lanes: Vec<_> = recording.lanes.iter().map(|recorded| recorded.lane).collect();
    assert_eq!(lanes, demo.lanes());
    for rule in &demo.success {
        let (schedule, least, most) = match *rule {
            Rule::Learns { schedule, least } => (schedule, least, 10),
            Rule::SeldomLearns { schedule, most } => (schedule, 0, most),
            _ => panic!("{rule:?} cannot be read from a recording"),
        };
        let learned = recording
            .lanes
            .iter()
            .filter(|recorded| recorded.lane.schedule == schedule && recorded.outcome == Outcome::Learned);
        assert!((least..=most).contains(&(learned.count() as u32)), "{rule:?}");
    }
}

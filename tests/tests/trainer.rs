//! The trainer's range test, read by the advisor, and the recorded runs of the page, read by the trainer.

use std::fs;
use std::path::Path;

use advisor::finder::{Analysis, Sweep, analyse};
use trainer::experiment::{Data, Experiment};
use trainer::link::Race;
use trainer::messages::Run;
use trainer::native::{find_lr, threads, train};
use trainer::outcome::Outcome;
use trainer::presets::{self, Preset};
use trainer::range_test::{Curve, RangeTest};
use trainer::recording::{Recording, file_name};
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

/// The recordings of all demos, with the demos, and of their counter-examples.
fn recordings() -> Vec<(Preset, Recording)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/recorded");
    let read = |demo: Preset, name: &str, counter_example| {
        let file = folder.join(file_name(name, counter_example));
        let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        (demo, Recording::read(&text).unwrap_or_else(|line| panic!("{}, line {line}", file.display())))
    };
    let both = |demo: Preset| [read(demo.counter(), demo.name, true), read(demo.clone(), demo.name, false)];
    presets::all().into_iter().flat_map(both).collect()
}

#[test]
fn the_recorded_runs_are_runs_of_this_code() {
    for (demo, recording) in recordings() {
        let mut run = demo.run(0..demo.seeds as u64);
        assert_eq!(recording.lanes.len(), run.lanes.len(), "{}", demo.name);
        let steps = run.experiment.steps.div_ceil(recording.every);
        assert!(recording.lanes.iter().all(|lane| lane.losses.len() == steps), "{}", demo.name);
        let race = Race::from_link(&recording.race);
        assert_eq!((race.0.experiment, race.0.schedules), (demo.experiment, demo.schedules), "{}", demo.name);

        // The first value of the first seed of each schedule, again. Processors add up in different orders.
        run.lanes.retain(|lane| lane.seed == 0);
        let first = train_first_steps(&run, recording.every);
        let recorded = recording.lanes.iter().step_by(demo.seeds).map(|lane| lane.losses[0]);
        for (now, then) in first.into_iter().zip(recorded) {
            assert!((now - then).abs() <= 2e-3 * then.abs() + 1e-4, "{}: {now} now, {then} recorded", demo.name);
        }
    }
}

/// The mean loss of each lane over the first steps of a run.
fn train_first_steps(run: &Run, steps: usize) -> Vec<f32> {
    let trained = run.experiment.validation.map_or(steps, |validation| validation.every.max(steps));
    let experiment = Experiment { steps: trained, ..run.experiment.clone() };
    let reports = train(&experiment, &run.schedules, &run.lanes, threads()).unwrap();
    let sum = |lane: usize| reports[..steps].iter().map(|report| report.loss[lane]).sum::<f32>() / steps as f32;
    (0..run.lanes.len()).map(sum).collect()
}

#[test]
fn the_recorded_runs_show_what_their_demos_say() {
    for (demo, recording) in recordings() {
        for rule in &demo.success {
            let (schedule, least, most) = match *rule {
                Rule::Learns { schedule, least } => (schedule, least, u32::MAX),
                Rule::SeldomLearns { schedule, most } => (schedule, 0, most),
                // Judged by more than a recording holds; the trainer's own tests do.
                _ => continue,
            };
            let lanes = &recording.lanes[schedule * demo.seeds..][..demo.seeds];
            let learned = lanes.iter().filter(|lane| lane.outcome == Outcome::Learned).count();
            let of_ten = learned as f64 * 10.0 / demo.seeds as f64;
            assert!((f64::from(least)..=f64::from(most)).contains(&of_ten), "{}, {rule:?}: {learned}", demo.name);
        }
    }
}

//! A run under way can be held, stepped, changed, and carried to another device.

#![cfg(all(feature = "cpu", not(target_family = "wasm")))]

use scheduler::notation;
use trainer::engine::Error;
use trainer::experiment::{Data, Experiment, Optimizer, Task, Validation};
use trainer::messages::{Command, MOST_REPORTS};
use trainer::session::{Session, State};
use trainer::surface::{EXTENT, POINTS, Point, SIDE, Surfaces};
use trainer::{Device, FromWorker, Lane, Run, ScheduledLr, StepReport, decode, encode, native, presets};

fn run(steps: usize) -> Run {
    let schedules = [
        "CosineAnnealingLR(T_max=30)",
        "ReduceLROnPlateau(factor=0.5, patience=0, threshold=0.5)",
        "OneCycleLR(max_lr=0.1, total_steps=30)",
    ];
    let schedules = schedules.map(|text| ScheduledLr { base_lr: 0.05, schedule: notation::parse(text).unwrap() });
    Run {
        experiment: Experiment {
            task: Task::from_name("teacher").unwrap(),
            optimizer: Optimizer::sgd(0.9),
            batch: 8,
            steps,
            data: Data::Fixed(20),
            validation: Some(Validation { examples: 16, every: 4 }),
            ..presets::warmup().experiment
        },
        schedules: schedules.into(),
        lanes: (0..3).flat_map(|schedule| [0, 1].map(|seed| Lane { schedule, seed })).collect(),
        ends_when_diverged: false,
    }
}

fn start(run: &Run) -> Session {
    Session::start(run, None, &Device::flex()).unwrap()
}

fn train(session: &mut Session, steps: usize) -> Vec<StepReport> {
    burn_tensor::read_sync(session.train(steps)).unwrap()
}

#[test]
fn it_pauses_steps_and_goes_on() {
    let run = run(30);
    let mut session = start(&run);
    assert_eq!(session.state(), State::Running);
    let mut reports = train(&mut session, 5);
    session.obey(&Command::Pause).unwrap();
    assert_eq!(train(&mut session, 5), []);
    session.obey(&Command::Step).unwrap();
    reports.extend(train(&mut session, 5));
    assert_eq!((session.state(), session.step()), (State::Paused, 6));
    session.obey(&Command::Resume).unwrap();
    reports.extend(train(&mut session, 1000));
    assert_eq!(session.state(), State::Done);
    session.obey(&Command::Resume).unwrap();
    assert_eq!((session.state(), train(&mut session, 5)), (State::Done, vec![]));
    let expected = native::train(&run.experiment, &run.schedules, &run.lanes, 1).unwrap();
    assert_eq!(reports, expected, "none of that has changed a number");
}

#[test]
fn a_message_has_a_greatest_length() {
    let mut long = run(2000);
    long.schedules.truncate(1);
    long.lanes = vec![Lane { schedule: 0, seed: 0 }];
    long.experiment.validation = None;
    let mut session = start(&long);
    assert_eq!(train(&mut session, usize::MAX).len(), MOST_REPORTS);
}

#[test]
fn the_lr_of_one_schedule_can_be_changed_under_way() {
    let run = run(10);
    let mut session = start(&run);
    let before = train(&mut session, 3);
    session.obey(&Command::ScaleLr { schedule: 2, factor: 0.5 }).unwrap();
    let after = train(&mut session, 7);
    let expected = native::train(&run.experiment, &run.schedules, &run.lanes, 1).unwrap();
    assert_eq!(before[..], expected[..3]);
    assert_eq!(after[0].lr[4], expected[3].lr[4] / 2.0);
    for (lane, schedule) in run.lanes.iter().map(|lane| lane.schedule).enumerate() {
        let same = after[6].loss[lane] == expected[9].loss[lane];
        assert_eq!(same, schedule != 2, "lane {lane}");
    }
    for (schedule, factor) in [(3, 1.0), (0, -1.0), (0, f64::NAN), (0, f64::INFINITY)] {
        let mut session = start(&run);
        let error = session.obey(&Command::ScaleLr { schedule, factor }).unwrap_err();
        assert!(error.to_string().contains("cannot be multiplied by"), "{error}");
    }
}

#[test]
fn a_run_goes_on_from_a_checkpoint_as_if_nothing_had_happened() {
    for (optimizer, data) in [
        (Optimizer::sgd(0.9), Data::Fixed(20)),
        (Optimizer::adam(), Data::Fresh),
        (Optimizer::adam_w(), Data::Fixed(20)),
    ] {
        let mut run = run(30);
        run.experiment.optimizer = optimizer;
        run.experiment.data = data;
        let expected = native::train(&run.experiment, &run.schedules, &run.lanes, 1).unwrap();
        for at in [0, 1, 7, 8, 29, 30] {
            let mut lost = start(&run);
            train(&mut lost, at);
            let checkpoint = burn_tensor::read_sync(lost.checkpoint()).unwrap();
            drop(lost);
            // As the page keeps it.
            let checkpoint = decode(&encode(&checkpoint)).unwrap();
            let mut session = Session::start(&run, Some(&checkpoint), &Device::flex()).unwrap();
            assert_eq!(session.step(), at);
            assert_eq!(train(&mut session, 100)[..], expected[at..], "{optimizer} from step {at}");
        }
    }
}

#[test]
fn the_lanes_of_a_checkpoint_go_on_apart() {
    let mut run = run(30);
    run.experiment.data = Data::Fresh;
    let expected = native::train(&run.experiment, &run.schedules, &run.lanes, 1).unwrap();
    let mut lost = start(&run);
    train(&mut lost, 9);
    let checkpoint = burn_tensor::read_sync(lost.checkpoint()).unwrap();
    // Not in order, and each seed in one part alone: nothing may be looked up by its place.
    for places in [vec![4, 0, 2], vec![1, 3, 5]] {
        let part = Run { lanes: places.iter().map(|&place| run.lanes[place]).collect(), ..run.clone() };
        let mut session = Session::start(&part, Some(&checkpoint.of_lanes(&places)), &Device::flex()).unwrap();
        for (got, expected) in train(&mut session, 100).iter().zip(&expected[9..]) {
            for (lane, &place) in places.iter().enumerate() {
                assert_eq!((got.lr[lane], got.loss[lane]), (expected.lr[place], expected.loss[place]));
            }
        }
    }
}

#[test]
fn a_changed_lr_survives_a_checkpoint() {
    let run = run(10);
    let mut session = start(&run);
    session.obey(&Command::ScaleLr { schedule: 0, factor: 0.25 }).unwrap();
    train(&mut session, 4);
    let checkpoint = burn_tensor::read_sync(session.checkpoint()).unwrap();
    let mut restored = Session::start(&run, Some(&checkpoint), &Device::flex()).unwrap();
    assert_eq!(train(&mut restored, 6), train(&mut session, 6));
}

#[test]
fn the_checkpoint_of_another_run_is_refused() {
    let mut session = start(&run(10));
    train(&mut session, 2);
    let checkpoint = burn_tensor::read_sync(session.checkpoint()).unwrap();
    let refused = |run: &Run| matches!(Session::start(run, Some(&checkpoint), &Device::flex()), Err(Error::Checkpoint));
    let mut fewer = run(10);
    fewer.lanes.pop();
    assert!(refused(&fewer));
    let mut adam = run(10);
    adam.experiment.optimizer = Optimizer::adam();
    assert!(refused(&adam));
    assert!(refused(&run(1)), "further than the run is long");
    assert!(!refused(&run(10)));
}

#[test]
fn one_lane_of_sixteen_that_turns_nan_leaves_the_others_alone() {
    let mut run = run(20);
    run.schedules =
        [1e-2, 1e38].map(|base_lr| ScheduledLr { base_lr, schedule: scheduler::Schedule::constant() }).into();
    run.lanes = (0..16).map(|seed| Lane { schedule: usize::from(seed == 5), seed }).collect();
    let mixed = native::train(&run.experiment, &run.schedules, &run.lanes, 1).unwrap();
    run.lanes[5].schedule = 0;
    let healthy = native::train(&run.experiment, &run.schedules, &run.lanes, 1).unwrap();
    assert!(mixed[19].loss[5].is_nan() || mixed[19].loss[5].is_infinite(), "{:?}", mixed[19].loss);
    for (mixed, healthy) in mixed.iter().zip(&healthy) {
        for lane in (0..16).filter(|lane| *lane != 5) {
            assert_eq!(mixed.loss[lane], healthy.loss[lane]);
            assert!(healthy.loss[lane].is_finite());
        }
    }
}

/// Trains the moons with three seeds at a LR that learns them and at one that throws the models off.
fn moons() -> Run {
    let schedules = [0.3, 1e38].map(|base_lr| ScheduledLr { base_lr, schedule: scheduler::Schedule::constant() });
    Run {
        experiment: Experiment {
            task: Task::from_name("two-moons").unwrap(),
            steps: 200,
            ..presets::spirals().experiment
        },
        schedules: schedules.into(),
        lanes: (0..2).flat_map(|schedule| [0, 1, 7].map(|seed| Lane { schedule, seed })).collect(),
        ends_when_diverged: false,
    }
}

fn look(session: &Session, seed: u64) -> Surfaces {
    burn_tensor::read_sync(session.surfaces(seed)).unwrap()
}

#[test]
fn a_surface_is_what_the_model_says_of_the_plane() {
    let mut session = start(&moons());
    let before = look(&session, 7);
    while session.state() != State::Done {
        train(&mut session, 1000);
    }
    let after = look(&session, 7);
    assert_eq!(after.lanes.iter().map(|surface| surface.lane).collect::<Vec<_>>(), [2, 5], "the lanes of the seed");
    assert_eq!((before.lanes[0].step, after.lanes[0].step), (0, 200));
    assert_eq!((after.points.len(), before.points == after.points), (POINTS, true));
    assert!(after.points.iter().all(|point| point.x.abs() < EXTENT && point.y.abs() < EXTENT));
    assert_ne!(after.points, look(&session, 1).points, "each seed has its own");

    // What is read off at the nearest places of the grid is what the model said of the points themselves.
    let learned = &after.lanes[0];
    assert_eq!(learned.probabilities.len(), SIDE * SIDE);
    let nearest = |value: f32| ((value / EXTENT + 1.0) / 2.0 * (SIDE - 1) as f32).round() as usize;
    let read_off = |point: &Point| {
        let place = nearest(point.y) * SIDE + nearest(point.x);
        (learned.probabilities[place] >= 128) == (point.class == 1)
    };
    let agree = after.points.iter().zip(&learned.right).filter(|(point, right)| read_off(point) == **right).count();
    assert!(agree >= POINTS - 4, "the grid and the model agree on {agree} of {POINTS} points");
    let (untrained, trained) = (before.lanes[0].accuracy(), learned.accuracy());
    assert!(trained > 0.95 && untrained < 0.9, "{untrained}, then {trained}");
    assert!(after.lanes[1].probabilities.is_empty(), "a model of NaN says nothing");

    assert_eq!(look(&session, 3).lanes, [], "no lane has that seed");
    let message = FromWorker::Surfaces { run: 1, surfaces: after };
    assert_eq!(decode::<FromWorker>(&encode(&message)).unwrap(), message);
}

#[test]
fn to_look_changes_nothing_and_only_points_have_a_surface() {
    let run = moons();
    let mut session = start(&run);
    let mut reports = train(&mut session, 5);
    look(&session, 0);
    reports.extend(train(&mut session, 5));
    let mut undisturbed = start(&run);
    // NaN is not equal to itself: only the lanes that learn are compared.
    let losses = |reports: &[StepReport]| reports.iter().map(|report| report.loss[..3].to_vec()).collect::<Vec<_>>();
    assert_eq!(losses(&reports), losses(&train(&mut undisturbed, 10)));
    let teacher = start(&self::run(10));
    assert_eq!(look(&teacher, 0).lanes, []);
}

//! Properties of the engine that every run relies on.

#![cfg(all(feature = "cpu", not(target_family = "wasm")))]

use scheduler::torch::OneCycleLR;
use scheduler::{Schedule, notation};
use trainer::engine::Error;
use trainer::experiment::{
    Activation, Data, Experiment, Norm, Optimizer, Perceptron, Points, Task, Tokens, Transformer, Validation,
};
use trainer::native::{self, Compute, curves};
use trainer::{Lane, Run, ScheduledLr, StepReport, presets};

const ADAM: Optimizer = Optimizer::adam();

fn reverse(norm: Norm) -> Experiment {
    let model = Transformer { layers: 2, d_model: 16, heads: 2, feed_forward: 24, sequence: 5, vocabulary: 6, norm };
    let task = Task::Tokens(Tokens::Reverse, model);
    Experiment { task, batch: 8, steps: 12, ..presets::warmup().experiment }
}

fn spirals(optimizer: Optimizer) -> Experiment {
    let model = Perceptron { hidden: 8, layers: 2, activation: Activation::Tanh };
    let task = Task::Points(Points::Spirals, model);
    Experiment { task, optimizer, batch: 16, steps: 12, ..presets::spirals().experiment }
}

fn constant(base_lr: f64) -> ScheduledLr {
    ScheduledLr { base_lr, schedule: Schedule::constant() }
}

/// All lanes in one program.
fn train(experiment: &Experiment, schedules: &[ScheduledLr], lanes: &[Lane]) -> Result<Vec<StepReport>, Error> {
    native::train(experiment, schedules, lanes, 1)
}

fn lane(schedule: usize, seed: u64) -> Lane {
    Lane { schedule, seed }
}

fn losses(reports: &[StepReport], lane: usize) -> Vec<f32> {
    curves(reports, lane).0
}

#[test]
fn a_lane_does_the_same_alone_and_beside_others() {
    for experiment in [reverse(Norm::Post), reverse(Norm::Pre), spirals(ADAM)] {
        let schedules = [constant(1e-3), constant(1e-2)];
        let alone = train(&experiment, &schedules, &[lane(1, 5)]).unwrap();
        let beside = train(&experiment, &schedules, &[lane(0, 4), lane(1, 3), lane(0, 5), lane(1, 5)]).unwrap();
        assert_eq!(curves(&alone, 0), curves(&beside, 3));
        assert_ne!(losses(&beside, 3), losses(&beside, 1), "another seed");
        assert_eq!(losses(&beside, 3)[0], losses(&beside, 2)[0], "the same seed before the first update");
        assert_ne!(losses(&beside, 3)[1], losses(&beside, 2)[1], "the same seed under another schedule");
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let lanes: Vec<Lane> = (0..5).map(|seed| lane(0, seed)).collect();
    let run = |threads| native::train(&spirals(ADAM), &[constant(1e-2)], &lanes, threads).unwrap();
    assert_eq!(run(1), run(2));
    assert_eq!(run(1), run(16));
}

#[test]
fn a_lane_that_turns_nan_leaves_the_others_alone() {
    for experiment in [reverse(Norm::Post), reverse(Norm::Pre), spirals(Optimizer::sgd(0.9))] {
        let schedules = [constant(1e-3), constant(1e38)];
        let lanes = [lane(1, 0), lane(0, 0), lane(1, 1), lane(0, 1)];
        let reports = train(&experiment, &schedules, &lanes).unwrap();
        let healthy = train(&experiment, &schedules, &[lane(0, 0), lane(0, 1)]).unwrap();
        assert!(losses(&reports, 0).last().unwrap().is_nan());
        assert_eq!(losses(&reports, 1), losses(&healthy, 0));
        assert_eq!(losses(&reports, 3), losses(&healthy, 1));
        assert!(losses(&healthy, 1).iter().all(|loss| loss.is_finite()));
    }
}

#[test]
fn every_step_reports_the_lr_of_its_schedule() {
    let schedule = notation::parse("LinearLR(opt, 0.5, total_iters=4)").unwrap();
    let schedules = [ScheduledLr { base_lr: 0.2, schedule }, constant(0.2)];
    let reports = train(&spirals(ADAM), &schedules, &[lane(0, 0), lane(1, 0)]).unwrap();
    let steps: Vec<u32> = reports.iter().map(|report| report.step).collect();
    assert_eq!(steps, (0..12).collect::<Vec<_>>());
    let lrs: Vec<f32> = reports.iter().map(|report| report.lr[0]).collect();
    for (lr, expected) in lrs.iter().zip([0.1, 0.125, 0.15, 0.175, 0.2, 0.2]) {
        assert!((lr - expected).abs() < 1e-7, "{lrs:?}");
    }
}

#[test]
fn the_lr_of_a_lane_scales_its_update() {
    // Plain SGD moves the weights by lr * g, so to first order the loss of the second step moves in proportion.
    let experiment = Experiment { steps: 2, ..spirals(Optimizer::sgd(0.0)) };
    let schedules = [constant(0.0), constant(0.02), constant(0.04)];
    let reports = train(&experiment, &schedules, &[lane(0, 0), lane(1, 0), lane(2, 0)]).unwrap();
    let [first, second] = [&reports[0].loss, &reports[1].loss];
    assert!(first[0] == first[1] && first[0] == first[2], "nothing was moved yet: {first:?}");
    let moved = |lane: usize| f64::from(second[lane]) - f64::from(second[0]);
    assert!(moved(1).abs() > 1e-5, "{second:?}");
    assert!((moved(2) / moved(1) - 2.0).abs() < 0.1, "{second:?}");
}

#[test]
fn plateau_watches_the_loss_of_its_own_lane() {
    // A threshold that no step meets: the LR halves at every step after the first.
    let schedule =
        notation::parse("ReduceLROnPlateau(opt, factor=0.5, patience=0, threshold=1e9, threshold_mode='abs', eps=0)")
            .unwrap();
    let schedules = [ScheduledLr { base_lr: 0.1, schedule }, constant(0.1)];
    let reports = train(&spirals(ADAM), &schedules, &[lane(0, 0), lane(1, 0)]).unwrap();
    let lrs: Vec<f32> = reports.iter().map(|report| report.lr[0]).collect();
    assert!(lrs[0] == 0.1 && lrs[11] < 0.1 / 500.0, "{lrs:?}");
    assert!(reports.iter().all(|report| report.lr[1] == 0.1));
}

#[test]
fn plateau_watches_the_validation_of_its_own_lane_and_counts() {
    // A threshold that nothing meets: the first metric is the best, and every second one after it reduces.
    let text = "ReduceLROnPlateau(opt, factor=0.5, patience=1, threshold=1e9, threshold_mode='abs', eps=0)";
    let schedules = [ScheduledLr { base_lr: 0.1, schedule: notation::parse(text).unwrap() }, constant(0.1)];
    let experiment = Experiment {
        steps: 12,
        validation: Some(Validation { examples: 8, every: 2 }),
        ..spirals(Optimizer::sgd(0.9))
    };
    // In one program and in two, one of which has no lane that listens.
    for threads in [1, 2] {
        let reports = native::train(&experiment, &schedules, &[lane(0, 0), lane(1, 0)], threads).unwrap();
        let validated: Vec<u32> =
            reports.iter().filter(|report| report.validation.is_some()).map(|report| report.step).collect();
        assert_eq!(validated, [1, 3, 5, 7, 9, 11]);
        let lrs: Vec<f32> = reports.iter().map(|report| report.lr[0]).collect();
        assert_eq!(lrs, [0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.05, 0.025, 0.025]);
        assert!(reports.iter().all(|report| report.lr[1] == 0.1));
        let counters = |step: usize| reports[step].plateau[0].map(|plateau| (plateau.bad, plateau.reductions));
        assert_eq!(
            [counters(1), counters(3), counters(5), counters(7)],
            [Some((0, 0)), Some((1, 0)), Some((0, 1)), Some((1, 1))]
        );
        assert_eq!(reports[1].plateau[1], None);
        let best = reports[9].plateau[0].unwrap().best.unwrap();
        assert_eq!(best, reports[1].validation.as_ref().unwrap().loss[0]);
    }
}

#[test]
fn label_noise_is_in_the_training_set_alone() {
    let task = Task::from_name("teacher").unwrap();
    let run = |noise| {
        let mut experiment = Experiment {
            task: task.clone(),
            batch: 64,
            steps: 1,
            data: Data::Fixed(512),
            validation: Some(Validation { examples: 64, every: 1 }),
            ..spirals(Optimizer::sgd(0.9))
        };
        experiment.task.set_noise(noise);
        train(&experiment, &[constant(0.0)], &[lane(0, 0)]).unwrap()
    };
    let (clean, noisy) = (run(0.0), run(0.9));
    assert_eq!(clean[0].validation, noisy[0].validation);
    assert_ne!(clean[0].loss, noisy[0].loss);
}

#[test]
fn clipping_bounds_the_first_update() {
    // Plain SGD moves the weights by lr * g; with the gradient cut to a tenth, so is the change of the loss.
    let experiment = |clip| Experiment { steps: 2, clip, ..spirals(Optimizer::sgd(0.0)) };
    let moved = |clip| {
        let reports = train(&experiment(clip), &[constant(0.0), constant(0.01)], &[lane(0, 0), lane(1, 0)]).unwrap();
        f64::from(reports[1].loss[1]) - f64::from(reports[1].loss[0])
    };
    assert!(moved(None).abs() > 10.0 * moved(Some(1e-3)).abs());
    assert_eq!(moved(None), moved(Some(1e6)));
}

#[test]
fn one_cycle_moves_the_momentum() {
    for optimizer in [Optimizer::sgd(0.9), ADAM] {
        let one_cycle = |cycle_momentum| ScheduledLr {
            base_lr: 0.1,
            schedule: OneCycleLR { cycle_momentum, ..OneCycleLR::new(0.1, 12) }.into(),
        };
        let schedules = [one_cycle(true), one_cycle(false)];
        let reports = train(&spirals(optimizer), &schedules, &[lane(0, 0), lane(1, 0)]).unwrap();
        assert!(reports.iter().all(|report| report.lr[0] == report.lr[1]), "the LR is the same");
        assert_ne!(losses(&reports, 0)[11], losses(&reports, 1)[11], "the momentum is not");
    }
}

#[test]
fn a_schedule_that_refuses_is_an_error_and_not_a_panic() {
    let schedules = [ScheduledLr { base_lr: 0.1, schedule: OneCycleLR::new(0.1, 5).into() }];
    let error = train(&spirals(ADAM), &schedules, &[lane(0, 0)]).unwrap_err();
    assert!(matches!(&error, Error::Schedule(_)), "{error:?}");
    assert!(error.to_string().contains("Tried to step"), "{error}");
}

#[test]
fn what_cannot_be_trained_is_refused() {
    let experiment = Experiment { steps: 0, ..spirals(ADAM) };
    let error = train(&experiment, &[constant(0.1)], &[lane(0, 0)]).unwrap_err();
    assert!(matches!(error, Error::Invalid(_)), "{error:?}");
    let error = train(&spirals(ADAM), &[constant(0.1)], &[]).unwrap_err();
    assert_eq!(error.to_string(), "The number of lanes is 0; it must be from 1 to 64.");
}

#[test]
fn a_range_test_ends_when_all_have_diverged_and_does_not_depend_on_threads() {
    use trainer::range_test::RangeTest;
    let test = RangeTest { from: 1e-4, to: 1e4, steps: 120 };
    let find = |threads| native::find_lr(&spirals(Optimizer::sgd(0.9)), &test, &[0, 1, 2], threads).unwrap();
    let curves = find(1);
    assert_eq!(curves, find(2));
    assert_eq!(curves.len(), 3);
    for curve in &curves {
        assert_eq!(curve.lrs.len(), curve.losses.len());
        assert!((60..120).contains(&curve.lrs.len()), "ended after {} steps", curve.lrs.len());
    }
    let error = native::find_lr(&spirals(ADAM), &RangeTest { to: 0.0, ..test }, &[0], 1).unwrap_err();
    assert!(error.to_string().contains("greater one"), "{error}");
}

#[test]
fn progress_adds_up() {
    let done = std::sync::atomic::AtomicUsize::new(0);
    let run = Run {
        experiment: spirals(ADAM),
        schedules: vec![constant(0.1)],
        lanes: (0..3).map(|seed| lane(0, seed)).collect(),
        ends_when_diverged: false,
    };
    native::train_run(&run, &Compute::Threads(2), &|steps| {
        done.fetch_add(steps, std::sync::atomic::Ordering::Relaxed);
    })
    .unwrap();
    assert_eq!(done.into_inner(), 36);
}

#[test]
fn the_first_loss_of_a_pre_ln_transformer_is_near_chance() {
    let reports = train(&reverse(Norm::Pre), &[constant(0.0)], &[lane(0, 0)]).unwrap();
    let loss = losses(&reports, 0)[0];
    assert!((1.4..3.5).contains(&loss), "ln 6 = 1.79, plus what an untrained head adds: {loss}");
}

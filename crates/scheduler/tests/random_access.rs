//! Random access gives what stepping gives, at every step, errors included.

mod common;

use common::schedule;
use proptest::prelude::*;
use scheduler::{Optimizer, Schedule, curve, notation};

const STEPS: usize = 400;

/// The largest difference from stepping, as a share of the largest LR so far; `None` where the schedule cannot be built.
fn largest_difference(schedule: &Schedule, lrs: &[f64]) -> Option<f64> {
    let optimizer = Optimizer::sgd(lrs, 0.9);
    let stepped = curve(schedule, optimizer.clone(), STEPS, &[]);
    let random = match schedule.random_access(optimizer) {
        Ok(random) => random,
        Err(error) => {
            assert_eq!(stepped.error, Some((0, error)));
            return None;
        }
    };
    let mut scale = f64::MIN_POSITIVE;
    let mut worst = 0.0f64;
    for (step, row) in stepped.lrs.iter().enumerate() {
        for (group, expected) in row.iter().enumerate() {
            let got = random.lr(step, group).unwrap();
            scale = scale.max(expected.abs());
            worst = worst.max((got - expected).abs() / scale);
        }
    }
    if let Some((step, error)) = &stepped.error
        && !schedule.needs_metric()
    {
        assert_eq!(random.lr(*step, 0).as_ref().err(), Some(error), "at step {step} of {schedule}");
    }
    Some(worst)
}

proptest! {
    #[test]
    fn equals_stepping(schedule in schedule()) {
        if !schedule.needs_metric() && let Some(difference) = largest_difference(&schedule, &[0.1]) {
            prop_assert!(difference < 1e-9, "{difference:e}: {schedule}");
        }
    }
}

/// Found by random schedules: torch hands over by the closed form, which counts negative milestones too.
#[test]
fn negative_milestones_act_after_a_milestone_of_sequential() {
    let schedule =
        notation::parse("SequentialLR([ConstantLR(1.0), MultiStepLR([-5, -1, 10], gamma=0.5)], [20])").unwrap();
    let random = schedule.random_access(Optimizer::sgd(&[0.1], 0.9)).unwrap();
    assert_eq!([19, 20, 30].map(|step| random.lr(step, 0).unwrap()), [0.1, 0.025, 0.0125]);
    assert!(largest_difference(&schedule, &[0.1]).unwrap() < 1e-12);
}

/// Schedules that are functions of the step in their own library, or that torch computes from the step.
#[test]
fn functions_of_the_step_are_equal_to_the_last_bit() {
    for text in [
        "LambdaLR(lambda step: 0.95 ** step)",
        "LambdaLR([lambda step: 0.9 ** step, lambda step: 1 / (1 + step)])",
        "CosineAnnealingWarmRestarts(T_0=7)",
        "CosineAnnealingWarmRestarts(T_0=3, T_mult=3, eta_min=1e-3)",
        "CyclicLR(1e-3, 0.1, step_size_up=13, mode='exp_range', gamma=0.99)",
        "OneCycleLR(0.1, total_steps=1000, three_phase=True)",
        "ConstantLR(factor=0.3, total_iters=30)",
        "get_cosine_schedule_with_warmup(num_warmup_steps=10, num_training_steps=300)",
        "get_wsd_schedule(10, 50, num_training_steps=300, decay_type='1-sqrt')",
        "get_polynomial_decay_schedule_with_warmup(10, 300, power=2.0)",
        "CosineLRScheduler(t_initial=100, warmup_t=5, cycle_limit=3, cycle_decay=0.5)",
        "WSDLRScheduler(t_initial=300, decay_t=60, warmup_t=10, stable_fn='rsqrt')",
        "warmup_cosine_decay_schedule(0.0, 0.1, 10, 300)",
        "join_schedules([linear_schedule(0.0, 0.1, 10), exponential_decay(0.1, 5, 0.9)], [10])",
        "CosineDecayRestarts(0.1, 20)",
        "WSD(300, warmup_steps=10, cooldown_steps=60)",
        "InverseSqrtWithCooldown(300, 20, 50)",
        "Points([(0, 0.0), (40, 1.0), (200, 0.1)], interpolation='cosine')",
        "SequentialLR([LambdaLR(lambda s: (s + 1) / 10), OneCycleLR(0.1, total_steps=1000)], [10])",
        "ChainedScheduler([ExponentialLR(0.9), LambdaLR(lambda s: 1 / (1 + s)), ExponentialLR(0.5)])",
    ] {
        let schedule = notation::parse(text).unwrap();
        assert_eq!(largest_difference(&schedule, &[0.1, 0.01]), Some(0.0), "{text}");
        let random = schedule.random_access(Optimizer::sgd(&[0.1, 0.01], 0.9)).unwrap();
        assert!((0..STEPS).all(|step| random.is_constant_time(step)), "{text}");
    }
}

#[test]
fn recursions_and_what_is_made_of_them_are_found_in_constant_time() {
    for text in [
        "LinearLR(start_factor=0.01, total_iters=40)",
        "ExponentialLR(gamma=0.99)",
        "StepLR(step_size=30)",
        "MultiStepLR(milestones=[30, 60, 60, 90])",
        "PolynomialLR(total_iters=300, power=0.9)",
        "CosineAnnealingLR(T_max=100, eta_min=1e-5)",
        "SWALR(swa_lr=0.05, anneal_epochs=20)",
        "SequentialLR([LinearLR(0.01, total_iters=40), CosineAnnealingLR(T_max=360)], [40])",
        "ChainedScheduler([LinearLR(0.01, total_iters=40), StepLR(30), PolynomialLR(total_iters=400)])",
    ] {
        let schedule = notation::parse(text).unwrap();
        let difference = largest_difference(&schedule, &[0.1, 0.01]).unwrap();
        assert!(difference < 1e-11, "{text}: {difference:e}");
        let random = schedule.random_access(Optimizer::sgd(&[0.1, 0.01], 0.9)).unwrap();
        assert!((0..STEPS).all(|step| random.is_constant_time(step)), "{text}");
    }
}

#[test]
fn odd_corners_are_replayed() {
    for text in [
        "MultiplicativeLR(lambda step: 0.99)",
        "ConstantLR(total_iters=0)",
        "LinearLR(total_iters=0)",
        "StepLR(step_size=2.5)",
        "ChainedScheduler([CosineAnnealingLR(T_max=50), ExponentialLR(0.99)])",
        "SequentialLR([LinearLR(total_iters=5), OneCycleLR(0.1, total_steps=1000)], [5])",
    ] {
        let schedule = notation::parse(text).unwrap();
        assert!(largest_difference(&schedule, &[0.1]).unwrap() < 1e-12, "{text}");
    }
}

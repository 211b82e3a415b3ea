//! The formula of a schedule gives what stepping gives.

mod common;

use common::schedule;
use proptest::prelude::*;
use scheduler::{Optimizer, Schedule, curve, notation};

/// The largest difference from stepping, as a share of the largest LR; `None` where there is no formula.
fn largest_difference(schedule: &Schedule, base_lr: f64, steps: usize) -> Option<f64> {
    let optimizer = Optimizer::sgd(&[base_lr], 0.9);
    let stepped = curve(schedule, optimizer.clone(), steps, &[]).first_group();
    let formula = schedule.formula(&optimizer, 0)?;
    let scale = stepped.iter().fold(f64::MIN_POSITIVE, |max, lr| max.max(lr.abs()));
    let difference =
        |(step, expected): (usize, &f64)| (formula.at(step as i64, base_lr).unwrap() - expected).abs() / scale;
    Some(stepped.iter().enumerate().map(difference).fold(0.0, f64::max))
}

proptest! {
    #[test]
    fn equals_stepping(schedule in schedule()) {
        if let Some(difference) = largest_difference(&schedule, 0.1, 300) {
            prop_assert!(difference < 1e-9, "{difference:e}: {schedule}");
        }
    }
}

/// Keras computes in float32, its formula in float64.
#[test]
fn of_keras() {
    for text in [
        "ExponentialDecay(0.1, 10, 0.9)",
        "PiecewiseConstantDecay([20, 40], [0.1, 0.05, 0.01])",
        "PolynomialDecay(0.1, 60, end_learning_rate=0.01, power=2.0)",
        "InverseTimeDecay(0.1, 10, 0.5, staircase=True)",
        "CosineDecay(0.0, 50, alpha=0.1, warmup_target=0.1, warmup_steps=10)",
        "CosineDecayRestarts(0.1, 20)",
        "CosineDecayRestarts(0.1, 20, t_mul=1.0, m_mul=0.5)",
    ] {
        let schedule = notation::parse(text).unwrap();
        let difference = largest_difference(&schedule, 0.1, 300);
        assert!(difference.is_some_and(|difference| difference < 1e-5), "{text}: {difference:?}");
    }
}

#[test]
fn of_every_kind() {
    for text in [
        "ConstantLR(factor=0.3, total_iters=30)",
        "LinearLR(start_factor=0.01, total_iters=40)",
        "ExponentialLR(gamma=0.99)",
        "StepLR(step_size=30)",
        "MultiStepLR(milestones=[30, 60, 60, 90])",
        "PolynomialLR(total_iters=200, power=0.9)",
        "CosineAnnealingLR(T_max=100, eta_min=1e-5)",
        "CosineAnnealingWarmRestarts(T_0=7)",
        "CosineAnnealingWarmRestarts(T_0=1, T_mult=3, eta_min=1e-3)",
        "MultiplicativeLR(lambda step: 0.99)",
        "LambdaLR(lambda epoch: 0.95 ** epoch)",
        "CyclicLR(1e-3, 0.1, step_size_up=13, step_size_down=4, mode='exp_range', gamma=0.99)",
        "CyclicLR(1e-3, 0.1, step_size_up=13, mode='triangular2')",
        "OneCycleLR(0.1, total_steps=400, three_phase=True)",
        "OneCycleLR(0.1, total_steps=400, anneal_strategy='linear')",
        "SWALR(swa_lr=0.05, anneal_epochs=20)",
        "SequentialLR([LinearLR(0.01, total_iters=40), CosineAnnealingLR(T_max=360, eta_min=1e-3)], [40])",
        "SequentialLR([LinearLR(0.01, total_iters=40), ConstantLR(1.0), ExponentialLR(0.9)], [40, 100])",
        "SequentialLR([ConstantLR(1.0), MultiStepLR([-5, -1, 10], gamma=0.5)], [20])",
        "ChainedScheduler([LinearLR(0.01, total_iters=40), StepLR(30), PolynomialLR(total_iters=400)])",
        "get_constant_schedule()",
        "get_constant_schedule_with_warmup(10)",
        "get_linear_schedule_with_warmup(10, 200)",
        "get_cosine_schedule_with_warmup(num_warmup_steps=10, num_training_steps=300)",
        "get_cosine_with_hard_restarts_schedule_with_warmup(10, 250, 3)",
        "get_polynomial_decay_schedule_with_warmup(10, 250, power=2.0)",
        "get_inverse_sqrt_schedule(10)",
        "get_inverse_sqrt_schedule(0)",
        "get_cosine_with_min_lr_schedule_with_warmup(10, 250, min_lr_rate=0.1)",
        "get_cosine_with_min_lr_schedule_with_warmup_lr_rate(10, 250, min_lr=0.01, warmup_lr_rate=0.2)",
        "get_wsd_schedule(10, 50, num_training_steps=250, decay_type='1-sqrt', warmup_type='cosine', min_lr_ratio=0.1)",
        "CosineLRScheduler(t_initial=100, warmup_t=5, cycle_limit=2, cycle_decay=0.5, lr_min=1e-3)",
        "CosineLRScheduler(t_initial=100, warmup_t=5, warmup_prefix=True, k_decay=1.5)",
        "PolyLRScheduler(t_initial=100, power=2.0)",
        "StepLRScheduler(decay_t=30, decay_rate=0.3, warmup_t=5, warmup_lr_init=1e-3)",
        "WSDLRScheduler(t_initial=200, decay_t=60, warmup_t=10, stable_fn='rsqrt', decay_fn='exp')",
        "constant_schedule(0.1)",
        "linear_schedule(0.0, 0.1, 10, 5)",
        "polynomial_schedule(0.1, 0.001, 2.0, 200)",
        "cosine_decay_schedule(0.1, 200, 0.1, 2.0)",
        "TanhLRScheduler(t_initial=100, cycle_limit=2, warmup_t=10, warmup_prefix=True)",
        "TanhLRScheduler(t_initial=100)",
        "MultiStepLRScheduler(decay_t=[20, 40], decay_rate=0.5, warmup_t=5)",
        "exponential_decay(0.1, 10, 0.8, 5, staircase=True, end_value=0.01)",
        "piecewise_constant_schedule(0.1, {20: 0.1, 40: 0.5})",
        "piecewise_interpolate_schedule('linear', 0.1, {20: 0.1, 40: 0.5})",
        "linear_onecycle_schedule(200, 0.1)",
        "cosine_onecycle_schedule(200, 0.1)",
        "warmup_cosine_decay_schedule(0.0, 0.1, 10, 200, 0.001)",
        "warmup_exponential_decay_schedule(0.0, 0.1, 10, 20, 0.9)",
        "sgdr_schedule([{'init_value': 0.0, 'peak_value': 0.1, 'warmup_steps': 5, 'decay_steps': 30}, {'init_value': 0.0, 'peak_value': 0.05, 'warmup_steps': 5, 'decay_steps': 30}])",
        "join_schedules([linear_schedule(0.0, 0.1, 10), constant_schedule(0.1), cosine_decay_schedule(0.1, 30)], [10, 30])",
        "WSD(200, warmup_steps=10, cooldown_steps=60)",
        "CosineWithFloor(200, 10)",
        "InverseSqrtWithCooldown(200, 20, 50)",
        "REX(200, 10)",
        "Trapezoid(200, warmup_ratio=0.1)",
        "Phases([Phase(50, 1.0, 0.1, shape='exp'), Phase(50, 0.1, 0.5, shape='mirror-cosine'), Phase(90, 0.5, 0.0, shape='polynomial', power=3.0)])",
        "Points([(10, 0.0), (40, 1.0), (200, 0.1)], interpolation='cosine')",
        "Points([(0, 0.5), (40, 1.0), (200, 0.1)], interpolation='log')",
    ] {
        let schedule = notation::parse(text).unwrap();
        let difference = largest_difference(&schedule, 0.1, 300);
        assert!(difference.is_some_and(|difference| difference < 1e-11), "{text}: {difference:?}");
    }
}

//! Random schedules.

use proptest::prelude::*;
use scheduler::optax::PiecewiseConstantSchedule;
use scheduler::phases::{Phase, Phases, Shape};
use scheduler::torch::{
    ChainedScheduler, ConstantLR, CosineAnnealingLR, CosineAnnealingWarmRestarts, ExponentialLR, LinearLR, MultiStepLR,
    OneCycleLR, PolynomialLR, ReduceLROnPlateau, SequentialLR, StepLR,
};
use scheduler::transformers::CosineWithWarmup;
use scheduler::{Boundaries, PerGroup, Schedule, Steps, StrictFloat};

fn leaf() -> impl Strategy<Value = Schedule> {
    let factor = 1e-6..1.0f64;
    let length = (1u32..5000).prop_map(|steps| Steps(f64::from(steps)));
    let lr = prop_oneof![
        (1e-9..10.0f64).prop_map(PerGroup::All),
        prop::collection::vec(1e-6..1.0f64, 1..4).prop_map(PerGroup::Each)
    ];
    let boundaries = prop::collection::btree_map(0i64..500, factor.clone(), 0..4);
    prop_oneof![
        (factor.clone(), length.clone()).prop_map(|(factor, total_iters)| ConstantLR { factor, total_iters }.into()),
        (factor.clone(), factor.clone(), length.clone()).prop_map(|(start_factor, end_factor, total_iters)| {
            LinearLR { start_factor, end_factor, total_iters }.into()
        }),
        factor.clone().prop_map(|gamma| ExponentialLR { gamma }.into()),
        (length.clone(), factor.clone()).prop_map(|(step_size, gamma)| StepLR { step_size, gamma }.into()),
        (prop::collection::vec(-5i64..500, 0..5), factor.clone()).prop_map(|(milestones, gamma)| MultiStepLR {
            milestones,
            gamma
        }
        .into()),
        (length.clone(), 0.1..4.0f64).prop_map(|(total_iters, power)| PolynomialLR { total_iters, power }.into()),
        (length.clone(), factor.clone()).prop_map(|(t_max, eta_min)| CosineAnnealingLR { t_max, eta_min }.into()),
        (1i64..100, 1i64..4, factor.clone()).prop_map(|(t_0, t_mult, eta_min)| CosineAnnealingWarmRestarts {
            t_0,
            t_mult,
            eta_min
        }
        .into()),
        (lr.clone(), 2i64..5000, 0.05..0.9f64, any::<bool>(), any::<bool>()).prop_map(
            |(max_lr, total, pct_start, three_phase, cycle_momentum)| {
                let pct_start = StrictFloat(pct_start);
                OneCycleLR { max_lr, pct_start, three_phase, cycle_momentum, ..OneCycleLR::new(0.1, total) }.into()
            }
        ),
        (factor.clone(), 0i64..50, lr).prop_map(|(factor, patience, min_lr)| {
            ReduceLROnPlateau { factor, patience, min_lr, ..Default::default() }.into()
        }),
        (length.clone(), length.clone(), factor.clone()).prop_map(
            |(num_warmup_steps, num_training_steps, num_cycles)| {
                CosineWithWarmup { num_warmup_steps, num_training_steps, num_cycles }.into()
            }
        ),
        (factor.clone(), boundaries).prop_map(|(init_value, boundaries)| {
            let boundaries_and_scales = Some(Boundaries(boundaries.into_iter().collect()));
            PiecewiseConstantSchedule { init_value, boundaries_and_scales }.into()
        }),
        prop::collection::vec((length, factor.clone(), factor, 0usize..9), 1..5).prop_map(|phases| {
            let phase = |(steps, start, end, shape): (Steps, f64, f64, usize)| {
                Phase::new(steps.0, start, end, Shape::all()[shape].1)
            };
            Phases { phases: phases.into_iter().map(phase).collect(), repeat: 1 }.into()
        }),
    ]
}

/// Any schedule that needs no function.
pub fn schedule() -> impl Strategy<Value = Schedule> {
    leaf().prop_recursive(3, 12, 4, |inner| {
        let children = prop::collection::vec(inner, 1..4);
        prop_oneof![
            (children.clone(), prop::collection::vec(0i64..1000, 0..4))
                .prop_map(|(schedulers, milestones)| SequentialLR { schedulers, milestones }.into()),
            children.prop_map(|schedulers| ChainedScheduler { schedulers }.into()),
        ]
    })
}

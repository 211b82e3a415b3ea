//! OneCycle in a third of the steps.

use scheduler::Schedule;

use super::classification::experiment;
use super::{CounterExample, Preset, named, schedule};
use crate::experiment::{Data, Experiment};
use crate::success::Rule;

/// OneCycle in 300 steps against the best constant LR in 900.
///
/// Measured with this crate on a CPU, seeds 0-9, 4096 training examples of which 15 % have random labels; mean validation
/// loss (accuracy). OneCycle and the others rest at their last LR, about 0, after their 300 steps. Momentum is not cycled.
///
/// | LR | constant, 900 steps | constant, 300 | linear to 0, 300 | cosine, 300 | OneCycle, 300 |
/// |---|---|---|---|---|---|
/// | 0.0025 | 1.035 (0.645) | | | | |
/// | 0.005 | 0.970 (0.667) | | | | |
/// | 0.01 | **0.956** (0.664) | 1.022 | 1.139 | | |
/// | 0.02 | 0.990 (0.653) | 0.979 | 1.009 | | |
/// | 0.04 | 1.113 (0.633) | 0.982 | 0.949 | | |
/// | 0.08 | 1.259 (0.615) | 1.047 | 0.924 (0.686) | 0.922 (0.688) | **0.922** (0.687) |
/// | 0.12 | | | 0.917 (0.692) | 0.920 (0.694) | 0.926 (0.692) |
/// | 0.16 | 1.317 (0.608) | 1.180 | 0.925 (0.692) | 0.926 (0.697) | 0.936 (0.694) |
///
/// So coming down is what counts, and a line to zero does it as well. The tenfold speed of the paper is not to be had at this
/// size.
pub fn onecycle() -> Preset {
    const LR: f64 = 0.08;
    let experiment = Experiment { steps: 900, ..experiment(2, 0.15, Data::Fixed(4096)) };
    let one_cycle = || {
        named("OneCycle, 300 steps", LR, schedule("cosine_onecycle_schedule(transition_steps=300, peak_value=0.08)"))
    };
    Preset {
        name: "onecycle",
        title: "A third of the steps",
        claim: "OneCycle is done after 300 steps and generalises better than the best constant learning rate after 900.",
        source: "Smith and Topin 2018, arXiv 1708.07120, whose tenfold speed is not to be had at this size",
        success: vec![Rule::Beats { better: 1, worse: 0, least: 9 }],
        counter_example: CounterExample {
            words: "It is the coming down and not the cycle: a straight line to zero in the same 300 steps does as well.",
            experiment: experiment.clone(),
            schedules: vec![named("line to zero, 300 steps", LR, schedule("LinearToZero(300)")), one_cycle()],
            success: vec![Rule::Close { one: 0, other: 1, within: 0.02 }],
        },
        experiment,
        schedules: vec![named("constant, 900 steps", 0.01, Schedule::constant()), one_cycle()],
        seeds: 10,
    }
}

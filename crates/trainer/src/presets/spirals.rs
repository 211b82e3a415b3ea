//! A LR that is too high to stay at.

use scheduler::Schedule;
use scheduler::permalink::NamedSchedule;
use scheduler::torch::OneCycleLR;

use super::{CounterExample, Preset, named};
use crate::experiment::{Activation, Data, Experiment, Groups, Optimizer, Perceptron, Points, Task};
use crate::outcome::LEARNED;
use crate::success::Rule;

/// Two spirals: a LR that is too high to stay at, constant and as the peak of OneCycle.
///
/// Measured with this crate on a CPU, 400 steps; how many of the seeds 0-39 learned (diverged in brackets):
///
/// | LR | constant | cosine to 0 | OneCycle with this peak |
/// |---|---|---|---|
/// | 0.7 | 36 (0) | not run | 36 (0) |
/// | 1.0 | 21 (5) | not run | 36 (0) |
/// | **1.2** (the preset) | 4 (27) | 35 (0) | 36 (0) |
/// | 1.5 | 0 (39) | 22 (0) | 28 (0) |
///
/// So coming down matters at a high LR, and OneCycle is no better at that than a cosine; at 0.7 a constant does as
/// well.
pub fn spirals() -> Preset {
    const STEPS: usize = 400;
    let schedules = |lr: f64| -> Vec<NamedSchedule> {
        vec![
            named("constant", lr, Schedule::constant()),
            named("OneCycle", lr, OneCycleLR::new(lr, STEPS as i64).into()),
        ]
    };
    let experiment = Experiment {
        task: Task::Points(Points::Spirals, Perceptron { hidden: 32, layers: 2, activation: Activation::Tanh }),
        optimizer: Optimizer::sgd(0.9),
        groups: Groups::ONE,
        clip: None,
        batch: 128,
        steps: STEPS,
        data: Data::Fresh,
        validation: None,
        goal: LEARNED,
    };
    Preset {
        name: "spirals",
        title: "Too hot to stay",
        claim: "Two spirals, SGD with momentum, one high learning rate: held constant it throws most networks off; as the \
                peak of OneCycle it trains them.",
        source: "the shape: Smith and Topin 2018, arXiv 1708.07120; the numbers: measured with this code",
        success: vec![Rule::SeldomLearns { schedule: 0, most: 3 }, Rule::Learns { schedule: 1, least: 7 }],
        counter_example: CounterExample {
            words: "At a learning rate of 0.7 the constant does as well.",
            experiment: experiment.clone(),
            schedules: schedules(0.7),
            success: vec![Rule::Learns { schedule: 0, least: 7 }, Rule::Learns { schedule: 1, least: 7 }],
        },
        experiment,
        schedules: schedules(1.2),
        seeds: 5,
    }
}

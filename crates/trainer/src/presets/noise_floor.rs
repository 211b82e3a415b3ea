//! A constant LR stops at a floor of noise.

use scheduler::Schedule;

use super::classification::experiment;
use super::{CounterExample, Preset, named, schedule};
use crate::experiment::{Data, Experiment, Validation};
use crate::success::Rule;

/// Constant against decay with fresh data, so that nothing but the noise of the gradient is in the way.
///
/// Measured with this crate on a CPU, seeds 0-9, 1600 steps of 16 examples; mean validation loss.
///
/// | LR | constant | a tenth of it | cosine | linear to 0 |
/// |---|---|---|---|---|
/// | **0.05** (the preset) | 1.034 | 0.783 | 0.727 | 0.718 |
/// | 0.1 | 1.858 | 0.781 | 0.854 | 0.820 |
/// | 0.2 | 2.233 | 0.835 | 1.988 | 1.944 |
pub fn noise_floor() -> Preset {
    const LR: f64 = 0.05;
    let validation = Some(Validation { examples: 512, every: 20 });
    let experiment = Experiment { batch: 16, steps: 1600, validation, ..experiment(2, 0.0, Data::Fresh) };
    let line = || named("line to zero", LR, schedule("LinearToZero(1600)"));
    Preset {
        name: "noise-floor",
        title: "The floor of noise",
        claim: "With fresh data at every step nothing is in the way but the noise of small batches: a constant learning rate stops \
                falling at a floor, one that comes down goes on below it.",
        source: "the theory: Bottou, Curtis and Nocedal 2018, arXiv 1606.04838, section 4; the numbers: measured with this code",
        success: vec![Rule::Beats { better: 1, worse: 0, least: 10 }],
        counter_example: CounterExample {
            words: "Most of the gap is a constant that is too high: at a tenth of it, the constant comes close.",
            experiment: experiment.clone(),
            schedules: vec![named("constant, a tenth", LR / 10.0, Schedule::constant()), line()],
            success: vec![Rule::Close { one: 0, other: 1, within: 0.1 }],
        },
        experiment,
        schedules: vec![named("constant", LR, Schedule::constant()), line()],
        seeds: 10,
    }
}

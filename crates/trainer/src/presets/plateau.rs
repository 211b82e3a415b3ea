//! ReduceLROnPlateau finds the steps by itself.

use scheduler::Schedule;

use super::classification::experiment;
use super::{CounterExample, Preset, named, schedule};
use crate::experiment::{Data, Experiment, Validation};
use crate::success::Rule;

/// ReduceLROnPlateau with fresh data and a patience that suits its noise.
///
/// Measured with this crate on a CPU, seeds 0-9, 1600 steps of 16 examples, validated on 512 every 20 steps, factor 0.3,
/// threshold 1e-3; mean validation loss, and from the least to the greatest number of reductions of a run.
///
/// | LR | constant | patience 2 | patience 4 | patience 8 | cosine | linear to 0 |
/// |---|---|---|---|---|---|---|
/// | 0.05 | 1.034 | 0.787 (7 to 13) | 0.757 (3 to 9) | 0.750 (1 to 4) | 0.727 | **0.718** |
/// | 0.1 | 1.858 | 0.814 (8 to 14) | **0.792** (3 to 8) | 0.807 (2 to 3) | 0.854 | 0.820 |
/// | 0.2 | 2.233 | 1.453 (5 to 14) | 1.690 (3 to 14) | 1.883 (2 to 8) | 1.988 | 1.944 |
pub fn plateau() -> Preset {
    let validation = Some(Validation { examples: 512, every: 20 });
    let experiment = Experiment { batch: 16, steps: 1600, validation, ..experiment(2, 0.0, Data::Fresh) };
    let patience = |patience: u32, lr: f64| {
        let text = format!("ReduceLROnPlateau(factor=0.3, patience={patience}, threshold=0.001)");
        named(&format!("plateau, patience {patience}"), lr, schedule(&text))
    };
    Preset {
        name: "plateau",
        title: "Steps that find themselves",
        claim: "ReduceLROnPlateau cuts the learning rate two to four times, when the validation loss has stopped falling, and ends \
                far below the constant it started from. Nobody told it how long the run is.",
        source: "torch's ReduceLROnPlateau; measured with this code",
        success: vec![
            Rule::Beats { better: 1, worse: 0, least: 10 },
            Rule::Reduces { schedule: 1, least: 2, most: 4, seeds: 9 },
        ],
        counter_example: CounterExample {
            words: "With a patience of 2 it takes noise for a plateau, cuts seven times and more, and the rate dies. Who knows the \
                    length of the run does better with a straight line to zero.",
            experiment: experiment.clone(),
            schedules: vec![patience(2, 0.05), named("line to zero", 0.05, schedule("LinearToZero(1600)"))],
            success: vec![
                Rule::Reduces { schedule: 0, least: 7, most: 30, seeds: 9 },
                Rule::Beats { better: 1, worse: 0, least: 9 },
            ],
        },
        experiment,
        schedules: vec![named("constant", 0.1, Schedule::constant()), patience(8, 0.1)],
        seeds: 10,
    }
}

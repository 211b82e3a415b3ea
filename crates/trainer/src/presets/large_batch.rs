//! A large batch needs a longer warmup.

use super::classification::experiment;
use super::{CounterExample, Preset, named, schedule};
use crate::experiment::{Data, Experiment, Validation};
use crate::success::Rule;

/// Linear scaling of the LR to a batch of 512, with and without warmup.
///
/// Measured with this crate on a CPU, seeds 0-19, 96 steps (six epochs of 8192 examples), a line to zero at the end; of 20
/// seeds, those whose validation accuracy is above 0.6 (mean accuracy).
///
/// | LR | no warmup | 10 steps | 38 steps |
/// |---|---|---|---|
/// | 0.16 | 20 (0.708) | 20 (0.705) | 20 (0.710) |
/// | 0.64 | 16 (0.633) | 18 (0.681) | 20 (0.722) |
/// | 0.8 | 12 (0.531) | 16 (0.631) | 19 (0.706) |
/// | **0.96** (the preset) | 9 (0.472) | 10 (0.550) | 17 (0.687) |
/// | 1.1 | 4 (0.329) | 3 (0.342) | 13 (0.619) |
pub fn large_batch() -> Preset {
    let validation = Some(Validation { examples: 1024, every: 96 });
    let experiment = Experiment { batch: 512, steps: 96, validation, ..experiment(4, 0.0, Data::Fixed(8192)) };
    let schedules = |lr: f64| {
        vec![
            named("no warmup", lr, schedule("LinearToZero(96)")),
            named("38 steps of warmup", lr, schedule("LinearToZero(96, warmup_steps=38)")),
        ]
    };
    Preset {
        name: "large-batch",
        title: "Large batch, long warmup",
        claim: "A batch of 512 at a learning rate of 0.96, scaled up with it from 16 and 0.03: without warmup about half of the seeds \
                learn, with 38 of 96 steps of it most do. Ten steps, the usual tenth of a run, hardly help.",
        source: "the rule: Goyal et al. 2017, arXiv 1706.02677; the numbers: measured with this code",
        success: vec![
            Rule::SeldomLearns { schedule: 0, most: 6 },
            Rule::Learns { schedule: 1, least: 8 },
            Rule::Beats { better: 1, worse: 0, least: 8 },
        ],
        counter_example: CounterExample {
            words: "At a learning rate of 0.16, from 0.005, warmup changes nothing.",
            experiment: experiment.clone(),
            schedules: schedules(0.16),
            success: vec![
                Rule::Learns { schedule: 0, least: 10 },
                Rule::Learns { schedule: 1, least: 10 },
                Rule::Close { one: 0, other: 1, within: 0.02 },
            ],
        },
        experiment,
        schedules: schedules(0.96),
        seeds: 10,
    }
}

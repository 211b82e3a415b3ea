//! Warmup decides whether a Post-LN transformer learns.

use scheduler::Schedule;

use super::{CounterExample, Preset, named, schedule};
use crate::experiment::{Data, Experiment, Groups, Norm, Optimizer, Task, Tokens, Transformer};
use crate::outcome::LEARNED;
use crate::success::Rule;

/// Post-LN transformer under Adam: the same LR with and without warmup (Xiong et al. 2020, arXiv 2002.04745).
///
/// Measured with this crate on a CPU; seeds out of ten whose mean accuracy over the last twenty steps is above 0.95.
/// In brackets: lanes that had left chance by then without having learned.
///
/// | model | LR | seeds | no warmup | 80 steps of warmup |
/// |---|---|---|---|---|
/// | Post-LN (the preset) | 1.5e-2 | 0-9 | 1 (2) | 10 |
/// | | | 10-19 | 0 (1) | 10 |
/// | | | 20-29 | 0 (2) | 10 |
/// | | | 30-39 | 0 (3) | 10 |
/// | Pre-LN | 1.5e-2 | 0-9 | 10 | 10 |
/// | Post-LN | 6e-3 | 0-9 | 10 | 10 |
///
/// Without warmup the loss does not explode: it stays at ln 16 = 2.77, the price of guessing. Where the cliff lies
/// depends on details, so they are fixed: matrices Xavier-uniform, embeddings normal, no biases in attention, layer
/// norm and Adam epsilon as in torch.
pub fn warmup() -> Preset {
    const LR: f64 = 1.5e-2;
    let transformer = Transformer {
        layers: 4,
        d_model: 32,
        heads: 4,
        feed_forward: 64,
        sequence: 8,
        vocabulary: 16,
        norm: Norm::Post,
    };
    let experiment = Experiment {
        task: Task::Tokens(Tokens::Reverse, transformer),
        optimizer: Optimizer::adam(),
        groups: Groups::ONE,
        clip: None,
        batch: 32,
        steps: 200,
        data: Data::Fresh,
        validation: None,
        goal: LEARNED,
    };
    let schedules = vec![
        named("no warmup", LR, Schedule::constant()),
        named("80 steps of warmup", LR, schedule("LinearLR(start_factor=0.0125, total_iters=80)")),
    ];
    let mut pre_ln = experiment.clone();
    pre_ln.task.set_norm(Norm::Pre);
    Preset {
        name: "warmup",
        title: "Warmup decides",
        claim: "Same model, same data, same learning rate: without warmup this Post-LN transformer stays at chance, \
                with warmup it learns.",
        source: "Xiong et al. 2020, arXiv 2002.04745",
        success: vec![Rule::SeldomLearns { schedule: 0, most: 2 }, Rule::Learns { schedule: 1, least: 9 }],
        counter_example: CounterExample {
            words: "With Pre-LN, or at a learning rate of 0.006, warmup no longer matters.",
            experiment: pre_ln,
            schedules: schedules.clone(),
            success: vec![Rule::Learns { schedule: 0, least: 9 }, Rule::Learns { schedule: 1, least: 9 }],
        },
        experiment,
        schedules,
        seeds: 10,
    }
}

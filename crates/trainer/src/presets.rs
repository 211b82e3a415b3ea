//! Runs that show something, as data.

use scheduler::permalink::NamedSchedule;
use scheduler::torch::{LinearLR, OneCycleLR};
use scheduler::{Schedule, Steps};

use crate::experiment::{Experiment, Norm, Optimizer, Perceptron, Task, Transformer};
use crate::messages::{Lane, ScheduledLr};

/// A demonstration: what is run, and what it is said to show.
#[derive(Clone, Debug, PartialEq)]
pub struct Preset {
    /// Name in links.
    pub name: &'static str,
    /// A few words.
    pub title: &'static str,
    /// What a reader should take from it, with where that comes from.
    pub claim: &'static str,
    /// What all lanes share.
    pub experiment: Experiment,
    /// The schedules that race.
    pub schedules: Vec<NamedSchedule>,
    /// Seeds per schedule.
    pub seeds: usize,
}

impl Preset {
    /// The schedules as a run takes them.
    pub fn scheduled(&self) -> Vec<ScheduledLr> {
        let scheduled = |named: &NamedSchedule| ScheduledLr { base_lr: named.lr, schedule: named.schedule.clone() };
        self.schedules.iter().map(scheduled).collect()
    }

    /// One lane per schedule and seed; all seeds, from 0, of the first schedule come first.
    pub fn lanes(&self) -> Vec<Lane> {
        let seeds = |schedule| (0..self.seeds as u64).map(move |seed| Lane { schedule, seed });
        (0..self.schedules.len()).flat_map(seeds).collect()
    }
}

/// All presets, the default one first.
pub fn all() -> Vec<Preset> {
    vec![warmup(), spirals()]
}

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
    const WARMUP: f64 = 80.0;
    let transformer = Transformer {
        layers: 4,
        d_model: 32,
        heads: 4,
        feed_forward: 64,
        sequence: 8,
        vocabulary: 16,
        norm: Norm::Post,
    };
    Preset {
        name: "warmup",
        title: "Warmup decides",
        claim: "Same model, same data, same learning rate: without warmup this Post-LN transformer stays at chance, \
                with warmup it learns (Xiong et al. 2020). Switch to Pre-LN, or lower the LR to 0.006, and warmup no longer matters.",
        experiment: Experiment {
            task: Task::Reverse(transformer),
            optimizer: Optimizer::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
            batch: 32,
            steps: 200,
        },
        schedules: vec![
            NamedSchedule { name: "no warmup".into(), lr: LR, schedule: Schedule::constant() },
            NamedSchedule {
                name: "80 steps of warmup".into(),
                lr: LR,
                schedule: LinearLR { start_factor: 1.0 / WARMUP, end_factor: 1.0, total_iters: Steps(WARMUP) }.into(),
            },
        ],
        seeds: 10,
    }
}

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
    const LR: f64 = 1.2;
    Preset {
        name: "spirals",
        title: "Too hot to stay",
        claim: "Two spirals, SGD with momentum, one high learning rate: held constant it throws most networks off; as the \
                peak of OneCycle it trains them. Lower it to 0.7 and the constant does as well.",
        experiment: Experiment {
            task: Task::Spirals(Perceptron { hidden: 32, layers: 2 }),
            optimizer: Optimizer::Sgd { momentum: 0.9 },
            batch: 128,
            steps: STEPS,
        },
        schedules: vec![
            NamedSchedule { name: "constant".into(), lr: LR, schedule: Schedule::constant() },
            NamedSchedule { name: "OneCycle".into(), lr: LR, schedule: OneCycleLR::new(LR, STEPS as i64).into() },
        ],
        seeds: 5,
    }
}

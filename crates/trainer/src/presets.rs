//! Runs that show something, as data.

use scheduler::permalink::NamedSchedule;
use scheduler::{OneCycleLR, Schedule};

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

/// Post-LN transformer under Adam: the same LR with and without warmup.
pub fn warmup() -> Preset {
    const LR: f64 = 1.5e-2;
    let transformer = Transformer {
        layers: 4,
        d_model: 32,
        heads: 4,
        feed_forward: 64,
        sequence: 12,
        vocabulary: 16,
        norm: Norm::Post,
    };
    Preset {
        name: "warmup",
        title: "Warmup decides",
        claim: "Same model, same data, same learning rate: without warmup this Post-LN transformer never leaves chance, \
                with it it learns (Xiong et al. 2020). Switch to Pre-LN, or lower the LR, and warmup no longer matters.",
        experiment: Experiment {
            task: Task::Reverse(transformer),
            optimizer: Optimizer::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
            batch: 32,
            steps: 250,
        },
        schedules: vec![
            NamedSchedule { name: "no warmup".into(), lr: LR, schedule: Schedule::constant() },
            NamedSchedule {
                name: "40 steps of warmup".into(),
                lr: LR,
                schedule: Schedule::LinearLR { start_factor: 0.025, end_factor: 1.0, total_iters: 40.0 },
            },
        ],
        seeds: 10,
    }
}

/// Two spirals, constant LR against OneCycle.
pub fn spirals() -> Preset {
    const STEPS: usize = 600;
    Preset {
        name: "spirals",
        title: "OneCycle or constant",
        claim: "Two spirals, one small network: the same optimizer at a constant LR and under OneCycle.",
        experiment: Experiment {
            task: Task::Spirals(Perceptron { hidden: 32, layers: 2 }),
            optimizer: Optimizer::Sgd { momentum: 0.9 },
            batch: 128,
            steps: STEPS,
        },
        schedules: vec![
            NamedSchedule { name: "constant".into(), lr: 0.1, schedule: Schedule::constant() },
            NamedSchedule {
                name: "OneCycle".into(),
                lr: 0.1,
                schedule: Schedule::OneCycleLR(OneCycleLR::new(0.5, STEPS as i64)),
            },
        ],
        seeds: 5,
    }
}

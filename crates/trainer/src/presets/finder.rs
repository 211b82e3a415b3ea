//! What the LR finder finds, tried.

use scheduler::Schedule;
use scheduler::permalink::NamedSchedule;

use super::classification::experiment;
use super::{CounterExample, Preset, named};
use crate::experiment::{Data, Experiment};
use crate::success::Rule;

/// The LR that `advisor::finder` gives for this model after a sweep of 100 steps from 1e-5 to 10 with seeds 0-9, which agree
/// within a factor of 1.7. A test of `tests/` repeats the sweep.
pub const FOUND: f64 = 0.033;

/// The finder's LR against a tenth and ten times of it.
///
/// Measured with this crate on a CPU, seeds 0-9, 4096 training examples of which 15 % have random labels; mean validation loss of
/// constant LRs after a run as long as the sweep, and after longer ones.
///
/// | LR | 100 steps | 400 steps | 900 steps |
/// |---|---|---|---|
/// | 0.003 | 1.775 | 1.189 | |
/// | 0.01 | 1.310 | 1.001 | 0.956 |
/// | 0.02 | 1.124 | | 0.990 |
/// | 0.03 | 1.083 | | |
/// | 0.05 | 1.070 | | |
/// | 0.1 | 1.137 | | |
/// | 0.3 | 1.566 | 1.474 | |
pub fn finder() -> Preset {
    let at = |name: &str, lr: f64| -> NamedSchedule { named(name, lr, Schedule::constant()) };
    let schedules = vec![at("a tenth", FOUND / 10.0), at("as found", FOUND), at("ten times", FOUND * 10.0)];
    let experiment = Experiment { steps: 100, ..experiment(2, 0.15, Data::Fixed(4096)) };
    Preset {
        name: "finder",
        title: "Train at what was found",
        claim: "The LR finder's number for this model, read from ten sweeps by the median, beats a tenth of it and ten times it.",
        source: "the test: Smith 2017, arXiv 1506.01186; the reading and the numbers: this code",
        success: vec![Rule::Beats { better: 1, worse: 0, least: 9 }, Rule::Beats { better: 1, worse: 2, least: 9 }],
        counter_example: CounterExample {
            words: "It is the answer for a run as short as the sweep: in a constant run of 900 steps a quarter of it does better.",
            experiment: Experiment { steps: 900, ..experiment.clone() },
            schedules: vec![at("as found", FOUND), at("a quarter", FOUND / 4.0)],
            success: vec![Rule::Beats { better: 1, worse: 0, least: 9 }],
        },
        experiment,
        schedules,
        seeds: 10,
    }
}

//! WSD can be stopped at any time.

use super::classification::experiment;
use super::{CounterExample, Preset, named, schedule};
use crate::experiment::{Data, Experiment, Validation};
use crate::success::Rule;

/// A run that has to end after 800 steps although 1600 had been planned.
///
/// Measured with this crate on a CPU, seeds 0-9, 800 steps of 16 examples; mean validation loss.
///
/// | LR | constant | cosine planned for 1600 | cosine planned for 800 | WSD, 160 steps of cooldown | WSD, 320 |
/// |---|---|---|---|---|---|
/// | 0.03 | 0.968 | 0.857 | 0.762 | 0.815 | 0.777 |
/// | **0.05** (the preset) | 1.098 | 0.927 | 0.781 | 0.892 | 0.818 |
pub fn stop_any_time() -> Preset {
    const LR: f64 = 0.05;
    let validation = Some(Validation { examples: 512, every: 20 });
    let experiment = Experiment { batch: 16, steps: 800, validation, ..experiment(2, 0.0, Data::Fresh) };
    let wsd = || named("WSD, cooled down", LR, schedule("WSD(800, cooldown_steps=320)"));
    Preset {
        name: "stop-any-time",
        title: "Stop any time",
        claim: "The run must end after 800 steps, half of what had been planned. The cosine is still high; WSD, whose cooldown can \
                begin whenever it is needed, ends lower.",
        source: "Hu et al. 2024 (MiniCPM), arXiv 2404.06395; Hägele et al. 2024, arXiv 2405.18392",
        success: vec![Rule::Beats { better: 1, worse: 0, least: 9 }],
        counter_example: CounterExample {
            words: "Who had known the length would have taken a cosine of 800 steps, which ends lower still.",
            experiment: experiment.clone(),
            schedules: vec![wsd(), named("cosine of 800", LR, schedule("CosineAnnealingLR(T_max=800)"))],
            success: vec![Rule::Beats { better: 1, worse: 0, least: 7 }],
        },
        experiment,
        schedules: vec![named("cosine of 1600", LR, schedule("CosineAnnealingLR(T_max=1600)")), wsd()],
        seeds: 10,
    }
}

//! `CosineDecay` and `CosineDecayRestarts`.

use std::f32::consts::PI;

use super::{positive, value};
use crate::class::constructor;
use crate::notation::Steps;
use crate::optax::{Prepared, counted};

constructor! {
    /// Half a cosine, with a linear warmup before it if wanted.
    ///
    /// Formula: without a warmup, `lr(t) = initial_learning_rate * ((1 - alpha) * (1 + cos(pi * min(t, decay_steps) / decay_steps)) / 2 +
    /// alpha)`. With one: a line from `initial_learning_rate` to `warmup_target` in `warmup_steps`, then the same from the
    /// target.
    ///
    /// First value: `initial_learning_rate`. Last value: `alpha` times the LR it fell from. The warmup comes on top of
    /// `decay_steps`.
    ///
    /// Source: Keras 3.15, `keras.optimizers.schedules.CosineDecay`; Loshchilov and Hutter 2017, arXiv 1608.03983.
    CosineDecay = "CosineDecay" in Keras;
    /// The LR at the beginning.
    initial_learning_rate: f64,
    /// Optimizer steps of the decay, without the warmup.
    decay_steps: Steps,
    /// The LR at the end as a share of the LR it falls from.
    alpha: f64 = 0.0,
    /// The LR after the warmup; no warmup where it is not given.
    warmup_target: Option<f64> = None,
    /// Optimizer steps of the warmup.
    warmup_steps: Steps = Steps(0.0),
    @ignored "name";
}

constructor! {
    /// Half cosines, each longer or shorter and lower than the one before.
    ///
    /// Formula: cycle i has `first_decay_steps * t_mul ** i` steps and falls from `initial_learning_rate * m_mul ** i`; with `p` the
    /// progress in it, `lr(t) = initial_learning_rate * ((1 - alpha) * m_mul ** i * (1 + cos(pi * p)) / 2 + alpha)`.
    ///
    /// First value: `initial_learning_rate`. It never ends.
    ///
    /// Source: Keras 3.15, `keras.optimizers.schedules.CosineDecayRestarts`; Loshchilov and Hutter 2017, arXiv 1608.03983.
    CosineDecayRestarts = "CosineDecayRestarts" in Keras;
    /// The LR at the beginning.
    initial_learning_rate: f64,
    /// Optimizer steps of the first cycle.
    first_decay_steps: Steps,
    /// Growth of the cycles.
    t_mul: f64 = 2.0,
    /// What the height is multiplied with at each new cycle.
    m_mul: f64 = 1.0,
    /// The lowest LR as a share of the first.
    alpha: f64 = 0.0,
    @ignored "name";
}

counted!(CosineDecay);
counted!(CosineDecayRestarts);

impl CosineDecay {
    fn prepare(&self) -> Prepared {
        let steps = positive("decay_steps", self.decay_steps)?;
        let (first, alpha) = (self.initial_learning_rate as f32, self.alpha as f32);
        let decay = move |step: f32, from: f32| {
            let cosine = 0.5 * (1.0 + (PI * (step / steps)).cos());
            from * ((1.0 - alpha) * cosine + alpha)
        };
        let warmup = self.warmup_steps.0 as f32;
        match self.warmup_target.map(|target| target as f32) {
            None => value(move |step| decay(step.min(steps), first)),
            Some(target) => value(move |step| {
                let step = step.min(steps + warmup);
                if step < warmup { (target - first) * (step / warmup) + first } else { decay(step - warmup, target) }
            }),
        }
    }
}

impl CosineDecayRestarts {
    fn prepare(&self) -> Prepared {
        let steps = positive("first_decay_steps", self.first_decay_steps)?;
        let (first, alpha) = (self.initial_learning_rate as f32, self.alpha as f32);
        let (growth, height) = (self.t_mul as f32, self.m_mul as f32);
        value(move |step| {
            let completed = step / steps;
            let (restarts, progress) = if growth == 1.0 {
                (completed.floor(), completed - completed.floor())
            } else {
                let restarts = ((1.0 - completed * (1.0 - growth)).ln() / growth.ln()).floor();
                let passed = growth.powf(restarts);
                (restarts, (completed - (1.0 - passed) / (1.0 - growth)) / passed)
            };
            let cosine = 0.5 * height.powf(restarts) * (1.0 + (PI * progress).cos());
            first * ((1.0 - alpha) * cosine + alpha)
        })
    }
}

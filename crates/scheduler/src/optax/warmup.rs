//! The schedules that start with a warmup.

use super::cosine::CosineDecaySchedule;
use super::exponential::OptaxExponentialDecay;
use super::join::JoinSchedules;
use super::polynomial::LinearSchedule;
use super::{Prepared, counted};
use crate::class::constructor;
use crate::notation::Steps;

constructor! {
    /// A linear warmup, then the peak for ever.
    ///
    /// First value: `init_value`. The peak is reached at step `warmup_steps`.
    ///
    /// Source: optax 0.2.8, `optax.warmup_constant_schedule`.
    WarmupConstantSchedule = "warmup_constant_schedule" in Optax;
    /// The LR at the beginning.
    init_value: f64,
    /// The LR after the warmup.
    peak_value: f64,
    /// Steps of the warmup.
    warmup_steps: Steps,
}

constructor! {
    /// A linear warmup, then a cosine: what most jax code uses.
    ///
    /// Formula: a line from `init_value` to `peak_value` in `warmup_steps`, then `cosine_decay_schedule(peak_value, decay_steps -
    /// warmup_steps, end_value / peak_value, exponent)`.
    ///
    /// First value: `init_value`. Last value: `end_value`, at step `decay_steps` and after. `decay_steps` is the length of the
    /// whole schedule, the warmup included.
    ///
    /// Source: optax 0.2.8, `optax.warmup_cosine_decay_schedule`.
    WarmupCosineDecaySchedule = "warmup_cosine_decay_schedule" in Optax;
    /// The LR at the beginning.
    init_value: f64,
    /// The LR after the warmup.
    peak_value: f64,
    /// Steps of the warmup.
    warmup_steps: Steps,
    /// Steps of the whole schedule.
    decay_steps: Steps,
    /// The LR at the end.
    end_value: f64 = 0.0,
    /// Power of the cosine.
    exponent: f64 = 1.0,
}

constructor! {
    /// A linear warmup, then an exponential decay.
    ///
    /// Formula: a line from `init_value` to `peak_value` in `warmup_steps`, then `exponential_decay(peak_value, transition_steps,
    /// decay_rate, ...)`, which counts from the end of the warmup.
    ///
    /// First value: `init_value`.
    ///
    /// Source: optax 0.2.8, `optax.warmup_exponential_decay_schedule`.
    WarmupExponentialDecaySchedule = "warmup_exponential_decay_schedule" in Optax;
    /// The LR at the beginning.
    init_value: f64,
    /// The LR after the warmup.
    peak_value: f64,
    /// Steps of the warmup.
    warmup_steps: Steps,
    /// Steps per factor.
    transition_steps: Steps,
    /// The factor.
    decay_rate: f64,
    /// Steps after the warmup before it starts to decay.
    transition_begin: Steps = Steps(0.0),
    /// Whether it decays in stairs.
    staircase: bool = false,
    /// The LR at which it stops.
    end_value: Option<f64> = None,
}

counted!(WarmupConstantSchedule);
counted!(WarmupCosineDecaySchedule);
counted!(WarmupExponentialDecaySchedule);

fn warmup(init_value: f64, peak_value: f64, warmup_steps: Steps) -> LinearSchedule {
    LinearSchedule { init_value, end_value: peak_value, transition_steps: warmup_steps, transition_begin: Steps(0.0) }
}

impl WarmupConstantSchedule {
    fn prepare(&self) -> Prepared {
        warmup(self.init_value, self.peak_value, self.warmup_steps).prepare()
    }
}

impl WarmupCosineDecaySchedule {
    /// The two schedules that it is made of.
    pub(crate) fn joined(&self) -> JoinSchedules {
        let cosine = CosineDecaySchedule {
            init_value: self.peak_value,
            decay_steps: Steps(self.decay_steps.0 - self.warmup_steps.0),
            alpha: if self.peak_value == 0.0 { 0.0 } else { self.end_value / self.peak_value },
            exponent: self.exponent,
        };
        let schedules = vec![warmup(self.init_value, self.peak_value, self.warmup_steps).into(), cosine.into()];
        JoinSchedules { schedules, boundaries: vec![self.warmup_steps.0 as i64] }
    }

    pub(super) fn prepare(&self) -> Prepared {
        self.joined().prepare()
    }
}

impl WarmupExponentialDecaySchedule {
    /// The two schedules that it is made of.
    pub(crate) fn joined(&self) -> JoinSchedules {
        let decay = OptaxExponentialDecay {
            init_value: self.peak_value,
            transition_steps: self.transition_steps,
            decay_rate: self.decay_rate,
            transition_begin: self.transition_begin,
            staircase: self.staircase,
            end_value: self.end_value,
        };
        let schedules = vec![warmup(self.init_value, self.peak_value, self.warmup_steps).into(), decay.into()];
        JoinSchedules { schedules, boundaries: vec![self.warmup_steps.0 as i64] }
    }

    pub(super) fn prepare(&self) -> Prepared {
        self.joined().prepare()
    }
}

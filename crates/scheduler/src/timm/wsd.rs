//! `WSDLRScheduler`.

use std::sync::Arc;

use super::base::{Scheduled, Warmup, counted};
use super::noise::{Noise, NoiseRange};
use crate::class::constructor;
use crate::error::{ScheduleError, value_error};
use crate::motion::FunctionOfStep;
use crate::notation::Steps;
use crate::python::number;
use std::f64::consts::PI;

constructor! {
    /// Warmup, a stable stretch, and a decay over the last steps.
    ///
    /// Formula: with `s` the steps since the warmup, `lr(t) = lr_min + (max(lr * stable(s), lr_min) - lr_min) * decay(p)`, where `p`
    /// goes from 0 to 1 over the last `decay_t` steps. Stable: 1, `(1 + s / timescale) ** -0.5` (`rsqrt`) or to
    /// `-stable_power`. Decay: `1 - sqrt(p)` (`1-sqrt`), `1 - p`, `(1 + cos(pi * p)) / 2`, `1 - p ** decay_power`, or `(r ** p - r) /
    /// (1 - r)` with `r = decay_ratio` (`exp`).
    ///
    /// First value: `warmup_lr_init` with a warmup, else `lr`. `t_initial` is stable stretch and decay together; the warmup
    /// comes on top, and `lr_min` is reached one step after the last.
    ///
    /// Source: timm 1.0.31, `timm.scheduler.WSDLRScheduler`; Hu et al. 2024, arXiv 2404.06395; Hägele et al. 2024,
    /// arXiv 2405.18392.
    WSDLRScheduler = "WSDLRScheduler" in Timm;
    /// Steps of stable stretch and decay together.
    t_initial: Steps,
    /// Steps of the decay.
    decay_t: Steps,
    /// The LR at the end.
    lr_min: f64 = 0.0,
    /// `constant`, `rsqrt` or `power`.
    stable_fn: String = "constant".to_owned(),
    /// Steps over which a stable stretch that falls has fallen by its first half; the warmup where it is not given.
    stable_timescale: Option<Steps> = None,
    /// Exponent of `power`.
    stable_power: f64 = 0.5,
    /// `1-sqrt`, `linear`, `cosine`, `power` or `exp`.
    decay_fn: String = "1-sqrt".to_owned(),
    /// Exponent of a `power` decay.
    decay_power: f64 = 0.5,
    /// Share that an `exp` decay falls to before it is stretched to 0.
    decay_ratio: f64 = 0.1,
    /// Steps of the warmup.
    warmup_t: Steps = Steps(0.0),
    /// The LR at step 0 of the warmup.
    warmup_lr_init: f64 = 0.0,
    /// Whether a step is an epoch; else it is an optimizer step (`step_update`).
    t_in_epochs: bool = true,
    /// Steps between which the LR is noisy, or the step from which it is.
    noise_range_t: NoiseRange = NoiseRange::Never,
    /// Noise beyond this share of the LR is drawn again.
    noise_pct: f64 = 0.67,
    /// Standard deviation of the noise, as a share of the LR.
    noise_std: f64 = 1.0,
    /// Seed of the noise; that of a step is this plus the step.
    noise_seed: i64 = 42,
    @ignored "initialize";
}

counted!(WSDLRScheduler);

#[derive(Clone, Copy)]
enum Decay {
    Linear,
    OneMinusSqrt,
    Cosine,
    Power(f64),
    Exponential(f64),
}

impl Decay {
    fn factor(self, progress: f64) -> f64 {
        match self {
            Self::Linear => 1.0 - progress,
            Self::OneMinusSqrt => 1.0 - progress.sqrt(),
            Self::Cosine => 0.5 * (1.0 + (PI * progress).cos()),
            Self::Power(power) => 1.0 - progress.powf(power),
            Self::Exponential(ratio) => (ratio.powf(progress) - ratio) / (1.0 - ratio),
        }
    }
}

impl WSDLRScheduler {
    fn prepare(&self) -> Result<Arc<dyn FunctionOfStep>, ScheduleError> {
        let (t_initial, decay_t, lr_min) = (self.t_initial.0, self.decay_t.0, self.lr_min);
        self.check()?;
        let power = match self.stable_fn.as_str() {
            "constant" => None,
            "rsqrt" => Some(0.5),
            "power" => Some(self.stable_power),
            other => {
                let known = "('constant', 'rsqrt', 'power')";
                return Err(value_error(format!("Invalid stable_fn ({other}), must be one of {known}.")));
            }
        };
        let decay = match self.decay_fn.as_str() {
            "linear" => Decay::Linear,
            "1-sqrt" => Decay::OneMinusSqrt,
            "cosine" => Decay::Cosine,
            "power" => Decay::Power(self.decay_power),
            "exp" => Decay::Exponential(self.decay_ratio),
            other => {
                let known = "('linear', '1-sqrt', 'cosine', 'power', 'exp')";
                return Err(value_error(format!("Invalid decay_fn ({other}), must be one of {known} or a callable.")));
            }
        };
        let timescale = self.stable_timescale.unwrap_or(self.warmup_t).0;
        if power.is_some() && timescale <= 0.0 {
            return Err(value_error(format!(
                "stable_fn={} requires a positive stable_timescale, it defaults to warmup_t ({}), set it explicitly when \
                 there is no warmup.",
                self.stable_fn,
                number(self.warmup_t.0)
            )));
        }
        let warmup = Warmup { steps: self.warmup_t.0, lr_init: self.warmup_lr_init, prefix: true, to_schedule: false };
        let noise = Noise::new(&self.noise_range_t, self.noise_pct, self.noise_std, self.noise_seed);
        Ok(Scheduled::boxed(warmup, noise, move |step, base_lr: f64| {
            let stable = power.map_or(1.0, |power| (1.0 + step / timescale).powf(-power));
            let stable_lr = (base_lr * stable).max(lr_min);
            let decayed = step - (t_initial - decay_t);
            if decayed <= 0.0 {
                return Ok(stable_lr);
            }
            Ok(lr_min + (stable_lr - lr_min) * decay.factor((decayed / decay_t).min(1.0)))
        }))
    }

    fn check(&self) -> Result<(), ScheduleError> {
        let (t_initial, decay_t) = (self.t_initial.0, self.decay_t.0);
        let problem = if t_initial <= 0.0 {
            format!("Invalid t_initial ({}), must be > 0.", number(t_initial))
        } else if decay_t <= 0.0 || decay_t > t_initial {
            let (decay_t, t_initial) = (number(decay_t), number(t_initial));
            format!("Invalid decay_t ({decay_t}), must be in (0, t_initial] w/ t_initial={t_initial}.")
        } else if self.lr_min < 0.0 {
            format!("Invalid lr_min ({:?}), must be >= 0.", self.lr_min)
        } else if self.decay_ratio <= 0.0 || self.decay_ratio >= 1.0 {
            format!("Invalid decay_ratio ({:?}), must be in (0, 1).", self.decay_ratio)
        } else if self.decay_power <= 0.0 {
            format!("Invalid decay_power ({:?}), must be > 0.", self.decay_power)
        } else if self.stable_power <= 0.0 {
            format!("Invalid stable_power ({:?}), must be > 0.", self.stable_power)
        } else {
            return Ok(());
        };
        Err(value_error(problem))
    }

    /// Without noise.
    pub(crate) fn is_plain(&self) -> bool {
        self.noise_range_t == NoiseRange::Never
    }
}

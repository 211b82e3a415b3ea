//! `get_wsd_schedule`.

use super::function;
use crate::class::constructor;
use crate::error::ScheduleError;
use crate::error::value_error;
use crate::notation::Steps;
use crate::optimizer::Optimizer;
use std::f64::consts::PI;

constructor! {
    /// Warmup, a long stretch at the full LR, and a decay at the end that can be put wherever the run is to stop;
    /// `get_scheduler("warmup_stable_decay")`.
    ///
    /// Formula: with `f` the shape of the phase and `p` the progress in it, `lr * (r + (1 - r) * f(p))`, `r = min_lr_ratio`.
    /// Warmup: `p` (`linear`), `(1 - cos(pi * p)) / 2` (`cosine`), `1 - sqrt(1 - p)` (`1-sqrt`). Decay: `1 - p`,
    /// `(1 + cos(2 * pi * num_cycles * p)) / 2`, `1 - sqrt(p)`.
    ///
    /// First value: `lr * r`, so 0 by default. Last value: `lr * r`, from the end of the decay on. The decay is a *cosine*
    /// by default, where most papers use a line or 1-sqrt.
    ///
    /// Source: transformers 5.23, `get_wsd_schedule`; Hu et al. 2024 (MiniCPM), arXiv 2404.06395; Hägele et al. 2024,
    /// arXiv 2405.18392.
    WarmupStableDecay = "get_wsd_schedule" in Transformers;
    /// Steps of the warmup.
    num_warmup_steps: Steps,
    /// Steps of the decay.
    num_decay_steps: Steps,
    /// Steps of the whole run. Give this or `num_stable_steps`.
    num_training_steps: Option<Steps> = None,
    /// Steps at the full LR.
    num_stable_steps: Option<Steps> = None,
    /// `linear`, `cosine` or `1-sqrt`.
    warmup_type: String = "linear".to_owned(),
    /// `linear`, `cosine` or `1-sqrt`.
    decay_type: String = "cosine".to_owned(),
    /// The LR at both ends as a share of the LR.
    min_lr_ratio: f64 = 0.0,
    /// Waves of a cosine decay; one half falls once.
    num_cycles: f64 = 0.5,
    @ignored "last_epoch";
}

function!(WarmupStableDecay);

/// A curve of a phase, from 0 to 1 or back.
#[derive(Clone, Copy)]
enum Shape {
    Linear,
    Cosine,
    OneMinusSqrt,
}

fn shape(what: &str, name: &str) -> Result<Shape, ScheduleError> {
    match name {
        "linear" => Ok(Shape::Linear),
        "cosine" => Ok(Shape::Cosine),
        "1-sqrt" => Ok(Shape::OneMinusSqrt),
        _ => Err(value_error(format!("Unknown {what} type: {name}, expected 'linear', 'cosine' or '1-sqrt'"))),
    }
}

impl WarmupStableDecay {
    fn prepare(&self, _: &Optimizer) -> Result<impl Fn(f64) -> Result<f64, ScheduleError> + use<>, ScheduleError> {
        let (warmup, decay) = (self.num_warmup_steps.0, self.num_decay_steps.0);
        if self.num_training_steps.is_none() && self.num_stable_steps.is_none() {
            return Err(value_error("Either num_training_steps or num_stable_steps must be specified."));
        }
        let (warmup_shape, decay_shape) = (shape("warmup", &self.warmup_type)?, shape("decay", &self.decay_type)?);
        let total = self.num_training_steps.map_or(0.0, |steps| steps.0);
        let stable = self.num_stable_steps.map_or(total - warmup - decay, |steps| steps.0);
        let (ratio, angle) = (self.min_lr_ratio, PI * self.num_cycles * 2.0);
        let scaled = move |factor: f64| (factor * (1.0 - ratio) + ratio).max(0.0);
        Ok(move |step: f64| {
            if step < warmup {
                let progress = step / warmup.max(1.0);
                return Ok(scaled(match warmup_shape {
                    Shape::Linear => progress,
                    Shape::Cosine => 0.5 * (1.0 - (PI * progress).cos()),
                    Shape::OneMinusSqrt => 1.0 - (1.0 - progress).sqrt(),
                }));
            }
            if step < warmup + stable {
                return Ok(1.0);
            }
            if step >= warmup + stable + decay {
                return Ok(ratio);
            }
            let progress = (step - warmup - stable) / decay.max(1.0);
            Ok(scaled(match decay_shape {
                Shape::Linear => 1.0 - progress,
                Shape::Cosine => 0.5 * (1.0 + (angle * progress).cos()),
                Shape::OneMinusSqrt => 1.0 - progress.sqrt(),
            }))
        })
    }
}

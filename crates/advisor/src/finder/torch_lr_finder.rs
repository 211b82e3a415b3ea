//! What torch-lr-finder 0.2.2 records and suggests, errors included.
//!
//! With NaN among the losses it suggests a LR beside the first NaN and says nothing; [`super::analyse`] does not.

use super::gradient;

/// How the LR grows during the sweep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Growth {
    /// `step_mode="exp"`: by the same factor at each step.
    Exponential,
    /// `step_mode="linear"`: by the same amount at each step.
    Linear,
}

impl Growth {
    /// The growth of that `step_mode`.
    ///
    /// # Errors
    /// The library's `ValueError` for any other word.
    pub fn named(step_mode: &str) -> Result<Self, Error> {
        match step_mode.to_ascii_lowercase().as_str() {
            "exp" => Ok(Self::Exponential),
            "linear" => Ok(Self::Linear),
            _ => Err(Error::value(format!("expected one of (exp, linear), got {step_mode}"))),
        }
    }
}

/// The arguments of `LRFinder.range_test`.
#[derive(Clone, Copy, Debug)]
pub struct RangeTest {
    /// The LR of the first step; that of the optimizer where the caller gives none.
    pub start_lr: f64,
    /// The LR of the last step.
    pub end_lr: f64,
    /// Steps.
    pub num_iter: usize,
    /// How the LR grows.
    pub growth: Growth,
    /// Weight of the new loss in the moving average; 0 for none.
    pub smooth_f: f64,
    /// The sweep stops when the loss exceeds this many times the best.
    pub diverge_th: f64,
}

/// An exception of the library.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{exception}: {message}")]
pub struct Error {
    /// The Python class.
    pub exception: &'static str,
    /// Its text.
    pub message: String,
}

impl Error {
    fn value(message: String) -> Self {
        Self { exception: "ValueError", message }
    }
}

/// What a sweep leaves in `history`.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    /// LR of each step.
    pub lrs: Vec<f64>,
    /// Smoothed loss of each step.
    pub losses: Vec<f64>,
    /// The least smoothed loss.
    pub best_loss: f64,
    /// Whether the loss diverged before the sweep was over.
    pub stopped_early: bool,
}

/// Replays `range_test` on the losses of its steps.
///
/// # Errors
/// The library's `ValueError`s.
pub fn range_test(settings: &RangeTest, losses: &[f64]) -> Result<History, Error> {
    if settings.num_iter <= 1 {
        return Err(Error::value("`num_iter` must be larger than 1".into()));
    }
    if !(0.0..1.0).contains(&settings.smooth_f) {
        return Err(Error::value("smooth_f is outside the range [0, 1[".into()));
    }
    let mut history = History { lrs: Vec::new(), losses: Vec::new(), best_loss: f64::INFINITY, stopped_early: false };
    for (step, &loss) in losses.iter().take(settings.num_iter).enumerate() {
        let progress = step as f64 / (settings.num_iter - 1) as f64;
        history.lrs.push(match settings.growth {
            Growth::Exponential => settings.start_lr * (settings.end_lr / settings.start_lr).powf(progress),
            Growth::Linear => settings.start_lr + progress * (settings.end_lr - settings.start_lr),
        });
        let smooth = settings.smooth_f;
        let loss = match history.losses.last() {
            Some(before) if smooth > 0.0 => smooth * loss + (1.0 - smooth) * before,
            _ => loss,
        };
        if step == 0 || loss < history.best_loss {
            history.best_loss = loss;
        }
        history.losses.push(loss);
        if loss > settings.diverge_th * history.best_loss {
            history.stopped_early = true;
            break;
        }
    }
    Ok(history)
}

/// The index that `plot(suggest_lr=True)` marks: the least `numpy.gradient` of the losses between the skipped ends.
///
/// # Errors
/// The library's `RuntimeError` for too few points.
pub fn steepest(losses: &[f64], skip_start: usize, skip_end: usize) -> Result<usize, Error> {
    let needed = skip_start.saturating_add(skip_end).saturating_add(2);
    let too_few = || Error {
        exception: "RuntimeError",
        message: format!("Need at least {needed} iterations to suggest a learning rate. Got {}", losses.len()),
    };
    if losses.len() < needed {
        return Err(too_few());
    }
    let slopes = gradient::even(&losses[skip_start..losses.len() - skip_end]).ok_or_else(too_few)?;
    gradient::argmin(&slopes).map(|index| index + skip_start).ok_or_else(too_few)
}

//! The LR finder that many tutorials print: moving average with weight 0.05, stop above four times the best loss,
//! and then either "five points before the minimum" or "the steepest point".
//!
//! Kept so that its answers can be compared with ours. The two rules contradict each other (five points are 2.8x, not
//! the 10x that the text claims), the sweep stops one step short of its end, and a NaN is taken for the minimum.

use super::gradient;

/// Why the sweep ended before its last step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The smoothed loss exceeded four times the best.
    Exploded,
    /// The LR passed the end.
    EndOfRange,
}

/// What the sweep leaves.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// LR of each step.
    pub lrs: Vec<f64>,
    /// Smoothed loss of each step.
    pub losses: Vec<f64>,
    /// Why it ended early, if it did.
    pub stop: Option<Stop>,
}

/// Replays the sweep on the losses of its steps.
pub fn sweep(start_lr: f64, end_lr: f64, steps: usize, smoothing: f64, losses: &[f64]) -> Curve {
    let factor = (end_lr / start_lr).powf(1.0 / steps as f64);
    let mut curve = Curve { lrs: Vec::new(), losses: Vec::new(), stop: None };
    let (mut lr, mut best) = (start_lr, f64::INFINITY);
    for &loss in losses.iter().take(steps) {
        let smooth = match curve.losses.last() {
            Some(before) => smoothing * loss + (1.0 - smoothing) * before,
            None => loss,
        };
        curve.lrs.push(lr);
        curve.losses.push(smooth);
        if smooth < best {
            best = smooth;
        }
        if smooth > 4.0 * best {
            curve.stop = Some(Stop::Exploded);
            break;
        }
        lr *= factor;
        if lr > end_lr {
            curve.stop = Some(Stop::EndOfRange);
            break;
        }
    }
    curve
}

impl Curve {
    /// The index of the least loss.
    pub fn minimum(&self) -> Option<usize> {
        gradient::argmin(&self.losses)
    }

    /// Five points before the minimum.
    pub fn before_minimum(&self) -> Option<usize> {
        Some(self.minimum()?.saturating_sub(5))
    }

    /// The index of the least slope of the loss over log10 of the LR.
    pub fn steepest(&self) -> Option<usize> {
        let at: Vec<f64> = self.lrs.iter().map(|lr| lr.log10()).collect();
        gradient::argmin(&gradient::uneven(&self.losses, &at)?)
    }
}

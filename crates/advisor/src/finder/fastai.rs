//! What fastai 2.8 records and suggests: `Learner.lr_find` with `valley`, `slide`, `minimum` and `steep`.
//!
//! fastai computes in the precision of its tensors, float32; the rules here take either.

use num_traits::{Float, FromPrimitive};

use super::gradient;

/// The curve that the rules are given.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded<F> {
    /// LR of each step.
    pub lrs: Vec<F>,
    /// Smoothed loss of each step.
    pub losses: Vec<F>,
}

/// Replays `lr_find` on the losses of its steps: smoothing with bias correction (beta 0.98), stop above four times the
/// best. The LRs are Python floats.
pub fn lr_find(start_lr: f64, end_lr: f64, num_it: usize, stop_div: bool, losses: &[f32]) -> (Vec<f64>, Vec<f32>) {
    const BETA: f64 = 0.98;
    const DIVERGED: f32 = 4.0;
    let num_it = num_it.max(6);
    let (mut lrs, mut smoothed) = (Vec::new(), Vec::new());
    let (mut average, mut best) = (0f32, f32::INFINITY);
    for (step, &loss) in losses.iter().take(num_it).enumerate() {
        lrs.push(start_lr * (end_lr / start_lr).powf(step as f64 / num_it as f64));
        // torch.lerp(loss, average, beta), which for weights from a half up works from the far end, in one rounding.
        average = (average - loss).mul_add(BETA as f32 - 1.0, average);
        let smooth = average / (1.0 - BETA.powf((step + 1) as f64)) as f32;
        smoothed.push(smooth);
        if smooth < best {
            best = smooth;
        }
        if stop_div && smooth > DIVERGED * best {
            break;
        }
    }
    (lrs, smoothed)
}

/// The part of a recorded sweep that `lr_find` hands to the rules: without the first tenth and the last five points,
/// up to the first NaN.
pub fn trim<F: Float>(lrs: &[F], losses: &[F], num_it: usize) -> Recorded<F> {
    let end = losses.len().min(lrs.len()).saturating_sub(5);
    let start = (num_it / 10).min(end);
    let losses = &losses[start..end];
    let length = losses.iter().position(|loss| loss.is_nan()).unwrap_or(losses.len());
    Recorded { lrs: lrs[start..start + length].to_vec(), losses: losses[..length].to_vec() }
}

impl<F: Float + FromPrimitive> Recorded<F> {
    /// Two thirds into the longest falling subsequence of the losses.
    pub fn valley(&self) -> Option<F> {
        let losses = &self.losses;
        let mut length = vec![1usize; losses.len()];
        let (mut start, mut end) = (0isize, 0usize);
        for i in 1..losses.len() {
            for j in 0..i {
                if losses[i] < losses[j] && length[i] < length[j] + 1 {
                    length[i] = length[j] + 1;
                }
                if length[end] < length[i] {
                    end = i;
                    start = end as isize - length[end] as isize;
                }
            }
        }
        let sections = (end as isize - start) as f64 / 3.0;
        let index = start + sections as isize + (sections / 2.0) as isize;
        // Python counts a negative index from the end.
        let index = if index < 0 { index + losses.len() as isize } else { index };
        self.lrs.get(usize::try_from(index).ok()?).copied()
    }

    /// The left end of a window of 15 points that slides from the right until the slopes at its ends are alike.
    ///
    /// `None` for fewer than 16 points, where fastai raises `IndexError`.
    pub fn slide(&self) -> Option<F> {
        const WINDOW: usize = 15;
        let alike = F::from_f64(0.005)?;
        let slopes = gradient::even(&self.losses)?;
        let mut right = slopes.len().checked_sub(1)?;
        let mut left = right.checked_sub(WINDOW)?;
        let mut found = self.lrs.get(left).copied()?;
        while (slopes[right] - slopes[left]).abs() > alike {
            found = self.lrs[left];
            let Some(next) = left.checked_sub(1) else { break };
            left = next;
            right -= 1;
        }
        Some(found)
    }

    /// The LR of the least loss, divided by ten.
    pub fn minimum(&self) -> Option<f64> {
        let index = gradient::argmin(&self.losses)?;
        Some(self.lrs.get(index)?.to_f64()? / 10.0)
    }

    /// The LR where the loss falls fastest with the logarithm of the LR.
    pub fn steep(&self) -> Option<F> {
        let slope = |(losses, lrs): (&[F], &[F])| (losses[1] - losses[0]) / (lrs[1].ln() - lrs[0].ln());
        let slopes: Vec<F> = self.losses.windows(2).zip(self.lrs.windows(2)).map(slope).collect();
        self.lrs.get(gradient::argmin(&slopes)?).copied()
    }
}

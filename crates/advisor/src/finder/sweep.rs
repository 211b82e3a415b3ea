//! One recorded sweep, cleaned of what cannot be used.

/// More points than this are refused; sweeps have about a hundred.
pub const MOST_POINTS: usize = 100_000;

/// Fewer usable points than this say nothing.
const FEWEST_POINTS: usize = 16;

/// The loss at each step of a run whose LR grows.
#[derive(Clone, Debug, PartialEq)]
pub struct Sweep {
    lrs: Vec<f64>,
    losses: Vec<f64>,
    /// The LR at which the loss was first not a number.
    not_a_number_at: Option<f64>,
}

/// Why a recorded curve is no sweep: one sentence.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Invalid {
    /// The lists differ in length.
    #[error("There are {lrs} LRs but {losses} losses; each step needs one of both.")]
    Lengths {
        /// LRs given.
        lrs: usize,
        /// Losses given.
        losses: usize,
    },
    /// An LR that no optimizer takes.
    #[error("The LR of point {point} is {lr}; each must be a positive number.")]
    Lr {
        /// Its place, from 0.
        point: usize,
        /// What it is.
        lr: f64,
    },
    /// The LR does not grow.
    #[error("The LR falls at point {point}, from {from} to {to}; a range test lets it grow from step to step.")]
    Falling {
        /// Its place, from 0.
        point: usize,
        /// The LR before.
        from: f64,
        /// The LR there.
        to: f64,
    },
    /// Too little to judge.
    #[error("Only {usable} points have a loss that is a number; at least {FEWEST_POINTS} are needed.")]
    TooShort {
        /// Points that can be used.
        usable: usize,
    },
    /// More than anybody records.
    #[error("The curve has {points} points; at most {MOST_POINTS} are read.")]
    TooLong {
        /// Points given.
        points: usize,
    },
}

impl Sweep {
    /// A sweep up to the first loss that is not a finite number: after it, a model has no weights to speak of.
    ///
    /// # Errors
    /// [`Invalid`] for what is no range test.
    pub fn new(lrs: &[f64], losses: &[f64]) -> Result<Self, Invalid> {
        if lrs.len() != losses.len() {
            return Err(Invalid::Lengths { lrs: lrs.len(), losses: losses.len() });
        }
        if lrs.len() > MOST_POINTS {
            return Err(Invalid::TooLong { points: lrs.len() });
        }
        if let Some((point, &lr)) = lrs.iter().enumerate().find(|(_, lr)| !lr.is_finite() || **lr <= 0.0) {
            return Err(Invalid::Lr { point, lr });
        }
        if let Some(point) = (1..lrs.len()).find(|&point| lrs[point] < lrs[point - 1]) {
            return Err(Invalid::Falling { point, from: lrs[point - 1], to: lrs[point] });
        }
        let usable = losses.iter().position(|loss| !loss.is_finite()).unwrap_or(losses.len());
        if usable < FEWEST_POINTS {
            return Err(Invalid::TooShort { usable });
        }
        Ok(Self {
            lrs: lrs[..usable].to_vec(),
            losses: losses[..usable].to_vec(),
            not_a_number_at: lrs.get(usable).copied(),
        })
    }

    /// LR of each usable step.
    pub fn lrs(&self) -> &[f64] {
        &self.lrs
    }

    /// Loss of each usable step.
    pub fn losses(&self) -> &[f64] {
        &self.losses
    }

    /// The LR at which the loss was first not a finite number.
    pub fn not_a_number_at(&self) -> Option<f64> {
        self.not_a_number_at
    }

    /// The moving average of the losses, with weight `beta` on the past and bias correction, as Adam's.
    pub fn smoothed(&self, beta: f64) -> Vec<f64> {
        let (mut average, mut weight) = (0.0, 1.0);
        self.losses
            .iter()
            .map(|loss| {
                average = beta * average + (1.0 - beta) * loss;
                weight *= beta;
                average / (1.0 - weight)
            })
            .collect()
    }
}

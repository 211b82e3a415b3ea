//! What a LR range test says: the loss of a short run whose LR grows, and the LR to train with.
//!
//! ```text
//! (lr, loss) of one or more seeds --Sweep::new--> Sweep --analyse--> Analysis: LR or the reason for none, peak band
//! ```
//!
//! [`analyse`] is our own rule, and says how far to trust it. [`torch_lr_finder`], [`fastai`] and [`tutorial`] replay
//! what others compute from the same losses, to the last bit where they use float64.

mod analysis;
pub mod fastai;
mod gradient;
mod sweep;
pub mod torch_lr_finder;
pub mod tutorial;

pub use analysis::{Analysis, Band, Chosen, Reading, Refusal, analyse};
pub use sweep::{Invalid, MOST_POINTS, Sweep};

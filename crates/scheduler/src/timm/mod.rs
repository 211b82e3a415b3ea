//! `timm.scheduler` (timm 1.0.31): functions of a count that the training loop hands in.
//!
//! Each has a warmup of its own, in front of the schedule (`warmup_prefix`) or over its beginning. Row t of a curve is the
//! LR after `step(t)`, which the loop calls at the end of epoch t - 1; `step(epoch)` instead of `step(epoch + 1)` is a
//! common slip.

mod base;
mod cosine;
mod multi_step;
mod noise;
mod plateau;
mod poly;
mod step;
mod tanh;
mod wsd;

pub use cosine::CosineLRScheduler;
pub use multi_step::MultiStepLRScheduler;
pub use plateau::PlateauLRScheduler;
pub(crate) use plateau::TimmPlateau;
pub use poly::PolyLRScheduler;
pub use step::StepLRScheduler;
pub use tanh::TanhLRScheduler;
pub use wsd::WSDLRScheduler;

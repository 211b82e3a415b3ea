//! Trains many small models at once: one lane for each schedule and seed, all lanes as one batched program.
//!
//! ```text
//! Experiment + schedules + lanes --engine--> loss and accuracy of every lane at every step --Outcome--> who has learned
//! ```
//!
//! Without the features `cpu` and `webgpu` only the plain data remain ([`experiment`], [`messages`], [`outcome`],
//! [`presets`], [`recording`]): that is what the page is built with, so that it never carries Burn.

mod check;
pub mod experiment;
pub mod messages;
pub mod outcome;
pub mod presets;
pub mod recording;

pub use check::ExperimentError;

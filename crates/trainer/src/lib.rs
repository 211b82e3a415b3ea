//! Trains many small models at once, one per schedule and seed, and says what became of each.
//!
//! ```text
//! preset or link --Experiment, schedules, lanes--> validate --> Engine (Burn; CPU or WebGPU)
//!                                                                  |
//!                      page <--messages-- StepReport: LR, loss and accuracy of every lane
//!                        |
//!                     outcome: learned, at chance, diverged, learning
//! ```
//!
//! * [`experiment`]: what a run trains; [`presets`]: runs worth seeing; [`mod@validate`]: what can be trained at all.
//! * [`messages`]: what the page and the worker say to each other.
//! * [`mod@outcome`]: the verdict on a lane; [`recording`]: a finished run on disk.
//! * `engine` (with the feature `cpu` or `webgpu`): the training loop on Burn tensors.
//! * `native` (with the feature `cpu`, outside the browser): a whole run on threads.
//!
//! Without a device feature the crate is plain data without Burn: that is what the page is built with.

#[cfg(all(target_family = "wasm", any(feature = "cpu", feature = "webgpu")))]
pub mod browser;
#[cfg(any(feature = "cpu", feature = "webgpu"))]
pub mod engine;
pub mod experiment;
pub mod messages;
#[cfg(all(feature = "cpu", not(target_family = "wasm")))]
pub mod native;
pub mod outcome;
pub mod presets;
#[cfg(any(feature = "cpu", feature = "webgpu"))]
mod random;
pub mod recording;
#[cfg(any(feature = "cpu", feature = "webgpu"))]
mod tasks;
pub mod validate;

pub use messages::*;
pub use outcome::{Outcome, outcome};
pub use validate::validate;

#[cfg(any(feature = "cpu", feature = "webgpu"))]
pub use burn_tensor::Device;

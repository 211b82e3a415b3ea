//! Trains many small models at once, one per schedule and seed, and says what became of each.
//!
//! ```text
//! preset or link --Run--> validate --> Session --> Engine (Burn; CPU or WebGPU)
//!                                         ^           |
//!             page <--messages-- worker --+    StepReport: LR, loss and accuracy of every lane
//!                                                     |
//!                      outcome of each lane, end of each lane --> does the race show what it was said to show?
//! ```
//!
//! * [`experiment`]: what a run trains; [`presets`]: runs worth seeing; [`mod@link`]: as the settings of a permalink;
//!   [`mod@validate`]: what can be trained at all.
//! * [`idx`]: images that somebody brings along.
//! * [`range_test`]: the run that an LR finder reads.
//! * [`messages`]: what the page and the worker say to each other.
//! * [`surface`]: what a model says of the plane.
//! * [`mod@outcome`]: the verdict on a lane; [`success`]: on a race; [`recording`]: a finished run on disk.
//! * `engine` (with the feature `cpu` or `webgpu`): the training loop on Burn tensors; `session`: a run that can be paused,
//!   stepped and saved.
//! * `native` (with the feature `cpu`, outside the browser): a whole run on threads, or on a GPU that `webgpu` opens.
//!
//! Without a device feature the crate is plain data without Burn: that is what the page is built with.

#[cfg(all(target_family = "wasm", any(feature = "cpu", feature = "webgpu")))]
pub mod browser;
#[cfg(any(feature = "cpu", feature = "webgpu"))]
pub mod engine;
pub mod experiment;
pub mod idx;
pub mod link;
pub mod messages;
#[cfg(all(feature = "cpu", not(target_family = "wasm")))]
pub mod native;
pub mod outcome;
pub mod presets;
#[cfg(any(feature = "cpu", feature = "webgpu"))]
mod random;
pub mod range_test;
pub mod recording;
#[cfg(any(feature = "cpu", feature = "webgpu"))]
pub mod session;
pub mod success;
pub mod surface;
#[cfg(any(feature = "cpu", feature = "webgpu"))]
pub mod tasks;
pub mod validate;
#[cfg(feature = "webgpu")]
pub mod webgpu;

pub use messages::*;
pub use outcome::{Outcome, outcome};
pub use validate::validate;

#[cfg(any(feature = "cpu", feature = "webgpu"))]
pub use burn_tensor::Device;

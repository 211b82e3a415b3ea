//! The LRs that are drawn: as many values as there are pixels, found by random access, so that a handle can be dragged
//! with many schedules on screen and a run may have millions of steps.
//!
//! ```text
//! NamedSchedule + Run --Sampler--> LR of any optimizer step --Trace--> points, error, area, a sentence
//! ```

mod live;
mod momentum;
mod sampler;
mod trace;
mod words;

pub use live::Curves;
use momentum::momentum;
pub use sampler::Sampler;
pub use trace::Trace;

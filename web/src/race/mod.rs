//! A live run: which device, which workers, what has come back from them.

mod device;
mod results;
mod run;

pub use device::{Device, decide};
pub use results::Results;
pub use run::{Phase, Race};

//! A live run: which device, which workers, what has come back from them.

mod clock;
mod device;
pub mod export;
mod history;
mod looks;
mod pace;
mod plateau;
mod results;
mod run;
mod shown;
mod spent;

pub use device::{Device, decide};
pub use history::Kept;
pub use looks::{Looks, Seen};
pub use pace::Pace;
pub use plateau::{Plateau, plateaus};
pub use results::Results;
pub use run::{Phase, Race};
pub use shown::Shown;
pub use spent::{Ruler, Spent, spent};

//! Schedules as blocks that can be added, moved, changed and removed.
//!
//! ```text
//! Schedule --Chain::of--> blocks --edit--> Chain::schedule --> Schedule (and with it the constructor text)
//! ```
//!
//! The state holds the schedule and nothing else: blocks are a view of it, so text and blocks cannot disagree.

mod block;
mod catalogue;
mod chain;
mod edit;
mod parameters;
mod spark;
mod words;

pub use block::Block;
pub use catalogue::{KINDS, SHAPES, cosine};
pub use chain::Chain;
pub use parameters::{Parameter, parameters, with_parameter};
pub use spark::spark;
pub use words::words;

//! Fixes: what the rules propose, as text, and put into a source.
//!
//! ```text
//! Change (a rule) --spell--> Edits (byte ranges) --apply--> another source
//! ```

mod apply;
mod entries;
mod spell;

pub use apply::{Applied, apply};
pub(crate) use apply::{choose, put};
pub(crate) use spell::spell;

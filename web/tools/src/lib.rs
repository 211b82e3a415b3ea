//! What the page's tools ask of their worker, and what it answers.
//!
//! ```text
//! page --Question (postcard, a log as a Blob beside it)--> worker --engine--> linter, advisor, scheduler
//!   ^                                                                            |
//!   +--------------------- Answer: plain texts, numbers and places --------------+
//! ```
//!
//! * [`messages`]: both directions. Without the feature `engine` that is all: the page holds no linter and no rule texts.
//! * `library`: everything there is to look up, which the build writes into a file beside the page.
//! * `engine`: one file per question. Judges nothing itself; it calls the crates and puts what they say into words and
//!   places that the page can show.

#[cfg(feature = "engine")]
pub mod engine;
#[cfg(feature = "library")]
pub mod library;
pub mod messages;

pub use messages::*;

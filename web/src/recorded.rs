//! The run that is drawn when the page opens: made by this code, before.

use trainer::recording::Recording;

/// The recording of the default demo.
pub fn warmup() -> Option<Recording> {
    // Made by `cargo run -p lrscope-trainer --release --example record`; a test of `tests/` reads it too.
    serde_json::from_str(include_str!("../recorded/warmup.json")).ok()
}

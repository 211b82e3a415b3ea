//! accelerate: the script runs the loop, and what it has prepared counts processes and accumulates gradients.

use advisor::plan::Owner;

use super::Taker;

/// The accelerator, and how it loads data.
pub fn taker(library: &str, last: &str) -> Option<Taker> {
    let is_told = library == "accelerate" && matches!(last, "Accelerator" | "DataLoaderConfiguration");
    is_told.then_some(Taker { owner: Owner::Accelerator, parameters: &[] })
}

//! The LR finder: a range test of the experiment on the page, over several seeds, and what `advisor::finder` makes of it.
//!
//! ```text
//! State --RangeTest::run--> Race (workers) --losses--> Sweeps --advisor::finder--> curve, band, "use as peak LR"
//! ```

mod chart;
mod sweep;
mod view;

pub use view::FindLr;

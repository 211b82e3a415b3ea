//! The chart of the page: lines with bands over linear or logarithmic axes, as SVG, with handles that can be dragged, a
//! crosshair that several charts share, and all values as a table.
//!
//! ```text
//! Line, Mark, Handle --Plot--> frame (grid, lines, labels at line ends) + cursor (readout) + drag points + table
//! ```

mod axis;
mod chart;
mod cursor;
mod drawing;
mod frame;
mod handle;
mod labels;
mod line;
mod measure;
mod range;
mod readout;
mod table;
mod unit;

pub use axis::{Axis, Scale};
pub use chart::Plot;
pub use handle::{Handle, Moved};
pub use line::{Line, MARKS, Mark, thin};
pub use unit::Unit;

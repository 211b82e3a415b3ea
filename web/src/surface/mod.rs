//! The decision surface: what the models of a race say of the plane while they learn to tell points apart.
//!
//! ```text
//! worker --Surface, points--> Looks --contour--> paths of an SVG --picture--> one lane --panel--> all schedules, one seed
//! ```

mod contour;
mod panel;
mod picture;

pub use panel::DecisionSurface;

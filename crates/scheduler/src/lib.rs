//! What the learning rate is: every schedule, exact to the last bit of the library it comes from.
//!
//! Everything else in lrscope asks this crate for any LR it shows or uses. It knows no Burn, no browser and no Python
//! parser.
//!
//! ```text
//! constructor text --notation--> Schedule --Scheduler--> LR and momentum at each step --curve--> the whole run
//!                                   ^                                                              |
//! link ------------permalink-------+                  Horizon (epochs, steps per epoch, ...) ------+
//! ```
//!
//! * [`Schedule`]: a pure description; no state.
//! * [`Scheduler`]: a schedule in motion on an [`Optimizer`]; may need a metric.
//! * [`curve()`]: LR and momentum at each step of a run.
//! * [`notation`]: constructor text to schedule and back.
//! * [`permalink`]: what a link to the playground says.
//! * [`Horizon`]: how long a run is, in epochs and in optimizer steps.
//!
//! ```
//! use scheduler::{Optimizer, curve, notation};
//!
//! let schedule = notation::parse("CosineAnnealingLR(opt, T_max=100)")?;
//! let lrs = curve(&schedule, Optimizer::sgd(&[0.1], 0.9), 101, &[]).first_group();
//! assert_eq!(lrs[25], 0.0853553390593274);
//! assert_eq!(lrs[100], 0.0);
//! # Ok::<(), notation::NotationError>(())
//! ```

#[cfg(feature = "burn")]
pub mod burn;
mod class;
pub mod codegen;
mod curve;
mod error;
mod format;
mod formula;
pub mod gradual_warmup;
mod horizon;
pub mod keras;
mod lambda;
mod motion;
pub mod notation;
pub mod optax;
mod optimizer;
pub mod permalink;
pub mod phases;
mod python;
mod random_access;
mod schedule;
mod scheduler;
pub mod timm;
pub mod torch;
pub mod transformers;
mod warmup;

pub use class::{Class, Library, Parameter};

pub use curve::{Curve, curve};
pub use error::{Exception, ScheduleError};
pub use format::format_lr;
pub use formula::Formula;
pub use horizon::{Cadence, Data, Horizon, MOST_STEPS, Resume, Run};
pub use lambda::{Lambda, evaluate_expression};
pub use notation::{Boundaries, PerGroup, Steps, StrictFloat};
pub use optimizer::{MomentumKind, Optimizer};
pub use random_access::RandomAccess;
pub use schedule::{CLASSES, Resumed, Schedule};
pub use scheduler::{PlateauCounters, Scheduler};

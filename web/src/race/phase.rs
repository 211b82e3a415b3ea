//! How far a race is.
//!
//! ```text
//!         Run          loaded           first step          last step
//! Idle --------> Loading ---> Compiling ----------> Training ---------> Done
//!                   |             |            Pause |    |
//!     nothing came  v             v                  v    v  nobody trains any more, lanes have steps to go
//!                 Failed <--------+               Paused  Interrupted --go on--> Loading
//! ```
//!
//! Stop leads from everywhere to Stopped.

/// How far a race is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Phase {
    /// Nothing has been run.
    Idle,
    /// The trainer is on its way: bytes received and, where known, bytes in all.
    Loading(f64, f64),
    /// The workers start, and on a GPU the first steps compile shaders.
    Compiling,
    /// Steps are being made.
    Training,
    /// The user has paused it.
    Paused,
    /// All steps are made.
    Done,
    /// The user has ended it.
    Stopped,
    /// It broke before all steps were made, and can go on.
    Interrupted,
    /// It broke before the first step, or cannot be trained at all.
    Failed,
}

impl Phase {
    /// One word.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Loading(..) => "loading",
            Self::Compiling => "compiling",
            Self::Training => "training",
            Self::Paused => "paused",
            Self::Done => "done",
            // Stopping gives the controls back as they were before the run.
            Self::Stopped => "idle",
            Self::Interrupted => "interrupted",
            Self::Failed => "failed",
        }
    }

    /// Whether workers are busy or about to be.
    pub fn is_running(&self) -> bool {
        matches!(self, Self::Loading(..) | Self::Compiling | Self::Training | Self::Paused)
    }

    /// Whether nothing more comes, and what has come is worth a judgement.
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Done | Self::Stopped | Self::Interrupted)
    }
}

//! A block of a chain: a schedule for a while.

use scheduler::phases::{Phase, Phases};
use scheduler::{Optimizer, Schedule, Steps};

/// A schedule with the number of steps that it has its turn.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// What happens.
    pub schedule: Schedule,
    /// How long.
    pub steps: f64,
}

impl Block {
    /// Gives it another length; a warmup or a decay that ends with it goes on doing so.
    pub(super) fn resize(&mut self, to: f64) {
        let from = self.steps;
        match &mut self.schedule {
            Schedule::LinearLR(linear) if linear.total_iters.0 == from => linear.total_iters = Steps(to),
            schedule => match phase_mut(schedule) {
                Some(phase) => phase.steps = Steps(to),
                None => schedule.fit(from as usize, to as usize),
            },
        }
        self.steps = to;
    }

    /// The share of the LR that it ends with; 1 where that cannot be told.
    pub(super) fn last_factor(&self) -> f64 {
        let access = self.schedule.random_access(Optimizer::sgd(&[1.0], 0.9)).ok();
        let factor = access.and_then(|access| access.lr(self.steps as usize, 0).ok());
        let rounded = factor.map(|factor| (factor * 1e4).round() / 1e4);
        rounded.filter(|factor| factor.is_finite() && *factor >= 0.0).unwrap_or(1.0)
    }

    /// The phase that it is, if it is one.
    pub fn phase(&self) -> Option<&Phase> {
        phase(&self.schedule)
    }

    /// Changes the phase that it is.
    pub fn change_phase(&mut self, change: impl FnOnce(&mut Phase)) {
        if let Some(phase) = phase_mut(&mut self.schedule) {
            change(phase);
            self.steps = phase.steps.0;
        }
    }
}

/// A phase as a schedule.
pub(super) fn alone(phase: Phase) -> Schedule {
    Phases { phases: vec![phase], repeat: 1 }.into()
}

/// The phase that a schedule is, if it is a single one.
pub(super) fn phase(schedule: &Schedule) -> Option<&Phase> {
    match schedule {
        Schedule::Phases(Phases { phases, repeat: 1 }) => match phases.as_slice() {
            [phase] => Some(phase),
            _ => None,
        },
        _ => None,
    }
}

/// The same to change.
pub(super) fn phase_mut(schedule: &mut Schedule) -> Option<&mut Phase> {
    match schedule {
        Schedule::Phases(Phases { phases, repeat: 1 }) => match phases.as_mut_slice() {
            [phase] => Some(phase),
            _ => None,
        },
        _ => None,
    }
}

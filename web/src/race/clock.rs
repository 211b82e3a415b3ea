//! The clock that shows what has arrived: at a pace, step by step, or not at all.

use std::time::Duration;

use leptos::prelude::*;
use trainer::messages::{Command, ToWorker, encode};

use super::run::Workers;
use super::{Pace, Phase, Race};
use crate::browser;
use crate::state::State;

/// How often the plots are drawn anew.
const REPAINT: Duration = Duration::from_millis(100);
/// How often where the user wants as little motion as can be.
const CALM_REPAINT: Duration = Duration::from_secs(1);

impl Race {
    pub(super) fn start_clock(self) {
        let calm = browser::prefers_reduced_motion();
        let clock = set_interval_with_handle(move || self.tick(), if calm { CALM_REPAINT } else { REPAINT });
        self.workers.update_value(|workers| {
            workers.ticked = browser::now();
            workers.clock = clock.ok();
        });
    }

    /// Shows what is due of what has arrived, and keeps training from running far ahead.
    pub(super) fn tick(self) {
        let (shown, received) = self.results.with_untracked(|results| (results.steps, results.received()));
        let now = browser::now();
        self.look(now);
        let pace = self.pace.get_untracked();
        let paused = self.phase.get_untracked() == Phase::Paused;
        let due = self.workers.try_update_value(|workers| {
            let elapsed = (now - workers.ticked) / 1000.0;
            workers.ticked = now;
            if workers.single_step {
                if received > shown {
                    workers.single_step = false;
                    return (shown + 1, true);
                }
                return (shown, false);
            }
            if paused { (shown, false) } else { (pace.advance(shown, received, elapsed, &mut workers.carry), false) }
        });
        let Some((due, stepped)) = due else { return };
        if due != shown {
            self.results.update(|results| results.steps = due);
        }
        if stepped {
            self.hold(true);
            self.phase.set(Phase::Paused);
        } else if !paused && pace != Pace::Live {
            self.hold(received - due > pace.allowance());
        }
        let complete = self.workers.try_with_value(|workers| workers.complete) == Some(true);
        if complete && due == received {
            self.end(Phase::Done);
            self.keep();
        }
    }

    /// Holds a race, or lets it go on.
    pub fn toggle_pause(self) {
        match self.phase.get_untracked() {
            Phase::Training => {
                self.hold(true);
                self.phase.set(Phase::Paused);
            }
            Phase::Paused => {
                self.hold(false);
                self.workers.update_value(|workers| workers.single_step = false);
                self.phase.set(Phase::Training);
            }
            _ => {}
        }
    }

    /// Shows one more step and holds; starts a race where there is none under way.
    pub fn single_step(self, state: State) {
        match self.phase.get_untracked() {
            Phase::Training | Phase::Paused => {
                let waits = self.results.with_untracked(|results| results.received() <= results.steps);
                self.workers.update_value(|workers| workers.single_step = true);
                if waits {
                    self.hold(false);
                }
                self.tick();
            }
            Phase::Loading(..) | Phase::Compiling => {}
            _ => self.start(state, true),
        }
    }

    /// Sets how fast it is shown.
    pub fn set_pace(self, pace: Pace) {
        self.pace.set(pace);
        self.workers.update_value(|workers| workers.carry = 0.0);
        if self.phase.get_untracked() == Phase::Training {
            self.hold(false);
        }
    }

    /// Lets the workers wait, or go on.
    fn hold(self, hold: bool) {
        let now = browser::now();
        self.workers.update_value(|workers| {
            if workers.paused_since.is_some() == hold {
                return;
            }
            match workers.paused_since.take() {
                Some(since) => workers.paused += now - since,
                None => workers.paused_since = Some(now),
            }
            workers.send(&ToWorker::Command(if hold { Command::Pause } else { Command::Resume }));
        });
    }
}

impl Workers {
    /// Sends a message to all of them.
    pub(super) fn send(&self, message: &ToWorker) {
        let bytes = encode(message);
        for trainer in self.trainers.iter().filter_map(|slot| slot.try_borrow().ok()) {
            if let Some(trainer) = trainer.as_ref() {
                trainer.send(&bytes);
            }
        }
    }
}

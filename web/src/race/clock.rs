//! The clock that shows what has arrived: at a pace, step by step, or not at all.

use std::time::Duration;

use leptos::prelude::*;

use super::team::Team;
use super::{Pace, Phase, Race};
use crate::browser;
use crate::state::State;

/// How often the plots are drawn anew.
const REPAINT: Duration = Duration::from_millis(100);
/// How often where the user wants as little motion as can be.
const CALM_REPAINT: Duration = Duration::from_secs(1);

impl Race {
    /// Lets the clock run, if it does not.
    pub(super) fn start_clock(self) {
        self.team.update_value(|team| {
            if team.clock.is_none() {
                let pace = if browser::prefers_reduced_motion() { CALM_REPAINT } else { REPAINT };
                team.ticked = browser::now();
                team.clock = set_interval_with_handle(move || self.turn(), pace).ok();
            }
        });
    }

    fn turn(self) {
        let before = self.team.try_with_value(|team| team.ticked);
        self.tick();
        if let Some(before) = before {
            self.listen((browser::now() - before) / 1000.0);
        }
    }

    /// Shows what is due of what has arrived, and keeps training from running far ahead.
    pub(super) fn tick(self) {
        let (shown, received, behind) =
            self.results.with_untracked(|results| (results.steps, results.received(), results.behind()));
        let now = browser::now();
        self.look(now);
        let pace = self.pace.get_untracked();
        let paused = self.phase.get_untracked() == Phase::Paused;
        let due = self.team.try_update_value(|team| {
            let elapsed = (now - team.ticked) / 1000.0;
            team.ticked = now;
            if team.single_step {
                if received > shown {
                    team.single_step = false;
                    return (shown + 1, true);
                }
                return (shown, false);
            }
            if paused { (shown, false) } else { (pace.advance(shown, received, elapsed, &mut team.carry), false) }
        });
        let Some((due, stepped)) = due else { return };
        // What has been shown stays, though lanes that go on from a checkpoint have less for a while.
        let due = due.max(shown);
        if due != shown || behind.is_some() {
            self.results.update(|results| results.steps = due);
        }
        if stepped {
            self.hold(true);
            self.phase.set(Phase::Paused);
        } else if !paused && pace != Pace::Live {
            self.hold(received.saturating_sub(due) > pace.allowance());
        }
        let over = self.team.try_with_value(Team::is_over) == Some(true);
        if over && due >= received {
            self.finish(received);
        }
    }

    /// All that will come is shown.
    fn finish(self, steps: usize) {
        if self.fault.with_untracked(Option::is_none) {
            self.end(Phase::Done);
            return self.keep();
        }
        self.team.update_value(|team| {
            if let Some(clock) = team.clock.take() {
                clock.clear();
            }
        });
        self.show_what_was_before();
        self.phase.set(if steps > 0 { Phase::Interrupted } else { Phase::Failed });
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
                self.team.update_value(|team| team.single_step = false);
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
                self.team.update_value(|team| team.single_step = true);
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
        self.team.update_value(|team| team.carry = 0.0);
        if self.phase.get_untracked() == Phase::Training {
            self.hold(false);
        }
    }
}

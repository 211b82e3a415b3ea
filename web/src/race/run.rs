//! The course of a race: begin, load the trainer, end.
//!
//! What arrives is kept at once and shown by a clock, at the pace that the user has chosen. So the page repaints a few
//! times per second however many workers report, and a race can be looked at step by step.

use std::time::Duration;

use leptos::prelude::*;
use trainer::messages::Run;
use trainer::{presets, validate};

use super::{Device, Phase, Race, Results, Seen, decide};
use crate::browser;
use crate::state::State;

impl Race {
    /// Starts from the beginning; a race under way is dropped. `paused`: stops again after the first step.
    pub fn start(self, state: State, paused: bool) {
        let run = Run {
            experiment: state.experiment.clone(),
            schedules: presets::scheduled(&state.schedules),
            lanes: presets::lanes(state.schedules.len(), 0..state.seeds as u64),
            ends_when_diverged: false,
        };
        self.begin(state, run, paused);
    }

    /// As [`start`](Self::start), for a run that is made from the state in another way.
    pub fn start_run(self, state: State, of: Run) {
        self.begin(state, of, false);
    }

    pub(super) fn begin(self, state: State, of: Run, paused: bool) {
        self.leave();
        if let Err(invalid) = validate(&of.experiment, &of.schedules, &of.lanes) {
            return self.refuse(invalid.to_string());
        }
        let choice = state.device;
        let race = self.team.try_update_value(|team| {
            team.single_step = paused;
            team.begun = Some((state, of));
            team.race
        });
        let Some(race) = race else { return };
        self.phase.set(Phase::Loading(0.0, 0.0));
        self.looks.seen.set(Seen::default());
        leptos::task::spawn_local(async move {
            let (device, reason, unmet) = decide(choice, &browser::probe_gpu().await);
            if self.is_current(race) {
                self.device.set(reason.clone());
                self.device_notice.set(unmet.then_some(reason));
                self.load(race, device).await;
            }
        });
    }

    /// Begins once more with another device.
    pub(super) fn load_afresh(self, device: Device) {
        let Some(race) = self.team.try_update_value(|team| {
            team.parts.clear();
            team.race
        }) else {
            return;
        };
        self.phase.set(Phase::Loading(0.0, 0.0));
        leptos::task::spawn_local(self.load(race, device));
    }

    /// Loads the trainer of a device and starts the workers that are waited for, or all where there are none. What was shown
    /// before stays until then.
    pub(super) async fn load(self, race: u32, device: Device) {
        let progress = move |received, total| {
            if self.is_current(race) && matches!(self.phase.get_untracked(), Phase::Loading(..)) {
                self.phase.set(Phase::Loading(received, total));
            }
        };
        let loaded = browser::load_trainer(device.trainer(), progress).await;
        if !self.is_current(race) {
            return;
        }
        match loaded {
            Ok(module) => {
                if self.team.with_value(|team| team.parts.is_empty()) {
                    self.deal(device);
                }
                self.staff(device, &module);
            }
            Err(error) => self.cannot_load(&error),
        }
    }

    /// Ends a race; what it has shown stays.
    pub fn stop(self) {
        if !self.phase.get_untracked().is_running() {
            return;
        }
        if self.team.with_value(|team| team.is_shown) {
            self.end(Phase::Stopped);
            self.results.update(Results::cut_to_shown);
            self.keep();
        } else {
            self.end(Phase::Idle);
        }
    }

    /// Forgets everything.
    pub fn clear(self) {
        self.leave();
        self.phase.set(Phase::Idle);
        self.raced.set(None);
        self.results.set(Results::default());
        self.looks.seen.set(Seen::default());
        self.device_notice.set(None);
    }

    /// Ends the present race. One that was interrupted is kept: it has been shown, and nobody has chosen to drop it.
    fn leave(self) {
        if self.phase.get_untracked() == Phase::Interrupted {
            self.keep();
        }
        self.drop_team();
        self.fault.set(None);
        self.unseen.set(None);
        self.steps_per_second.set(0.0);
    }

    pub(super) fn end(self, phase: Phase) {
        self.drop_team();
        self.fault.set(None);
        self.phase.set(phase);
    }

    pub(super) fn is_current(self, race: u32) -> bool {
        self.team.try_with_value(|team| team.race) == Some(race)
    }

    fn drop_team(self) {
        let dropped = self.team.try_update_value(|team| {
            let next = team.next();
            std::mem::replace(team, next)
        });
        // Often called from within a message of one of these workers, whose closure must outlive the call.
        if let Some(dropped) = dropped {
            if let Some(clock) = dropped.clock {
                clock.clear();
            }
            set_timeout(move || drop(dropped.parts), Duration::ZERO);
        }
    }
}

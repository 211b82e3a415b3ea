//! What can break while a race is under way, and how it goes on.
//!
//! Whatever breaks, the curves stay, and lanes whose worker is well go on. Lanes that are lost go on from where their worker
//! last said it was; steps that had been shown are made again unseen.

use std::time::Duration;

use leptos::prelude::*;

use super::fault::{Way, fault};
use super::team::{Life, Part};
use super::{Device, Fault, Phase, Race};

/// After so many seconds without a word from a worker it is asked what has become of it.
const SILENCE: f64 = 20.0;
/// The same before its first step: a GPU compiles shaders meanwhile.
const FIRST_SILENCE: f64 = 60.0;

impl Race {
    /// Takes a way out of a fault.
    pub fn mend(self, way: Way) {
        match way {
            Way::GoOn { device, moves, .. } => self.go_on(device, moves),
            Way::Restart => {
                let begun = self.team.try_with_value(|team| team.begun.clone()).flatten();
                if let Some((state, run)) = begun {
                    self.begin(state, run, false);
                }
            }
        }
    }

    /// The race asks for what nobody can train.
    pub(super) fn refuse(self, sentence: String) {
        self.end(Phase::Failed);
        self.show_what_was_before();
        self.fault.set(Some(Fault { sentence, ways: Vec::new() }));
    }

    /// A race without a step gives its place back to the recording.
    pub(super) fn show_what_was_before(self) {
        if self.results.with_untracked(|results| results.received() == 0) {
            self.raced.set(None);
        }
    }

    /// The program of the workers is not to be had.
    pub(super) fn cannot_load(self, error: &str) {
        let sentence = format!("The trainer could not be loaded: {error}. Check the connection and start again.");
        let goes_on = self.team.try_update_value(|team| {
            for part in team.parts.iter_mut().filter(|part| part.life == Life::Awaited) {
                part.life = Life::Lost(sentence.clone());
            }
            !team.parts.is_empty()
        });
        if goes_on == Some(true) {
            return self.reckon();
        }
        self.phase.set(Phase::Failed);
        self.fault.set(Some(Fault { sentence, ways: vec![Way::Restart] }));
    }

    /// A worker is gone. Where a GPU has not made a single step the CPU takes over, since nothing is lost with it.
    pub(super) fn lose(self, worker: u32, sentence: &str) {
        let lost = self.with_part(worker, |part| {
            // One that has said what is wrong dies of it a moment later.
            matches!(part.life, Life::Training | Life::Silent).then(|| {
                part.life = Life::Lost(sentence.to_owned());
                (part.trainer.take(), part.device)
            })
        });
        let Some((trainer, device)) = lost.flatten() else { return };
        // Often called from within a message of this worker, whose closure must outlive the call.
        set_timeout(move || drop(trainer), Duration::ZERO);
        if device == Device::WebGpu && self.results.with_untracked(|results| results.received() == 0) {
            self.device.set("The CPU: WebGPU did not work.".into());
            self.device_notice.set(Some(format!("{sentence} Training on the CPU instead.")));
            return self.load_afresh(Device::Cpu);
        }
        self.reckon();
    }

    /// Adds to the silence of workers, and notices when it has lasted long.
    pub(super) fn listen(self, seconds: f64) {
        let noticed = self.team.try_update_value(|team| {
            if team.stopwatch.is_held() {
                return false;
            }
            let mut noticed = false;
            for part in team.parts.iter_mut().filter(|part| part.life == Life::Training) {
                // A tab that sleeps hears nothing: no tick counts for more than a second.
                part.silent += seconds.min(1.0);
                let patience = if part.trained > 0 { SILENCE } else { FIRST_SILENCE };
                if part.silent > patience {
                    part.life = Life::Silent;
                    noticed = true;
                }
            }
            noticed
        });
        if noticed == Some(true) {
            self.reckon();
        }
    }

    /// Whether a worker is one of this race. It is not silent then.
    pub(super) fn is_heard(self, worker: u32) -> bool {
        let before = self.with_part(worker, |part| {
            part.silent = 0.0;
            let speaks = if part.life == Life::Silent { Life::Training } else { part.life.clone() };
            std::mem::replace(&mut part.life, speaks)
        });
        if before == Some(Life::Silent) {
            self.reckon();
        }
        matches!(before, Some(Life::Training | Life::Silent))
    }

    /// Says what is lost, or no longer lost, and lets the others go on without it.
    fn reckon(self) {
        let made = self.results.with_untracked(|results| results.lanes.iter().any(|lane| !lane.losses.is_empty()));
        let reckoned = self.team.try_update_value(|team| {
            team.restart_stopwatch();
            let lanes = |part: &Part| (part.lanes.clone(), part.is_lost());
            (team.parts.iter().map(lanes).collect::<Vec<_>>(), fault(team, made))
        });
        let Some((parts, fault)) = reckoned else { return };
        self.results.update(|results| parts.iter().for_each(|(lanes, lost)| results.mark_lost(lanes, *lost)));
        self.fault.set(fault);
        self.steps_per_second.set(0.0);
        self.tick();
    }

    /// Trains lost lanes again from where they were saved: by one worker for each that was lost, or on another device by
    /// as many as it has use for.
    fn go_on(self, device: Device, moves: bool) {
        let alive = self.team.try_update_value(|team| {
            let alive = team.is_alive();
            let again = |part: Part| match (part.is_lost(), moves) {
                (false, _) => vec![part],
                (true, true) => part.dealt(device),
                (true, false) => vec![Part::awaited(part.lanes, part.run, device, part.saved)],
            };
            team.parts = std::mem::take(&mut team.parts).into_iter().flat_map(again).collect();
            (alive, team.race)
        });
        let Some((alive, race)) = alive else { return };
        if moves {
            self.device.set(format!("The race has gone on on {}.", device.words()));
        }
        if !alive {
            self.hold(false);
            self.phase.set(Phase::Loading(0.0, 0.0));
        }
        self.reckon();
        leptos::task::spawn_local(self.load(race, device));
    }
}

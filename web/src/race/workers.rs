//! The life of workers: they are started, put to work, heard, held.

use leptos::prelude::*;
use trainer::messages::{Command, FromWorker, StepReport, ToWorker, decode, encode};
use wasm_bindgen::JsValue;

use super::team::{Life, Part, Saved, Team};
use super::{Device, Phase, Race, Results};
use crate::browser::{self, Trainer};

impl Race {
    /// Deals the lanes of a race out to workers of a device, who are still to come.
    pub(super) fn deal(self, device: Device) {
        let begun = self.team.try_update_value(|team| {
            let (state, run) = team.begun.clone()?;
            team.is_shown = true;
            let all = Part::awaited((0..run.lanes.len()).collect(), run.clone(), device, None);
            team.parts = all.dealt(device);
            Some((state, run))
        });
        if let Some((state, run)) = begun.flatten() {
            self.results.set(Results::new(&run.lanes, &run.experiment));
            self.raced.set(Some(state));
        }
    }

    /// Starts the workers that are waited for.
    pub(super) fn staff(self, device: Device, module: &JsValue) {
        self.team.update_value(|team| {
            let Team { parts, workers, .. } = team;
            for part in parts.iter_mut().filter(|part| part.life == Life::Awaited) {
                *workers += 1;
                let worker = *workers;
                let message = move |bytes: Vec<u8>| self.hear(worker, &bytes);
                let failed = move |error: String| self.lose(worker, &died(&error));
                part.trainer = Some(Trainer::start(module, message, failed));
                part.life = Life::Training;
                (part.worker, part.device, part.silent) = (worker, device, 0.0);
            }
            team.restart_stopwatch();
        });
        if matches!(self.phase.get_untracked(), Phase::Loading(..)) {
            self.phase.set(Phase::Compiling);
        }
        self.start_clock();
    }

    fn hear(self, worker: u32, bytes: &[u8]) {
        // A worker that has been replaced has nothing to say.
        if !self.is_heard(worker) {
            return;
        }
        match decode::<FromWorker>(bytes) {
            Ok(FromWorker::Ready { device }) => self.put_to_work(worker, &device),
            Ok(FromWorker::Compiling { .. }) => {}
            Ok(FromWorker::Progress { steps, .. }) => self.collect(worker, &steps),
            Ok(FromWorker::Surfaces { surfaces, .. }) => {
                if let Some(lanes) = self.with_part(worker, |part| part.lanes.clone()) {
                    self.see(&lanes, surfaces);
                }
            }
            Ok(FromWorker::Saved { step, checkpoint, .. }) => {
                self.with_part(worker, |part| part.saved = Some(Saved { step: step as usize, checkpoint }));
            }
            Ok(FromWorker::Done { .. }) => {
                self.with_part(worker, |part| part.life = Life::Done);
                self.tick();
            }
            Ok(FromWorker::Refused { message, .. }) => self.refuse(message),
            Ok(FromWorker::Failed { message, .. }) => self.lose(worker, &message),
            Err(error) => {
                self.refuse(format!("A message of the trainer could not be read ({error}); reload the page."));
            }
        }
    }

    fn put_to_work(self, worker: u32, device: &str) {
        // Every worker says so; once is enough.
        self.device.update(|words| {
            if !words.contains(device) {
                *words = format!("Runs on {device}. {words}");
            }
        });
        let orders = self.orders();
        self.team.update_value(|team| {
            let held = team.stopwatch.is_held();
            let Some(part) = team.part(worker) else { return };
            let Some(trainer) = &part.trainer else { return };
            let from = part.saved.as_ref().map(|saved| saved.checkpoint.clone());
            let start = ToWorker::Start { id: worker, run: Box::new(part.run.clone()), from };
            trainer.send(&encode(&start));
            orders.iter().for_each(|order| trainer.send(&encode(order)));
            if let Some(seed) = self.looks.seed.get_untracked() {
                trainer.send(&encode(&ToWorker::Look { seed }));
            }
            if held {
                trainer.send(&encode(&ToWorker::Command(Command::Pause)));
            }
        });
    }

    fn collect(self, worker: u32, steps: &[StepReport]) {
        let now = browser::now();
        let speed = self.team.try_update_value(|team| {
            let part = team.part(worker)?;
            part.trained += steps.len();
            // Nobody is told: the clock shows it.
            self.results.write_untracked().add(&part.lanes, steps);
            let trained = team.trained();
            team.stopwatch.read(now, trained)
        });
        if let Some(speed) = speed.flatten() {
            self.steps_per_second.set(speed);
        }
        if self.phase.get_untracked() == Phase::Compiling {
            self.phase.set(Phase::Training);
        }
    }

    /// Lets the workers wait, or go on.
    pub(super) fn hold(self, hold: bool) {
        let now = browser::now();
        self.team.update_value(|team| {
            if !team.stopwatch.hold(hold, now) {
                return;
            }
            team.send(&ToWorker::Command(if hold { Command::Pause } else { Command::Resume }));
        });
    }

    /// Changes what is known of the lanes of a worker; `None` where it has been replaced.
    pub(super) fn with_part<T>(self, worker: u32, change: impl FnOnce(&mut Part) -> T) -> Option<T> {
        self.team.try_update_value(|team| team.part(worker).map(change)).flatten()
    }
}

/// A sentence on a worker that has died with an error.
fn died(error: &str) -> String {
    // Rust reports a panic before it traps, and only traps when there is no memory left to be had.
    let error_words = error.to_ascii_lowercase();
    if ["unreachable", "allocation", "out of memory"].iter().any(|sign| error_words.contains(sign)) {
        return format!(
            "A trainer has run out of memory ({error}): fewer seeds, a smaller batch or a smaller model need less."
        );
    }
    format!("A trainer has died ({error}).")
}

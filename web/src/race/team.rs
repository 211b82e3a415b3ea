//! The workers of a race: who trains which lanes, and what has become of them.

use leptos::prelude::IntervalHandle;
use trainer::messages::{Checkpoint, Run, ToWorker, decode, encode};

use super::Device;
use super::stopwatch::Stopwatch;
use crate::browser::{self, Trainer};
use crate::state::State;

/// The workers of the race under way, and what the page must know to show what they do.
#[derive(Default)]
pub(super) struct Team {
    /// Counts races, so that what an earlier one has asked for is not taken for the present one's.
    pub(super) race: u32,
    /// Numbers workers, for the same reason.
    pub(super) workers: u32,
    /// What the race was begun with.
    pub(super) begun: Option<(State, Run)>,
    /// The results that are shown are those of this race.
    pub(super) is_shown: bool,
    pub(super) parts: Vec<Part>,
    pub(super) stopwatch: Stopwatch,
    /// One more step is to be shown, however long that takes.
    pub(super) single_step: bool,
    pub(super) clock: Option<IntervalHandle>,
    pub(super) ticked: f64,
    /// Less than a step, left over at the last tick.
    pub(super) carry: f64,
    /// When the models were last looked at, and those of which seed.
    pub(super) looked: Option<(f64, u64)>,
    /// How many steps had arrived when the page was hidden.
    pub(super) hidden_at: Option<usize>,
}

/// Some lanes of a race, and the worker that trains them.
pub(super) struct Part {
    /// The number of the worker; what comes from another one is late.
    pub(super) worker: u32,
    /// The lanes, as indices into the results.
    pub(super) lanes: Vec<usize>,
    /// What the worker is to train: these lanes alone.
    pub(super) run: Run,
    pub(super) device: Device,
    pub(super) trainer: Option<Trainer>,
    /// Where it had got to when it last said so.
    pub(super) saved: Option<Saved>,
    /// Steps that the worker has made since the stopwatch was started.
    pub(super) trained: usize,
    pub(super) life: Life,
    /// Seconds since it was last heard of.
    pub(super) silent: f64,
}

/// Where a worker had got to.
pub(super) struct Saved {
    /// Steps that were trained.
    pub(super) step: usize,
    /// An encoded [`Checkpoint`].
    pub(super) checkpoint: Vec<u8>,
}

impl Saved {
    /// What some of its lanes need to go on; `None` where it cannot be read, so that they begin anew.
    fn of_lanes(&self, places: &[usize]) -> Option<Self> {
        let checkpoint = decode::<Checkpoint>(&self.checkpoint).ok()?.of_lanes(places);
        Some(Self { step: self.step, checkpoint: encode(&checkpoint) })
    }
}

/// What has become of a worker.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Life {
    /// Its program is being loaded.
    Awaited,
    /// It trains, or is about to.
    Training,
    /// It should train and has said nothing for long.
    Silent,
    /// It is gone, with a sentence on why.
    Lost(String),
    /// All its steps are made.
    Done,
}

impl Team {
    /// Nobody yet, for the next race.
    pub(super) fn next(&self) -> Self {
        Self { race: self.race.wrapping_add(1), workers: self.workers, ..Self::default() }
    }

    /// Whether somebody trains, or will.
    pub(super) fn is_alive(&self) -> bool {
        self.parts.iter().any(|part| matches!(part.life, Life::Awaited | Life::Training))
    }

    /// Whether nothing more is to be expected of anybody.
    pub(super) fn is_over(&self) -> bool {
        !self.parts.is_empty() && self.parts.iter().all(|part| matches!(part.life, Life::Lost(_) | Life::Done))
    }

    /// Steps that each worker which trains has made since the stopwatch was started.
    pub(super) fn trained(&self) -> usize {
        self.parts.iter().filter(|part| part.life == Life::Training).map(|part| part.trained).min().unwrap_or(0)
    }

    /// Sends a message to all of them.
    pub(super) fn send(&self, message: &ToWorker) {
        let bytes = encode(message);
        self.parts.iter().filter_map(|part| part.trainer.as_ref()).for_each(|trainer| trainer.send(&bytes));
    }

    pub(super) fn part(&mut self, worker: u32) -> Option<&mut Part> {
        self.parts.iter_mut().find(|part| part.worker == worker)
    }

    /// Others train from now on, so that speeds until now say nothing.
    pub(super) fn restart_stopwatch(&mut self) {
        self.stopwatch.restart(browser::now());
        self.parts.iter_mut().for_each(|part| part.trained = 0);
    }
}

impl Part {
    /// Lanes that wait for a worker.
    pub(super) fn awaited(lanes: Vec<usize>, run: Run, device: Device, saved: Option<Saved>) -> Self {
        Self { worker: 0, lanes, run, device, trainer: None, saved, trained: 0, life: Life::Awaited, silent: 0.0 }
    }

    /// Its lanes in the hands of as many workers as a device has use for. They are dealt out in turn, so that all have as much
    /// to do and the schedules advance together.
    pub(super) fn dealt(&self, device: Device) -> Vec<Self> {
        let count = device.workers().min(self.lanes.len());
        let part = |number: usize| {
            let places: Vec<usize> = (number..self.lanes.len()).step_by(count).collect();
            let run = Run { lanes: places.iter().map(|&place| self.run.lanes[place]).collect(), ..self.run.clone() };
            let saved = self.saved.as_ref().and_then(|saved| saved.of_lanes(&places));
            Self::awaited(places.iter().map(|&place| self.lanes[place]).collect(), run, device, saved)
        };
        (0..count).map(part).collect()
    }

    /// Whether its lanes have steps to go and nobody seems to train them.
    pub(super) fn is_lost(&self) -> bool {
        matches!(self.life, Life::Lost(_) | Life::Silent)
    }

    /// The step from which it can go on.
    pub(super) fn saved_at(&self) -> usize {
        self.saved.as_ref().map_or(0, |saved| saved.step)
    }
}

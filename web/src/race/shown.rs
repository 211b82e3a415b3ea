//! What is drawn: the race, and before there is one the recording, as long as it shows what the page is set to.

use leptos::prelude::*;
use trainer::recording::Recording;

use super::{Race, Results};
use crate::recorded;
use crate::state::State;

/// The results on display, and where they come from. A copy shows the same.
#[derive(Clone, Copy)]
pub struct Shown {
    race: Race,
    state: RwSignal<State>,
    recording: StoredValue<Option<(Recording, Results)>>,
    fits: Memo<bool>,
}

impl Shown {
    /// Shows the race, or the recording of the opening demo.
    pub fn new(state: RwSignal<State>, race: Race) -> Self {
        let recording = StoredValue::new(recorded::warmup().map(|recording| {
            let results = Results::recorded(&recording);
            (recording, results)
        }));
        let fits = Memo::new(move |_| {
            recording.with_value(|recording| {
                let Some((recording, _)) = recording else { return false };
                state.with(|state| {
                    let schedules = state.schedules.iter().map(|named| (named.lr, &named.schedule));
                    let recorded = recording.schedules.iter().map(|scheduled| (scheduled.base_lr, &scheduled.schedule));
                    recording.experiment == state.experiment && schedules.eq(recorded)
                })
            })
        });
        Self { race, state, recording, fits }
    }

    /// Looks at the results and at what was set when they were made.
    pub fn with<T>(self, look: impl FnOnce(Option<(&Results, &State)>) -> T) -> T {
        if self.race.raced.with(Option::is_some) {
            return self
                .race
                .raced
                .with(|raced| self.race.results.with(|results| look(raced.as_ref().map(|state| (results, state)))));
        }
        if !self.fits.get() {
            return look(None);
        }
        self.recording.with_value(|recording| {
            let results = recording.as_ref().map(|(_, results)| results);
            self.state.with(|state| look(results.map(|results| (results, state))))
        })
    }

    /// Looks at what was set when the results were made, whatever the results are.
    pub fn with_state<T>(self, look: impl FnOnce(Option<&State>) -> T) -> T {
        if self.race.raced.with(Option::is_some) {
            return self.race.raced.with(|raced| look(raced.as_ref()));
        }
        if self.fits.get() { self.state.with(|state| look(Some(state))) } else { look(None) }
    }

    /// The label of a recording, where that is what is shown.
    pub fn recorded(self) -> Option<String> {
        if self.race.raced.with(Option::is_some) || !self.fits.get() {
            return None;
        }
        self.recording.with_value(|recording| {
            let (recording, _) = recording.as_ref()?;
            Some(format!(
                "Recorded on {} with this code on {}. Press Run to do it on your machine.",
                recording.date, recording.device
            ))
        })
    }

    /// Whether there is anything to show.
    pub fn is_empty(self) -> bool {
        self.with(|shown| shown.is_none())
    }
}

//! What is drawn: the race, and before there is one the recording, as long as it shows what the page is set to.

use std::sync::Arc;

use leptos::prelude::*;

use super::{Race, Results};
use crate::recorded::{Recorded, recorded};
use crate::state::State;

/// The results on display, and where they come from. A copy shows the same.
#[derive(Clone, Copy)]
pub struct Shown {
    race: Race,
    state: RwSignal<State>,
    recorded: Memo<Option<Arc<Recorded>>>,
}

impl Shown {
    /// Shows the race, or the recording of a demo.
    pub fn new(state: RwSignal<State>, race: Race) -> Self {
        Self { race, state, recorded: recorded(state) }
    }

    /// Looks at the results and at what was set when they were made.
    pub fn with<T>(self, look: impl FnOnce(Option<(&Results, &State)>) -> T) -> T {
        if self.race.raced.with(Option::is_some) {
            return self
                .race
                .raced
                .with(|raced| self.race.results.with(|results| look(raced.as_ref().map(|state| (results, state)))));
        }
        let recorded = self.recorded.get();
        self.state.with(|state| look(recorded.as_ref().map(|recorded| (&recorded.results, state))))
    }

    /// Looks at what was set when the results were made, whatever the results are.
    pub fn with_state<T>(self, look: impl FnOnce(Option<&State>) -> T) -> T {
        if self.race.raced.with(Option::is_some) {
            return self.race.raced.with(|raced| look(raced.as_ref()));
        }
        let is_recorded = self.recorded.with(Option::is_some);
        self.state.with(|state| look(is_recorded.then_some(state)))
    }

    /// The label of a recording, where that is what is shown.
    pub fn recorded(self) -> Option<String> {
        if self.race.raced.with(Option::is_some) {
            return None;
        }
        self.recorded.get().map(|recorded| recorded.words.clone())
    }

    /// The schedules whose LR was changed by hand.
    pub fn steered(self) -> Vec<usize> {
        self.with(|shown| shown.map_or(Vec::new(), |(results, _)| results.factors.keys().copied().collect()))
    }

    /// Whether there is anything to show.
    pub fn is_empty(self) -> bool {
        self.with(|shown| shown.is_none())
    }
}

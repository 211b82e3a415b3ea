//! The runs of the session.

use std::sync::Arc;

use leptos::prelude::*;

use super::{Phase, Race, Results};
use crate::browser;
use crate::state::State;

/// A run that is kept until the tab is closed.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Counts from 1.
    pub number: usize,
    /// What was set.
    pub state: Arc<State>,
    /// What came of it.
    pub results: Arc<Results>,
    /// What it ran on, in words.
    pub device: String,
}

/// The most runs that are kept; the oldest goes first.
const MOST: usize = 12;

impl Race {
    /// Keeps what is shown. Runs of nothing are not kept.
    pub(super) fn keep(self) {
        let Some(state) = self.raced.get_untracked() else { return };
        let results = self.results.get_untracked();
        if results.steps == 0 {
            return;
        }
        let device = self.device.get_untracked();
        self.kept.update(|kept| {
            let number = kept.last().map_or(1, |last| last.number + 1);
            kept.push(Kept { number, state: Arc::new(state), results: Arc::new(results), device });
            let surplus = kept.len().saturating_sub(MOST);
            kept.drain(..surplus);
        });
    }

    /// Shows a kept run in the plots, and sets the page to what it was.
    pub fn show(self, number: usize, state: RwSignal<State>) {
        let found = self.kept.with_untracked(|kept| kept.iter().find(|run| run.number == number).cloned());
        if let Some(run) = found {
            self.clear();
            self.results.set(Results::clone(&run.results));
            self.raced.set(Some(State::clone(&run.state)));
            self.device.set(run.device);
            self.phase.set(Phase::Done);
            state.set(State::clone(&run.state));
            // Nobody looks at a place that has scrolled away.
            browser::scroll_to("loss-plot");
        }
    }

    /// Draws a kept run behind the one that is shown, or stops doing so.
    pub fn toggle_compare(self, number: usize) {
        self.compared.update(|compared| *compared = (*compared != Some(number)).then_some(number));
    }

    /// Forgets a kept run.
    pub fn forget(self, number: usize) {
        self.kept.update(|kept| kept.retain(|run| run.number != number));
        if self.compared.get_untracked() == Some(number) {
            self.compared.set(None);
        }
    }

    /// The kept run that is compared with.
    pub fn compared_run(self) -> Option<Kept> {
        let number = self.compared.get()?;
        self.kept.with(|kept| kept.iter().find(|run| run.number == number).cloned())
    }
}

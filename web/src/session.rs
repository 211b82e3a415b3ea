//! What the page knows beside its state: never in a link, gone with the tab.

use std::time::Duration;

use leptos::prelude::*;

use crate::state::State;

/// Changes closer together than this are one step for undo: a drag, a word.
const ONE_CHANGE: Duration = Duration::from_millis(400);
/// The most steps that can be undone.
const MOST_UNDONE: usize = 100;

/// Undo and redo, and where the reader's finger is. A copy is a handle on the same session.
#[derive(Clone, Copy)]
pub struct Session {
    /// The step under the crosshair that all plots of the race share.
    pub crosshair: RwSignal<Option<f64>>,
    past: RwSignal<Vec<State>>,
    future: RwSignal<Vec<State>>,
    settled: StoredValue<State>,
    /// There is a change that has not been taken as one yet.
    pending: RwSignal<bool>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl Session {
    /// A session that watches a state, for everything below in the tree.
    pub fn provide(state: RwSignal<State>) -> Self {
        let session = Self {
            crosshair: RwSignal::new(None),
            past: RwSignal::new(Vec::new()),
            future: RwSignal::new(Vec::new()),
            settled: StoredValue::new(state.get_untracked()),
            pending: RwSignal::new(false),
            timer: StoredValue::new(None),
        };
        Effect::new(move |before: Option<()>| {
            state.track();
            if before.is_some() {
                session.stop_waiting();
                session.pending.set(state.with(|state| session.settled.with_value(|settled| settled != state)));
                let timer = set_timeout_with_handle(move || session.settle(state), ONE_CHANGE);
                session.timer.set_value(timer.ok());
            }
        });
        provide_context(session);
        session
    }

    /// The session of the page.
    pub fn here(state: RwSignal<State>) -> Self {
        use_context().unwrap_or_else(|| Self::provide(state))
    }

    /// Whether there is something to undo.
    pub fn can_undo(self) -> bool {
        self.pending.get() || self.past.with(|past| !past.is_empty())
    }

    /// Whether there is something to redo.
    pub fn can_redo(self) -> bool {
        self.future.with(|future| !future.is_empty())
    }

    /// Takes the last change back.
    pub fn undo(self, state: RwSignal<State>) {
        self.settle(state);
        self.travel(state, self.past, self.future);
    }

    /// Makes the last change that was taken back again.
    pub fn redo(self, state: RwSignal<State>) {
        self.settle(state);
        self.travel(state, self.future, self.past);
    }

    fn travel(self, state: RwSignal<State>, from: RwSignal<Vec<State>>, to: RwSignal<Vec<State>>) {
        let Some(target) = from.try_update(Vec::pop).flatten() else { return };
        to.update(|states| states.push(state.get_untracked()));
        self.settled.set_value(target.clone());
        state.set(target);
    }

    /// Takes what is there as one change since the last time.
    fn settle(self, state: RwSignal<State>) {
        self.stop_waiting();
        self.pending.set(false);
        let now = state.get_untracked();
        let before = self.settled.get_value();
        if before != now {
            self.settled.set_value(now);
            self.future.update(Vec::clear);
            self.past.update(|past| {
                past.push(before);
                let surplus = past.len().saturating_sub(MOST_UNDONE);
                past.drain(..surplus);
            });
        }
    }

    fn stop_waiting(self) {
        if let Some(timer) = self.timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    }
}

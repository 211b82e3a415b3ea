//! The curves of the schedules on the page, each computed anew only when it changes.

use leptos::prelude::*;

use super::Trace;
use crate::state::{MAX_SCHEDULES, State};

/// One curve for each place in the list of schedules. A copy is a handle on the same curves.
#[derive(Clone, Copy)]
pub struct Curves {
    traces: [Memo<Trace>; MAX_SCHEDULES],
    count: Memo<usize>,
}

impl Curves {
    /// Watches the schedules of a state.
    pub fn new(state: RwSignal<State>) -> Self {
        let trace = |index: usize| {
            let input = Memo::new(move |_| {
                state.with(|state| {
                    let named = state.schedules.get(index)?;
                    Some((named.schedule.clone(), state.scheduler_optimizer(named.lr), state.drawn_run()))
                })
            });
            Memo::new(move |_| {
                input.with(|input| {
                    let Some((schedule, optimizer, run)) = input else { return Trace::default() };
                    Trace::of(schedule, optimizer, run)
                })
            })
        };
        Self {
            traces: std::array::from_fn(trace),
            count: Memo::new(move |_| state.with(|state| state.schedules.len().min(MAX_SCHEDULES))),
        }
    }

    /// How many there are.
    pub fn count(self) -> usize {
        self.count.get()
    }

    /// Looks at the curve of a schedule.
    pub fn with<T>(self, index: usize, look: impl FnOnce(&Trace) -> T) -> Option<T> {
        self.traces.get(index).map(|trace| trace.with(look))
    }
}

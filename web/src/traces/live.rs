//! The curves of the schedules on the page, each computed anew only when it changes.

use leptos::prelude::*;

use super::{Trace, momentum};
use crate::state::{MAX_SCHEDULES, State};

/// `(step, value)`, in order.
type Points = Vec<(f64, f64)>;

/// One curve for each place in the list of schedules. A copy is a handle on the same curves.
#[derive(Clone, Copy)]
pub struct Curves {
    traces: [Memo<Trace>; MAX_SCHEDULES],
    momenta: [Memo<Option<Points>>; MAX_SCHEDULES],
    count: Memo<usize>,
}

impl Curves {
    /// Watches the schedules of a state.
    pub fn new(state: RwSignal<State>) -> Self {
        let inputs: [_; MAX_SCHEDULES] = std::array::from_fn(|index| {
            Memo::new(move |_| {
                state.with(|state| {
                    let named = state.schedules.get(index)?;
                    Some((named.schedule.clone(), state.scheduler_optimizer(named.lr), state.drawn_run()))
                })
            })
        });
        let trace = |index: usize| {
            Memo::new(move |_| {
                inputs[index].with(|input| {
                    let Some((schedule, optimizer, run)) = input else { return Trace::default() };
                    Trace::of(schedule, optimizer, run)
                })
            })
        };
        let momentum = |index: usize| {
            Memo::new(move |_| {
                inputs[index].with(|input| {
                    let (schedule, optimizer, run) = input.as_ref()?;
                    momentum(schedule, optimizer, run)
                })
            })
        };
        Self {
            traces: std::array::from_fn(trace),
            momenta: std::array::from_fn(momentum),
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

    /// The momentum under a schedule, where that moves it.
    pub fn momentum(self, index: usize) -> Option<Points> {
        self.momenta.get(index)?.get()
    }
}

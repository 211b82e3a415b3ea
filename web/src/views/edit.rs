//! Changes of one schedule of the state.

use leptos::prelude::*;
use scheduler::permalink::NamedSchedule;
use scheduler::{Schedule, Scheduler};

use crate::compose::Chain;
use crate::state::State;

/// Changes a schedule; the change is told how many steps it has.
pub fn change(state: RwSignal<State>, index: usize, change: impl FnOnce(&mut NamedSchedule, usize)) {
    state.update(|state| {
        let steps = state.schedule_steps();
        if let Some(named) = state.schedules.get_mut(index) {
            change(named, steps);
        }
    });
}

/// Changes the blocks of a schedule, where it has some.
///
/// # Errors
/// What the change or the library says to it.
pub fn change_chain(
    state: RwSignal<State>,
    index: usize,
    change: impl FnOnce(&mut Chain, usize, f64) -> Result<(), String>,
) -> Result<(), String> {
    let found = state.with_untracked(|state| {
        let (steps, named) = (state.schedule_steps(), state.schedules.get(index)?);
        Some((Chain::of(&named.schedule, steps)?, steps, named.schedule.peak(named.lr)))
    });
    let Some((mut chain, steps, lr)) = found else { return Ok(()) };
    change(&mut chain, steps, lr)?;
    let schedule = chain.schedule();
    refused(state, index, &schedule)?;
    self::change(state, index, |named, _| named.schedule = schedule);
    Ok(())
}

/// What the constructor refuses is refused here, with its words.
///
/// # Errors
/// Those words.
pub fn refused(state: RwSignal<State>, index: usize, schedule: &Schedule) -> Result<(), String> {
    state.with_untracked(|state| {
        let lr = state.schedules.get(index).map_or(0.1, |named| named.lr);
        let mut optimizer = state.scheduler_optimizer(lr);
        Scheduler::new(schedule, &mut optimizer).map(drop).map_err(|error| error.message)
    })
}

//! What may help where most seeds have failed: as another schedule, never by changing the user's.

use leptos::prelude::*;
use scheduler::permalink::NamedSchedule;
use scheduler::torch::{LinearLR, SequentialLR};
use scheduler::{Schedule, Steps, format_lr};

use crate::state::{MAX_SCHEDULES, State};

/// Buttons that add a schedule beside the one that failed.
pub fn remedies(state: RwSignal<State>, index: usize, named: NamedSchedule) -> impl IntoView {
    let add = move |changed: NamedSchedule| {
        state.update(|state| {
            if state.schedules.len() < MAX_SCHEDULES {
                state.schedules.push(changed);
            }
        });
    };
    let warmed = with_warmup(&named, state.with_untracked(|state| state.experiment.steps));
    let mut halved = named.clone();
    let lr = named.schedule.peak(named.lr) / 2.0;
    halved.schedule.set_peak(&mut halved.lr, format_lr(lr).parse().unwrap_or(lr));
    halved.name = format!("{}, half the LR", named.name);
    let full = move || state.with(|state| state.schedules.len() >= MAX_SCHEDULES);
    view! {
        <span class="remedies">
            {warmed.map(|warmed| view! {
                <button type="button" class="quiet" disabled=full data-testid=format!("add-warmup-{index}")
                    on:click=move |_| add(warmed.clone())>"+ with warmup"</button>
            })}
            <button type="button" class="quiet" disabled=full data-testid=format!("half-lr-{index}")
                on:click=move |_| add(halved.clone())>"+ with half the LR"</button>
        </span>
    }
}

/// The schedule after a warmup of a fifth of the run; nothing where it has one or nothing can stand before it.
fn with_warmup(named: &NamedSchedule, steps: usize) -> Option<NamedSchedule> {
    let warmup = (steps / 5).max(1);
    if named.schedule.warmup().is_some() || named.schedule.needs_metric() || !named.schedule.children().is_empty() {
        return None;
    }
    let rise: Schedule =
        LinearLR { start_factor: 1.0 / warmup as f64, end_factor: 1.0, total_iters: Steps(warmup as f64) }.into();
    let schedule = if named.schedule == Schedule::constant() {
        rise
    } else {
        let mut rest = named.schedule.clone();
        rest.fit(steps, steps.saturating_sub(warmup).max(1));
        SequentialLR { schedulers: vec![rise, rest], milestones: vec![warmup as i64] }.into()
    };
    Some(NamedSchedule { name: format!("{}, warmup", named.name), lr: named.lr, schedule })
}

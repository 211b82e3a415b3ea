//! The LR in the hand of whoever watches: halved or doubled while the race is under way.

use leptos::prelude::*;

use crate::race::{Phase, Race};

/// Buttons for one schedule, while its lanes are trained.
#[component]
pub fn Steer(race: Race, index: usize, name: Signal<String>) -> impl IntoView {
    let trains = Memo::new(move |_| matches!(race.phase.get(), Phase::Training | Phase::Paused));
    let button = move |words: &'static str, verb: &'static str, times: f64| {
        view! {
            <button type="button" class="quiet" data-testid=format!("{}-lr-now-{index}", verb.to_lowercase())
                aria-label=move || format!("{verb} the LR of {} from the next step on", name.get())
                on:click=move |_| race.steer(index, times)>{words}</button>
        }
    };
    view! {
        <Show when=move || trains.get()>
            <span class="remedies">{button("LR ÷ 2", "Halve", 0.5)} {button("LR × 2", "Double", 2.0)}</span>
        </Show>
    }
}

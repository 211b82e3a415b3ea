//! What the demo claims, when it has shown it, and the switch that takes the reason away.

use leptos::prelude::*;

use crate::state::State;

/// The claim of the demo that the page started from, with its counter-example.
#[component]
pub fn Claim(state: RwSignal<State>) -> impl IntoView {
    let of_demo = move |words: fn(&State) -> String| Memo::new(move |_| state.with(words));
    let claim = of_demo(|state| state.demo.claim.to_owned());
    let source = of_demo(|state| state.demo.source.to_owned());
    let success = of_demo(|state| state.demo.success_words());
    let counter = of_demo(|state| state.demo.counter_example.words.to_owned());
    let on = Memo::new(move |_| state.with(State::is_counter_example));
    view! {
        <section class="claim-card" aria-label="Claim" data-testid="claim">
            <p class="claim">{claim}</p>
            <p class="counters">
                <button type="button" role="switch" class="counter" data-testid="counter-example"
                    aria-checked=move || on.get().to_string()
                    on:click=move |_| state.update(|state| state.set_counter_example(!on.get_untracked()))>
                    <span class="thumb" aria-hidden="true"></span>
                    "Counter-example"
                </button>
                <small>{counter}{move || on.get().then_some(" Press Run to see.")}</small>
            </p>
            <details class="claim-source">
                <summary>"Source, and what counts as shown"</summary>
                <p>{source}". "{success}</p>
            </details>
        </section>
    }
}

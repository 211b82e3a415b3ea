//! What the demo claims, and the switches that take the reason away.

use leptos::prelude::*;

use crate::demo::{CounterExample, counter_examples};
use crate::state::State;

/// The claim of the demo that the page started from, with its counter-examples.
#[component]
pub fn Claim(state: RwSignal<State>) -> impl IntoView {
    let demo = Memo::new(move |_| state.with(|state| state.demo.name));
    let switch = move |example: &'static CounterExample| {
        let on = Memo::new(move |_| state.with(example.is_on));
        view! {
            <button type="button" role="switch" class="counter" data-testid=format!("counter-{}", example.name)
                aria-checked=move || on.get().to_string() on:click=move |_| state.update(|state| (example.set)(state, !on.get_untracked()))>
                <span class="thumb" aria-hidden="true"></span>
                {example.title}
            </button>
            {move || on.get().then_some(view! { <small>{example.then}" Press Run to see."</small> })}
        }
    };
    view! {
        <section class="claim-card" aria-label="Claim" data-testid="claim">
            <p class="claim">{move || state.with(|state| state.demo.claim)}</p>
            {move || {
                let examples = counter_examples(demo.get());
                (!examples.is_empty()).then(|| view! {
                    <p class="counters"><span>"Take the reason away:"</span>{examples.iter().map(switch).collect_view()}</p>
                })
            }}
        </section>
    }
}

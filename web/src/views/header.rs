//! Title and demos.

use leptos::prelude::*;
use trainer::presets::{self, Preset};

use crate::link;
use crate::race::Race;
use crate::state::State;

/// The head of the page. Each demo is a link, as any other.
#[component]
pub fn Header(state: RwSignal<State>, race: Race) -> impl IntoView {
    let entry = move |demo: Preset| {
        let name = demo.name;
        let title = demo.title;
        let address = format!("#{}", link::encode(&State::from(demo.clone())));
        let open = move |event: leptos::ev::MouseEvent| {
            event.prevent_default();
            race.clear();
            state.set(State::from(demo.clone()));
        };
        view! {
            <a href=address data-testid=format!("demo-{name}") on:click=open
                aria-current=move || state.with(|state| (state.demo.name == name).then_some("page"))>{title}</a>
        }
    };
    view! {
        <header>
            <h1>"lrscope"</h1>
            <nav aria-label="Demos">{presets::all().into_iter().map(entry).collect_view()}</nav>
        </header>
        <p class="claim">{move || state.with(|state| words(&state.demo))}</p>
    }
}

/// What a demo claims, from where, when it has shown it, and where it does not hold.
fn words(demo: &Preset) -> String {
    let but = demo.counter_example.words;
    format!("{} ({}.) Shown when: {} But: {but}", demo.claim, demo.source, demo.success_words())
}

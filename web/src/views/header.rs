//! The demos.

use leptos::prelude::*;
use trainer::presets::{self, Preset};

use crate::link;
use crate::race::Race;
use crate::state::State;

/// The head of the race. Each demo is a link, as any other.
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
        <nav class="demos" aria-label="Demos">{presets::all().into_iter().map(entry).collect_view()}</nav>
    }
}

//! Advise: what to train with in a situation, each line with its reason and its source.
//!
//! ```text
//! link <--> Situation (form) --> worker --> RecipeReport: advice, curve, code, a lane for the playground
//! ```

mod code;
mod form;
mod link;
mod recipe;
mod state;

use leptos::prelude::*;

pub use state::AdviseState;

use code::Code;
use form::SituationForm;
use recipe::Recipe;

use crate::browser;

/// The view.
#[component]
pub fn Advise(
    /// What is kept from one visit to the next.
    state: AdviseState,
) -> impl IntoView {
    state.open_address();
    let listener = window_event_listener(leptos::ev::hashchange, move |_| state.open_address());
    on_cleanup(move || listener.remove());
    // The address follows the form once something in it has been changed.
    Effect::new(move |before: Option<()>| {
        let situation = state.situation.get();
        if before.is_some() {
            browser::set_fragment(&link::encode(&situation));
        }
    });
    let status = move || state.problem.get().or_else(|| state.tools.words());
    view! {
        <main class="tool advise">
            <h2 class="title">"Advise"</h2>
            <p class="claim">"A recipe for your situation: optimizer, LR, schedule and warmup, each with its reason, its source and how strong that is."</p>
            <div class="columns-of-tool">
                <SituationForm state />
                <div class="half">
                    {move || status().map(|sentence| view! { <p class="notice" role="status" data-testid="advise-status">{sentence}</p> })}
                    <Show when=move || state.report.with(Option::is_some)>
                        <Recipe state />
                        <Code state />
                    </Show>
                </div>
            </div>
        </main>
    }
}

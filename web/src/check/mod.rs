//! Check code: what is wrong with the schedules in a script, a notebook or a config, as one types.
//!
//! ```text
//! typed, dropped, opened, linked --> Source --(debounced)--> worker --> Checked --> findings, marks in the text, schedules
//!                                      ^                       |
//!                                      +------- mended --------+
//! ```

mod editor;
mod example;
mod findings;
mod opening;
mod run;
mod schedules;
mod share;
mod state;

use leptos::prelude::*;

pub use state::CheckState;

use editor::Editor;
use findings::Findings;
use run::Produced;
use schedules::DetectedSchedules;
use share::ShareCode;

/// The view.
#[component]
pub fn Check(
    /// What is kept from one visit to the next.
    state: CheckState,
) -> impl IntoView {
    state.open_address();
    let listener = window_event_listener(leptos::ev::hashchange, move |_| state.open_address());
    on_cleanup(move || listener.remove());
    view! {
        <main class="tool check">
            <h2 class="title">"Check code"</h2>
            <p class="claim">
                "Finds what is wrong with the learning rate in training code. The code is only read, in this page: it is never run and never sent."
            </p>
            <div class="halves">
                <div class="half">
                    <Editor state />
                    <ShareCode state />
                </div>
                <div class="half">
                    <Findings state />
                    <Produced state />
                    <DetectedSchedules state />
                </div>
            </div>
        </main>
    }
}

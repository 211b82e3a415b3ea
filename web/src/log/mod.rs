//! Read log: what went wrong in a run, from whatever it has written.
//!
//! ```text
//! dropped, opened, pasted --> Blob --> worker (as a stream) --> LogReport --> columns, plots with marks, symptoms
//!                                        ^                         |
//!                                        +---- another column -----+
//! ```

mod columns;
mod input;
mod plots;
mod state;
mod symptoms;

use leptos::prelude::*;

pub use state::LogState;

use columns::ColumnChoice;
use input::LogInput;
use plots::LogPlots;
use symptoms::Symptoms;

/// The view.
#[component]
pub fn ReadLog(
    /// What is kept from one visit to the next.
    state: LogState,
) -> impl IntoView {
    view! {
        <main class="tool log">
            <h2 class="title">"Read log"</h2>
            <p class="claim">
                "Says what went wrong in a run, from its log: CSV, JSON lines, trainer_state.json, a Keras history, TensorBoard events or plain text, be it the end of a traceback. It is read in this page and never sent."
            </p>
            <LogInput state />
            <Show when=move || state.report.with(Option::is_some)>
                <div class="halves">
                    <div class="half">
                        <Symptoms state />
                    </div>
                    <div class="half">
                        <LogPlots state />
                        <ColumnChoice state />
                    </div>
                </div>
            </Show>
        </main>
    }
}

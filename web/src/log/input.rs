//! Where a log comes from.

use leptos::html::Textarea;
use leptos::prelude::*;

use super::state::LogState;
use crate::files;

/// Logs of small runs that really happened, beside the page: file and what to call it.
const EXAMPLES: [(&str, &str); 3] = [
    ("./examples/peak-too-high-2.metrics.csv", "a CSV of Lightning"),
    ("./examples/decayed-too-fast-4.trainer_state.json", "a trainer_state.json"),
    ("./examples/resume-jump-3.trainer_state.json", "a run that was resumed"),
];

/// The drop zone, the field to paste into, and the examples.
#[component]
pub fn LogInput(state: LogState) -> impl IntoView {
    let area = NodeRef::<Textarea>::new();
    let over = RwSignal::new(false);
    let drop = move |event: leptos::ev::DragEvent| {
        event.prevent_default();
        over.set(false);
        state.open(files::file_of(&event));
    };
    let read = move |_| {
        if let Some(area) = area.get_untracked() {
            state.paste(&area.value());
        }
    };
    let status = move || {
        if let Some(problem) = state.problem.get() {
            return problem;
        }
        if state.busy.get() {
            return state.tools.words().unwrap_or_else(|| "Reading.".into());
        }
        let name = state.question.with(|question| question.name.clone());
        state
            .report
            .with(|report| {
                report
                    .as_ref()
                    .map(|report| format!("{name}: read as {}, {} rows with numbers.", report.format, report.rows))
            })
            .unwrap_or_default()
    };
    let examples = EXAMPLES.map(|(address, words)| {
        view! { <button type="button" class="quiet" data-testid=format!("example-{}", address.rsplit('/').next().unwrap_or_default())
            on:click=move |_| state.example(address)>{words}</button> }
    });
    view! {
        <section class="drop" aria-label="The log" class:over=over on:drop=drop on:dragleave=move |_| over.set(false)
            on:dragover=move |event| { event.prevent_default(); over.set(true); }>
            <div class="bar">
                <label class="file">
                    <input type="file" class="visually-hidden" data-testid="open-log" on:change=move |event| state.open(files::file_of(&event)) />
                    <span>"Open a log"</span>
                </label>
                <span>"or drop one here, or paste it:"</span>
            </div>
            <textarea node_ref=area rows="3" wrap="off" spellcheck="false" data-testid="log-text" aria-label="Text of a log"
                placeholder="step,loss,lr"></textarea>
            <div class="bar">
                <button type="button" data-testid="read-log" on:click=read>"Read the text"</button>
                <Show when=move || state.busy.get()>
                    <button type="button" class="quiet" data-testid="stop-reading" on:click=move |_| state.tools.cancel()>"Stop"</button>
                </Show>
                <span class="examples">"Try: " {examples.collect_view()}</span>
            </div>
            <p class="summary" role="status" data-testid="log-summary" data-state=move || if state.busy.get() { "busy" } else { "done" }>{status}</p>
        </section>
    }
}

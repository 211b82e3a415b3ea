//! Learn: rules, schedules and claims to search and to link to.

mod entry;
mod search;
mod state;

use leptos::prelude::*;
use tools::EntryKind;

pub use state::LearnState;

use entry::EntryArticle;

use crate::check::CheckState;
use crate::views::Field;

/// The kinds in the order in which they are shown, with their headings.
const KINDS: [(EntryKind, &str, &str); 3] = [
    (EntryKind::Claim, "claims", "Should I …?"),
    (EntryKind::Rule, "rules", "Mistakes that are found in code"),
    (EntryKind::Schedule, "schedules", "Schedules"),
];

/// The view.
#[component]
pub fn Learn(
    /// What is kept from one visit to the next.
    state: LearnState,
    /// Where examples are opened.
    check: CheckState,
) -> impl IntoView {
    state.open_address();
    let listener = window_event_listener(leptos::ev::hashchange, move |_| state.open_address());
    on_cleanup(move || listener.remove());
    let search = Callback::new(move |text: String| {
        state.sought.set(text);
        Ok::<(), String>(())
    });
    let status = move || state.problem.get().or_else(|| state.loading.get().then(|| "Loading the texts.".into()));
    let found = move || {
        let count = state.found.with(|found| found.len());
        state.entries.with(|entries| format!("{count} of {} entries.", entries.len()))
    };
    let list = move |kind: EntryKind, id: &'static str, heading: &'static str| {
        let of_kind = Memo::new(move |_| {
            let kept = |index: &usize| {
                state.entries.with(|entries| entries.get(*index).is_some_and(|entry| entry.kind == kind))
            };
            state.found.with(|found| found.iter().copied().filter(kept).collect::<Vec<_>>())
        });
        view! {
            <Show when=move || of_kind.with(|indices| !indices.is_empty())>
                <section class="entries" aria-labelledby=id>
                    <h3 id=id>{heading}</h3>
                    <For each=move || of_kind.get() key=|index| *index let:index>
                        <EntryArticle state check index />
                    </For>
                </section>
            </Show>
        }
    };
    view! {
        <main class="tool learn">
            <h2 class="title">"Learn"</h2>
            <p class="claim">"What is often said about schedules and whether it is true; the mistakes that are found in code; every schedule there is, with its formula. The same texts as in the command line."</p>
            <div class="bar">
                <Field label="Search" testid="search" value=state.sought accept=search />
                <p class="summary" role="status" data-testid="learn-summary">{move || status().unwrap_or_else(found)}</p>
            </div>
            {KINDS.map(|(kind, id, heading)| list(kind, id, heading)).collect_view()}
        </main>
    }
}

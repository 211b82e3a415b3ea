//! The runs of the session, to look at again, to compare with and to take away.

use leptos::prelude::*;
use trainer::outcome::Outcome;

use crate::browser;
use crate::link;
use crate::race::{Kept, Race, export};
use crate::state::State;

/// A list of runs; nothing before the first.
#[component]
pub fn History(state: RwSignal<State>, race: Race) -> impl IntoView {
    let any = Memo::new(move |_| race.kept.with(|kept| !kept.is_empty()));
    view! {
        <Show when=move || any.get()>
            <section class="history" aria-label="Runs of this session" data-testid="history">
                <h2>"Runs of this session"</h2>
                <ol>
                    <For each=move || race.kept.get().into_iter().rev() key=|run| run.number let:run>
                        {row(state, race, run)}
                    </For>
                </ol>
            </section>
        </Show>
    }
}

fn row(state: RwSignal<State>, race: Race, run: Kept) -> impl IntoView {
    let number = run.number;
    let counts = run.state.schedules.iter().enumerate().map(|(index, named)| {
        let (learned, seeds) = run.results.count(index, Outcome::Learned);
        format!("{} {learned}/{seeds}", named.name)
    });
    let counts = counts.collect::<Vec<_>>().join(", ");
    let (as_csv, as_json) = (run.clone(), run.clone());
    let compared = Memo::new(move |_| race.compared.get() == Some(number));
    view! {
        <li data-testid=format!("kept-{number}")>
            <b>{format!("Run {number}")}</b>
            <span>{run.state.demo.title}", "{run.results.steps}" steps"</span>
            <span class="others">{counts}</span>
            <span class="remedies">
                <button type="button" class="quiet" data-testid=format!("show-{number}") on:click=move |_| race.show(number, state)>"Show"</button>
                <button type="button" class="quiet" data-testid=format!("compare-{number}") aria-pressed=move || compared.get().to_string()
                    on:click=move |_| race.toggle_compare(number)>"Compare"</button>
                <button type="button" class="quiet" data-testid=format!("csv-{number}") on:click=move |_| {
                    browser::download(&format!("lrscope-run-{number}.csv"), "text/csv", &export::csv(&as_csv.state, &as_csv.results));
                }>"CSV"</button>
                <button type="button" class="quiet" data-testid=format!("json-{number}") on:click=move |_| {
                    let link = format!("#{}", link::encode(&as_json.state));
                    let text = export::json(&as_json.state, &as_json.results, &as_json.device, &link);
                    browser::download(&format!("lrscope-run-{number}.json"), "application/json", &text);
                }>"JSON"</button>
                <button type="button" class="quiet" data-testid=format!("forget-{number}") aria-label=format!("Delete run {number}")
                    on:click=move |_| race.forget(number)>"Delete"</button>
            </span>
        </li>
    }
}

//! How many seeds of each schedule have learned.

use leptos::prelude::*;
use trainer::outcome::Outcome;

use crate::app::Shown;
use crate::plot::MARKS;
use crate::race::{Phase, Race};
use crate::state::State;

/// A count for each schedule, with what became of the other seeds.
#[component]
pub fn Outcomes(state: RwSignal<State>, #[prop(into)] shown: Signal<Shown>, race: Race) -> impl IntoView {
    let rows = move || {
        shown.with(|shown| {
            let schedules = shown.state.as_ref().map_or(&[][..], |state| &state.schedules);
            schedules.iter().enumerate().map(|(index, named)| row(index, &named.name, shown)).collect_view()
        })
    };
    let changed = move || {
        matches!(race.phase.get(), Phase::Done | Phase::Stopped)
            && race.raced.with(|raced| raced.as_ref().is_some_and(|raced| state.with(|state| !same_run(raced, state))))
    };
    view! {
        <section class="outcomes" aria-label="Outcomes" aria-live="polite">
            <ul>{rows}</ul>
            <Show when=changed><p class="description">"The settings have changed since this run; press Run to see what they do."</p></Show>
        </section>
    }
}

fn same_run(a: &State, b: &State) -> bool {
    a.experiment == b.experiment && a.schedules == b.schedules && a.seeds == b.seeds
}

fn row(index: usize, name: &str, shown: &Shown) -> impl IntoView + use<> {
    let (learned, seeds) = shown.results.count(index, Outcome::Learned);
    let others = [
        (Outcome::AtChance, "stuck at chance"),
        (Outcome::Diverged, "diverged"),
        (Outcome::Learning, "still learning"),
    ];
    let others: Vec<String> = others
        .into_iter()
        .filter_map(|(outcome, words)| {
            let (count, _) = shown.results.count(index, outcome);
            (count > 0).then(|| format!("{count} {words}"))
        })
        .collect();
    let dots = shown.results.of_schedule(index).map(|lane| {
        let (class, words) = match shown.results.outcome(lane) {
            Outcome::Learned => ("learned", "learned"),
            Outcome::AtChance => ("stuck", "stuck at chance"),
            Outcome::Diverged => ("diverged", "diverged"),
            Outcome::Learning => ("learning", "still learning"),
        };
        view! { <i class=class title=format!("seed {}: {words}", lane.lane.seed)></i> }
    });
    view! {
        <li class=format!("style-{index}")>
            <span class="swatch" aria-hidden="true">{MARKS[index % MARKS.len()]}</span>
            <span class="name">{name.to_string()}</span>
            <strong data-testid=format!("outcome-{index}") data-learned=learned.to_string() data-seeds=seeds.to_string()>
                {format!("{learned} of {seeds} learned")}
            </strong>
            <span class="dots" aria-hidden="true">{dots.collect_view()}</span>
            <span class="others">{others.join(", ")}</span>
        </li>
    }
}

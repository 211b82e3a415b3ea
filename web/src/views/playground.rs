//! Compose and race: schedules on the left, what they do on the right.

use leptos::prelude::*;

use super::{
    Claim, Export, Findings, History, LossPlot, LrPlot, Outcomes, Plateaus, RunBar, RunSettings, Schedules, Settings,
    Share, Undo,
};
use crate::browser;
use crate::parts::Part;
use crate::race::{Phase, Race, Shown};
use crate::state::State;
use crate::surface::DecisionSurface;
use crate::traces::Curves;

/// The view that the page opens with.
#[component]
pub fn Playground(state: RwSignal<State>, race: Race) -> impl IntoView {
    let curves = Curves::new(state);
    let shown = Shown::new(state, race);
    let shows = move |part: Part| {
        let shows = Memo::new(move |_| state.with(|state| state.shows(part)));
        move || shows.get()
    };
    let embedded = Memo::new(move |_| state.with(|state| state.embedded));
    Effect::new(move |_| browser::mark_embedded(embedded.get()));

    // The tab tells how far a run is.
    Effect::new(move |_| {
        let all = race.raced.with(|raced| raced.as_ref().map_or(1, |state| state.experiment.steps)).max(1);
        let title = match race.phase.get() {
            Phase::Training => format!("▶ {} % · lrscope", 100 * race.results.with(|results| results.steps) / all),
            Phase::Paused => "⏸ lrscope".into(),
            Phase::Interrupted => "✕ interrupted · lrscope".into(),
            _ => "lrscope".into(),
        };
        document().set_title(&title);
    });

    let left =
        move || state.with(|state| [Part::Schedules, Part::Settings, Part::Run].iter().any(|part| state.shows(*part)));
    view! {
        <Show when=shows(Part::Claim)><Claim state /></Show>
        <main class:alone=move || !left()>
            <div class="settings">
                <Undo state />
                <Show when=shows(Part::Schedules)><Schedules state /></Show>
                <Show when=shows(Part::Settings)><Settings state /></Show>
                <Show when=shows(Part::Run)><RunSettings state /></Show>
            </div>
            <div class="plots">
                <LrPlot state curves shown />
                <Show when=shows(Part::Findings)><Findings state /></Show>
                <RunBar state race />
                <LossPlot state race shown />
                <Plateaus shown />
                <DecisionSurface state race shown />
                <Outcomes state shown race />
                <Show when=shows(Part::History)><History state race /></Show>
                <Show when=shows(Part::Export)><Export state curves /></Show>
                <Share state />
            </div>
        </main>
    }
}

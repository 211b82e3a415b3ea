//! The page as a whole.

use leptos::prelude::*;

use crate::find_lr::FindLr;
use crate::race::{Phase, Race, Results};
use crate::state::State;
use crate::views::{Header, LossPlot, LrPlot, Notices, Outcomes, RunBar, Schedules, Settings, Share};
use crate::{browser, link, recorded};

/// The root component.
#[component]
pub fn App() -> impl IntoView {
    let (state, problems) = link::decode(&browser::fragment());
    let state = RwSignal::new(state);
    let problems = RwSignal::new(problems);
    let race = Race::new();
    let recording = recorded::warmup();

    // The address follows the state, so that a reload and a copied address keep it. Not before the first change: the
    // address of a bare visit stays bare.
    let opened = state.get_untracked();
    Effect::new(move |follows: Option<bool>| {
        let follows = follows.unwrap_or(false) || state.with(|state| *state != opened);
        if follows {
            browser::set_fragment(&link::encode(&state.get()));
        }
        follows
    });
    let listener = window_event_listener(leptos::ev::hashchange, move |_| {
        let (linked, sentences) = link::decode(&browser::fragment());
        if linked != state.get_untracked() {
            race.clear();
            state.set(linked);
        }
        problems.set(sentences);
    });
    on_cleanup(move || listener.remove());

    // What is drawn: the race, and before there is one the recording, as long as it shows what the page is set to.
    let shown = Memo::new(move |_| {
        if race.raced.with(Option::is_some) {
            return Shown { results: race.results.get(), state: race.raced.get(), recorded: None };
        }
        let fits = |recording: &&trainer::recording::Recording| {
            state.with(|state| {
                let schedules = state.schedules.iter().map(|named| (named.lr, &named.schedule));
                recording.experiment == state.experiment
                    && schedules
                        .eq(recording.schedules.iter().map(|scheduled| (scheduled.base_lr, &scheduled.schedule)))
            })
        };
        match recording.as_ref().filter(fits) {
            Some(recording) => Shown {
                results: Results::recorded(recording),
                state: Some(state.get()),
                recorded: Some(format!(
                    "Recorded on {} with this code on {}. Press Run to do it on your machine.",
                    recording.date, recording.device
                )),
            },
            None => Shown::default(),
        }
    });

    // The tab tells how far a run is.
    Effect::new(move |_| {
        let share = race.raced.with(|raced| raced.as_ref().map_or(1, |state| state.experiment.steps)).max(1);
        let title = match race.phase.get() {
            Phase::Training => format!("▶ {} % · lrscope", 100 * race.results.with(|results| results.steps) / share),
            Phase::Paused => "⏸ lrscope".into(),
            _ => "lrscope".into(),
        };
        document().set_title(&title);
    });

    view! {
        <Header state race />
        <Notices problems race />
        <main>
            <div class="settings">
                <Schedules state />
                <Settings state />
            </div>
            <div class="plots">
                <LrPlot state />
                <RunBar state race />
                <LossPlot state shown />
                <Outcomes state shown race />
                <FindLr state />
                <Share state />
            </div>
        </main>
        <footer>
            <p>"Every LR on this page is what torch 2.15 would use, to the last bit. Training runs in this page; nothing is sent anywhere."</p>
        </footer>
    }
}

/// The results on display, and where they come from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shown {
    /// Losses and outcomes.
    pub results: Results,
    /// What was trained; `None` where there is nothing to show.
    pub state: Option<State>,
    /// The label of a recording.
    pub recorded: Option<String>,
}

//! The race: its state, which follows the address and is followed by it.

use leptos::prelude::*;

use crate::find_lr::FindLr;
use crate::race::Race;
use crate::session::Session;
use crate::state::State;
use crate::view::{self, View};
use crate::views::{Header, Notices, Playground};
use crate::{browser, link};

/// The view of the race. It stays while others are shown, so that a race goes on.
#[component]
pub fn RaceView(
    /// The view that is shown.
    view: RwSignal<View>,
) -> impl IntoView {
    let (state, problems) = linked().unwrap_or_default();
    let state = RwSignal::new(state);
    let problems = RwSignal::new(problems);
    let race = Race::new();
    Session::provide(state);

    // The address follows the state, so that a reload and a copied address keep it. Not before the first change: the
    // address of a bare visit stays bare.
    let opened = state.get_untracked();
    Effect::new(move |follows: Option<bool>| {
        let follows = follows.unwrap_or(false) || state.with(|state| *state != opened);
        if follows && view.get().is_of_race() {
            browser::set_fragment_soon(of_view(view.get(), link::encode(&state.get())));
        }
        follows
    });
    let listener = window_event_listener(leptos::ev::hashchange, move |_| {
        let Some((linked, sentences)) = linked() else { return };
        if linked != state.get_untracked() {
            race.clear();
            state.set(linked);
        }
        problems.set(sentences);
    });
    on_cleanup(move || listener.remove());

    view! {
        <section aria-label="Demo">
            <Header state race />
            <Notices problems race />
        </section>
        <div hidden=move || view.get() != View::Race>
            <Playground state race />
        </div>
        <main class="tool" hidden=move || view.get() != View::FindLr>
            <FindLr state />
        </main>
    }
}

/// The fragment of a view of the race's state.
fn of_view(view: View, fragment: String) -> String {
    match view {
        View::Race => fragment,
        view => format!("view={}&{fragment}", view.name()),
    }
}

/// What the address says to the race, if anything, with sentences on what cannot be read.
fn linked() -> Option<(State, Vec<String>)> {
    let fragment = browser::fragment();
    let (view, problem) = View::of(&fragment);
    if !view.is_of_race() {
        return None;
    }
    let says = view::of_race(&fragment).or_else(|| problem.is_some().then(String::new))?;
    let (state, mut sentences) = link::decode(&says);
    sentences.extend(problem);
    Some((state, sentences))
}

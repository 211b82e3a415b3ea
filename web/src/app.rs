//! The page as a whole.

use leptos::prelude::*;

use crate::race::Race;
use crate::session::Session;
use crate::views::{Header, Notices, Playground};
use crate::{browser, link};

/// The root component.
#[component]
pub fn App() -> impl IntoView {
    let (state, problems) = link::decode(&browser::fragment());
    let state = RwSignal::new(state);
    let problems = RwSignal::new(problems);
    let race = Race::new();
    Session::provide(state);

    // The address follows the state, so that a reload and a copied address keep it. Not before the first change: the
    // address of a bare visit stays bare.
    let opened = state.get_untracked();
    Effect::new(move |follows: Option<bool>| {
        let follows = follows.unwrap_or(false) || state.with(|state| *state != opened);
        if follows {
            browser::set_fragment_soon(link::encode(&state.get()));
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

    view! {
        <Header state race />
        <Notices problems race />
        <Playground state race />
        <footer>
            <p>"Every LR on this page is what torch 2.15 would use, to the last bit. Training runs in this page; nothing is sent anywhere."</p>
        </footer>
    }
}

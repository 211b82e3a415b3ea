//! The page as a whole: the navigation, the view that the address names, and what is kept from one view to the next.

use leptos::prelude::*;

use crate::advise::{Advise, AdviseState};
use crate::ask::Tools;
use crate::browser;
use crate::check::{Check, CheckState};
use crate::learn::{Learn, LearnState};
use crate::log::{LogState, ReadLog};
use crate::race_view::RaceView;
use crate::view::View;

/// The root component.
#[component]
pub fn App() -> impl IntoView {
    let view = RwSignal::new(View::of(&browser::fragment()).0);
    let tools = Tools::new();
    let check = CheckState::new(tools);
    let advise = AdviseState::new(tools);
    let log = LogState::new(tools);
    let learn = LearnState::new();

    let listener = window_event_listener(leptos::ev::hashchange, move |_| {
        let (next, _) = View::of(&browser::fragment());
        if next != view.get_untracked() {
            view.set(next);
            browser::window().scroll_to_with_x_and_y(0.0, 0.0);
        }
    });
    on_cleanup(move || listener.remove());
    Effect::new(move |_| {
        document().set_title(&match view.get() {
            View::Race => "lrscope".to_owned(),
            other => format!("{} · lrscope", other.words()),
        });
        // A plot that was hidden does not know how wide it is.
        if view.get() == View::Race {
            request_animation_frame(browser::announce_resize);
        }
    });

    view! {
        <header class="top">
            <h1>"lrscope"</h1>
            <nav aria-label="Views">
                {View::ALL.map(|(target, name, words)| view! {
                    <a href=format!("#{}", target.link(&[])) data-testid=format!("view-{name}")
                        aria-current=move || (view.get() == target).then_some("page")>{words}</a>
                }).collect_view()}
            </nav>
        </header>
        <div hidden=move || !view.get().is_of_race()>
            <RaceView view />
        </div>
        {move || match view.get() {
            View::Race | View::FindLr => ().into_any(),
            View::Check => view! { <Check state=check /> }.into_any(),
            View::Advise => view! { <Advise state=advise /> }.into_any(),
            View::Log => view! { <ReadLog state=log /> }.into_any(),
            View::Learn => view! { <Learn state=learn check /> }.into_any(),
        }}
        <footer>
            <p>"Every LR on this page is what the library named would use, to the last bit. Training, checking and reading happen in this page; nothing is sent anywhere."</p>
        </footer>
    }
}

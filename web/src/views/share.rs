//! The permalink, as an address, as Markdown, as code for a page of one's own.

use leptos::prelude::*;

use crate::parts::Part;
use crate::state::State;
use crate::{browser, link};

/// Copies a link that reopens exactly this state.
#[component]
pub fn Share(state: RwSignal<State>) -> impl IntoView {
    let text = RwSignal::new(None::<String>);
    let copied = RwSignal::new(None::<bool>);
    let share = move |form: fn(&State) -> String| {
        let shared = form(&state.get_untracked());
        text.set(Some(shared.clone()));
        copied.set(None);
        leptos::task::spawn_local(async move {
            copied.set(Some(browser::copy(&shared).await));
        });
    };
    let picture = || {
        leptos::task::spawn_local(async {
            browser::download_png("lrscope.png", "lr-plot").await;
        });
    };
    // A link that no longer says what the page shows is worse than none.
    Effect::new(move |before: Option<()>| {
        state.track();
        if before.is_some() {
            text.set(None);
        }
    });
    view! {
        <section class="share" aria-label="Share">
            <button type="button" data-testid="share" on:click=move |_| share(address)>"Share"</button>
            <details class="menu" data-testid="share-menu">
                <summary>"More"</summary>
                <button type="button" class="quiet" data-testid="share-markdown" on:click=move |_| share(markdown)>"Copy as Markdown"</button>
                <button type="button" class="quiet" data-testid="share-embed" on:click=move |_| share(frame)>"Copy as HTML frame"</button>
                <button type="button" class="quiet" data-testid="share-png" on:click=move |_| picture()>"Save the plot as PNG"</button>
                <Teacher state />
            </details>
            {move || text.get().map(|text| view! {
                <input type="text" readonly data-testid="share-link" aria-label="Link to this state" prop:value=text
                    on:focus:target=move |event| event.target().select() />
                <span aria-live="polite">{move || match copied.get() {
                    Some(true) => "Copied.",
                    Some(false) => "The browser does not let the page copy; select the link and copy it.",
                    None => "",
                }}</span>
            })}
        </section>
    }
}

/// What a teacher may hide: the link then opens without it.
#[component]
fn Teacher(state: RwSignal<State>) -> impl IntoView {
    let boxes = Part::ALL.map(|(part, name, words)| {
        let toggle = move |shown: bool| {
            state.update(|state| {
                state.hidden.retain(|hidden| *hidden != part);
                if !shown {
                    state.hidden.push(part);
                    state.hidden.sort();
                }
            });
        };
        view! {
            <label class="switch">
                <input type="checkbox" data-testid=format!("shows-{name}") prop:checked=move || state.with(|state| state.shows(part))
                    on:change:target=move |event| toggle(event.target().checked()) />
                {words}
            </label>
        }
    });
    view! {
        <fieldset class="teacher">
            <legend>"Parts to show"</legend>
            {boxes.collect_view()}
        </fieldset>
    }
}

fn address(state: &State) -> String {
    browser::set_fragment(&link::encode(state))
}

fn markdown(state: &State) -> String {
    let names: Vec<&str> = state.schedules.iter().map(|named| named.name.as_str()).collect();
    let mut text = format!("[{}]({})\n", names.join(" against "), address(state).replace(')', "%29"));
    for named in &state.schedules {
        text += &format!("\n* {}: LR {}, `{}`", named.name, named.lr, named.schedule);
    }
    text
}

fn frame(state: &State) -> String {
    let embedded = State { embedded: true, ..state.clone() };
    let address = browser::address_of(&link::encode(&embedded));
    format!(
        "<iframe src=\"{}\" width=\"100%\" height=\"760\" title=\"lrscope\"></iframe>",
        address.replace('&', "&amp;").replace('"', "%22")
    )
}

//! The permalink.

use leptos::prelude::*;

use crate::state::State;
use crate::{browser, link};

/// Copies a link that reopens exactly this state.
#[component]
pub fn Share(state: RwSignal<State>) -> impl IntoView {
    let address = RwSignal::new(None::<String>);
    let copied = RwSignal::new(None::<bool>);
    let share = move |_| {
        let link = browser::set_fragment(&link::encode(&state.get_untracked()));
        address.set(Some(link.clone()));
        copied.set(None);
        leptos::task::spawn_local(async move {
            copied.set(Some(browser::copy(&link).await));
        });
    };
    // A link that no longer says what the page shows is worse than none.
    Effect::new(move |before: Option<()>| {
        state.track();
        if before.is_some() {
            address.set(None);
        }
    });
    view! {
        <section class="share" aria-label="Share">
            <button type="button" data-testid="share" on:click=share>"Share"</button>
            {move || address.get().map(|address| view! {
                <input type="text" readonly data-testid="share-link" aria-label="Link to this state" prop:value=address
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

//! Undo and redo, by buttons and by keys.

use leptos::ev::KeyboardEvent;
use leptos::html::Div;
use leptos::prelude::*;

use crate::browser;
use crate::session::Session;
use crate::state::State;

/// Two buttons; Ctrl+Z and Ctrl+Shift+Z do the same, outside of text fields, which have an undo of their own.
#[component]
pub fn Undo(state: RwSignal<State>) -> impl IntoView {
    let session = Session::here(state);
    let buttons = NodeRef::<Div>::new();
    // What cannot be seen is not changed by a key.
    let is_visible = move || buttons.get_untracked().is_some_and(|buttons| buttons.client_height() > 0);
    let key = move |event: KeyboardEvent| {
        let control = event.ctrl_key() || event.meta_key();
        if !control || event.alt_key() || browser::is_typing() || !is_visible() {
            return;
        }
        match (event.key().to_ascii_lowercase().as_str(), event.shift_key()) {
            ("z", false) => session.undo(state),
            ("z", true) | ("y", _) => session.redo(state),
            _ => return,
        }
        event.prevent_default();
    };
    let listener = window_event_listener(leptos::ev::keydown, key);
    on_cleanup(move || listener.remove());
    view! {
        <div class="undo" role="group" aria-label="Changes" node_ref=buttons>
            <button type="button" data-testid="undo" disabled=move || !session.can_undo() on:click=move |_| session.undo(state)>"Undo"</button>
            <button type="button" data-testid="redo" disabled=move || !session.can_redo() on:click=move |_| session.redo(state)>"Redo"</button>
        </div>
    }
}

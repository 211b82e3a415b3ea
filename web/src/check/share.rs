//! The link, which holds the code only where somebody wants it to.

use leptos::prelude::*;

use super::state::CheckState;
use crate::view::View;
use crate::{browser, files};

/// Longer links are not made: programs that pass them on cut them off.
const MOST: usize = 8 * 1024;

/// The tick, the size, and the button that copies.
#[component]
pub fn ShareCode(state: CheckState) -> impl IntoView {
    let size = RwSignal::new(None::<Result<usize, String>>);
    let copied = RwSignal::new(None::<bool>);
    Effect::new(move |_| {
        let source = state.source.get();
        copied.set(None);
        if !state.in_link.get() {
            size.set(None);
            return;
        }
        leptos::task::spawn_local(async move {
            let packed = files::pack(&source.text).await;
            // Packing takes a moment; what it was about may be gone by then.
            let is_current = state.source.try_with_untracked(|now| *now == source) == Some(true)
                && state.in_link.try_get_untracked() == Some(true);
            let View::Check = View::of(&browser::fragment()).0 else { return };
            if is_current {
                let _ = size.try_set(Some(put(state, &source.name, packed)));
            }
        });
    });
    let tick = move |ticked: bool| {
        state.in_link.set(ticked);
        if !ticked {
            browser::set_fragment(&View::Check.link(&[]));
        }
    };
    let words = move || match size.get() {
        None => "Without the tick the link holds none of it.".to_owned(),
        Some(Ok(bytes)) => format!("The link has {:.1} kB.", bytes as f64 / 1000.0),
        Some(Err(sentence)) => sentence,
    };
    let share = move |_| {
        leptos::task::spawn_local(async move {
            let done = browser::copy(&browser::address()).await;
            // By then somebody may have left the view.
            let _ = copied.try_set(Some(done));
        });
    };
    view! {
        <div class="share-code">
            <label class="switch">
                <input type="checkbox" data-testid="code-in-link" prop:checked=state.in_link
                    on:change:target=move |event| tick(event.target().checked()) />
                "put the code into the link"
            </label>
            <span class="size" data-testid="link-size" aria-live="polite">{words}</span>
            <button type="button" class="quiet" data-testid="copy-link" on:click=share>"Copy the link"</button>
            <span aria-live="polite">{move || match copied.get() {
                Some(true) => "Copied.",
                Some(false) => "The browser does not let the page copy; copy the address.",
                None => "",
            }}</span>
        </div>
    }
}

/// Puts the code into the address, if it is not too long, and says how long that is.
fn put(state: CheckState, name: &str, packed: Option<String>) -> Result<usize, String> {
    let packed = packed.ok_or("This browser cannot pack it.")?;
    if packed.len() > MOST {
        browser::set_fragment(&View::Check.link(&[]));
        let kilobytes = packed.len() as f64 / 1000.0;
        return Err(format!(
            "The code is too long for a link: {kilobytes:.1} kB packed, at most {:.1}.",
            MOST as f64 / 1000.0
        ));
    }
    state.remember_link(&packed);
    let mut settings = vec![("code", packed)];
    if !name.is_empty() {
        settings.push(("name", name.to_owned()));
    }
    Ok(browser::set_fragment(&View::Check.link(&settings)).len())
}

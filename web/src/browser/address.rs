//! The address of the page and its fragment.

use std::cell::Cell;
use std::time::Duration;

use wasm_bindgen::JsValue;

use super::window;

/// The fragment of the page's address, without `#`.
pub fn fragment() -> String {
    window().location().hash().unwrap_or_default().trim_start_matches('#').to_string()
}

/// The whole address of the page as it is now.
pub fn address() -> String {
    window().location().href().unwrap_or_default()
}

/// The whole address of the page with a fragment.
pub fn address_of(fragment: &str) -> String {
    let address = address();
    let base = address.split('#').next().unwrap_or_default();
    format!("{base}#{fragment}")
}

/// Replaces the fragment without a new entry in the history, and returns the whole address.
pub fn set_fragment(fragment: &str) -> String {
    let address = address_of(fragment);
    if let Ok(history) = window().history() {
        // Fails only for addresses of another origin, which this is not.
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
    }
    address
}

/// Replaces the fragment once changes have ceased for a moment, unless the user has gone elsewhere by then: browsers allow
/// only so many per second.
pub fn set_fragment_soon(fragment: String) {
    thread_local! {
        static LAST: Cell<u32> = const { Cell::new(0) };
    }
    const MOMENT: Duration = Duration::from_millis(250);
    let turn = LAST.get().wrapping_add(1);
    LAST.set(turn);
    let before = self::fragment();
    let replace = move || {
        // Whoever has gone on to another address meanwhile stays there.
        if LAST.get() == turn && self::fragment() == before {
            set_fragment(&fragment);
        }
    };
    leptos::prelude::set_timeout(replace, MOMENT);
}

//! What is seen, and where the keyboard is.

use js_sys::Function;
use wasm_bindgen::JsCast;

use super::window;

/// Tells all who care for the size of the window that it may have changed.
pub fn announce_resize() {
    if let Ok(event) = web_sys::Event::new("resize") {
        // Fails only for events that are under way already.
        let _ = window().dispatch_event(&event);
    }
}

/// Whether the user wants as little motion as can be.
pub fn prefers_reduced_motion() -> bool {
    let query = window().match_media("(prefers-reduced-motion: reduce)");
    query.ok().flatten().is_some_and(|query| query.matches())
}

/// Brings a part of the page, by its name for tests, into view.
pub fn scroll_to(testid: &str) {
    let element =
        window().document().and_then(|page| page.query_selector(&format!("[data-testid='{testid}']")).ok()?);
    if let Some(element) = element {
        element.scroll_into_view();
    }
}

/// Whether the keyboard is in a field for text.
pub fn is_typing() -> bool {
    let focused = window().document().and_then(|page| page.active_element());
    focused.is_some_and(|element| element.matches("input[type=text], textarea").unwrap_or(false))
}

/// Tells the style sheet whether the page is a part of another one.
pub fn mark_embedded(embedded: bool) {
    if let Some(root) = window().document().and_then(|page| page.document_element()) {
        // Fails only for names that no attribute can have.
        let _ = if embedded { root.set_attribute("data-embedded", "") } else { root.remove_attribute("data-embedded") };
    }
}

/// Puts the keyboard where a pointer has been.
pub fn focus(target: &web_sys::EventTarget) {
    // Fails for what cannot be focused, and then there is nothing to do.
    let focus = js_sys::Reflect::get(target, &"focus".into()).ok().and_then(|focus| focus.dyn_into::<Function>().ok());
    if let Some(focus) = focus {
        let _ = focus.call0(target);
    }
}

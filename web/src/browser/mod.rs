//! Rust's side of `browser.js`, and the few things of the window that the page asks for.
//!
//! * [`address`]: the fragment and what follows it; [`device`]: what the page can train on; [`worker`]: the workers;
//!   [`files`]: what is loaded, saved and copied; [`screen`]: what is seen and where the keyboard is.

mod address;
mod device;
mod files;
mod screen;
mod worker;

use wasm_bindgen::prelude::*;

pub use address::{address, address_of, fragment, set_fragment, set_fragment_soon};
pub use device::{Gpu, probe_gpu, trainer_threads};
pub use files::{copy, download, download_png, load_bytes, svg_of};
pub use screen::{announce_resize, focus, is_typing, mark_embedded, prefers_reduced_motion, scroll_to};
pub use worker::{Trainer, load_trainer};

/// The window of the page.
pub fn window() -> web_sys::Window {
    leptos::prelude::window()
}

/// Milliseconds since the page was opened.
pub fn now() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}

/// What went wrong, in words.
fn words(error: &JsValue) -> String {
    match error.dyn_ref::<js_sys::Error>() {
        Some(error) => String::from(error.message()),
        None => error.as_string().unwrap_or_else(|| format!("{error:?}")),
    }
}

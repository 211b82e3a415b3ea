//! How wide a chart is.

use leptos::html::Div;
use leptos::prelude::*;

/// Pixels that a chart is wide before it has been measured.
const USUAL: f64 = 640.0;

/// The width of an element in CSS pixels, now and whenever the window changes.
pub fn width(of: NodeRef<Div>) -> RwSignal<f64> {
    let width = RwSignal::new(USUAL);
    let measure = move || {
        // A frame later the chart may be gone.
        if let (Some(Some(element)), Some(before)) = (of.try_get_untracked(), width.try_get_untracked()) {
            let measured = f64::from(element.client_width());
            if measured > 0.0 && measured != before {
                width.set(measured);
            }
        }
    };
    of.on_load(move |_| request_animation_frame(measure));
    let listener = window_event_listener(leptos::ev::resize, move |_| measure());
    on_cleanup(move || listener.remove());
    width
}

//! The crosshair: a place on the horizontal axis, the same in all charts that share it.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use super::Unit;
use super::axis::Axis;
use super::frame::{BOTTOM, HEIGHT, TOP};
use super::readout::Readout;

/// A vertical line that the arrow keys move.
#[component]
pub fn Cursor(
    /// What is read off, for those who cannot see it.
    #[prop(into)]
    title: Signal<String>,
    /// The place under the crosshair.
    at: RwSignal<Option<f64>>,
    x_axis: Memo<Axis>,
    #[prop(into)] x_end: Signal<f64>,
    #[prop(into)] unit: Signal<Unit>,
    readout: Readout,
) -> impl IntoView {
    let key = move |event: KeyboardEvent| {
        let (end, unit) = (x_end.get_untracked(), unit.get_untracked());
        let now = at.get_untracked().unwrap_or(0.0);
        let stride = if event.shift_key() { 10.0 } else { 1.0 } * unit.stride;
        let page = unit.nearest(end / 10.0).max(unit.stride);
        let place = match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" => now - stride,
            "ArrowRight" | "ArrowUp" => now + stride,
            "PageDown" => now - page,
            "PageUp" => now + page,
            "Home" => 0.0,
            "End" => end,
            "Escape" => return at.set(None),
            _ => return,
        };
        event.prevent_default();
        at.set(Some(place.clamp(0.0, end)));
    };
    let spoken = move || {
        let x = at.get().unwrap_or(0.0);
        let values = readout.run(x).into_iter().map(|(_, name, value)| format!("{name} {value}"));
        format!("{}: {}", unit.get().at(x), values.collect::<Vec<_>>().join(", "))
    };
    let pixel = move || x_axis.get().pixel(at.get().unwrap_or(0.0));
    view! {
        <g class="cursor" role="slider" tabindex="0" data-testid="cursor"
            aria-label=move || format!("Place to read {} at", title.get())
            aria-valuemin="0" aria-valuemax=x_end aria-valuenow=move || at.get().unwrap_or(0.0) aria-valuetext=spoken
            on:focus=move |_| if at.get_untracked().is_none() { at.set(Some(0.0)) }
            on:blur=move |_| at.set(None)
            on:keydown=key>
            <line y1=TOP y2=HEIGHT - BOTTOM x1=pixel x2=pixel
                visibility=move || if at.get().is_some() { "visible" } else { "hidden" } />
        </g>
    }
}

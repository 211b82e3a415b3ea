//! The crosshair: a step, the same in all charts that share it, and the values of all lines there.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use super::axis::Axis;
use super::frame::{BOTTOM, HEIGHT, TOP};

/// The values of the lines at a step, in the order of the lines: style, name, value.
pub type Readout = Callback<usize, Vec<(usize, String, String)>>;

/// A vertical line that the arrow keys move.
#[component]
pub fn Cursor(
    /// What is read off, for those who cannot see it.
    #[prop(into)]
    title: Signal<String>,
    /// The step under the crosshair.
    at: RwSignal<Option<f64>>,
    x_axis: Memo<Axis>,
    #[prop(into)] x_end: Signal<f64>,
    readout: Readout,
) -> impl IntoView {
    let key = move |event: KeyboardEvent| {
        let end = x_end.get_untracked();
        let now = at.get_untracked().unwrap_or(0.0);
        let stride = if event.shift_key() { 10.0 } else { 1.0 };
        let step = match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" => now - stride,
            "ArrowRight" | "ArrowUp" => now + stride,
            "PageDown" => now - (end / 10.0).round().max(1.0),
            "PageUp" => now + (end / 10.0).round().max(1.0),
            "Home" => 0.0,
            "End" => end,
            "Escape" => return at.set(None),
            _ => return,
        };
        event.prevent_default();
        at.set(Some(step.clamp(0.0, end)));
    };
    let spoken = move || {
        let step = at.get().unwrap_or(0.0) as usize;
        let values = readout.run(step).into_iter().map(|(_, name, value)| format!("{name} {value}"));
        format!("step {step}: {}", values.collect::<Vec<_>>().join(", "))
    };
    view! {
        <g class="cursor" role="slider" tabindex="0" data-testid="cursor"
            aria-label=move || format!("Step to read {} at", title.get())
            aria-valuemin="0" aria-valuemax=x_end aria-valuenow=move || at.get().unwrap_or(0.0) aria-valuetext=spoken
            on:focus=move |_| if at.get_untracked().is_none() { at.set(Some(0.0)) }
            on:blur=move |_| at.set(None)
            on:keydown=key>
            <line y1=TOP y2=HEIGHT - BOTTOM
                visibility=move || if at.get().is_some() { "visible" } else { "hidden" }
                x1=move || x_axis.get().pixel(at.get().unwrap_or(0.0))
                x2=move || x_axis.get().pixel(at.get().unwrap_or(0.0)) />
        </g>
    }
}

/// The values at the crosshair, on the side of the chart where it is not.
#[component]
pub fn Values(
    at: RwSignal<Option<f64>>,
    x_axis: Memo<Axis>,
    #[prop(into)] x_end: Signal<f64>,
    readout: Readout,
) -> impl IntoView {
    // Through the CSSOM: the page's Content-Security-Policy has no place for style attributes.
    let pixel = move || x_axis.get().pixel(at.get().unwrap_or(0.0));
    let is_right = move || at.get().unwrap_or(0.0) > x_end.get() / 2.0;
    let left = move || if is_right() { "auto".to_string() } else { format!("{:.0}px", pixel() + 8.0) };
    let right = move || if is_right() { format!("calc(100% - {:.0}px)", pixel() - 8.0) } else { "auto".to_string() };
    let rows = move || {
        let step = at.get()? as usize;
        let rows = readout.run(step).into_iter().map(|(style, name, value)| {
            view! { <span class=format!("style-{style}")><i class="swatch">{super::MARKS[style % super::MARKS.len()]}</i>{name}</span><b>{value}</b> }
        });
        Some(view! { <strong>{format!("step {step}")}</strong>{rows.collect_view()} })
    };
    view! {
        <div class="readout" aria-hidden="true" style:left=left style:right=right hidden=move || at.get().is_none()>{rows}</div>
    }
}

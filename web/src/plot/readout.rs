//! The values of all lines at one place.

use leptos::prelude::*;
use scheduler::format_lr;

use super::axis::Axis;
use super::{Line, MARKS, Unit};

/// The values of the lines at a place, in the order of the lines: style, name, value.
pub type Readout = Callback<f64, Vec<(usize, String, String)>>;

/// The values of the lines that have a name, at their last points up to a place.
pub fn nearest(lines: &[Line], x: f64) -> Vec<(usize, String, String)> {
    let named = lines.iter().filter(|line| !line.label.is_empty());
    let value = |line: &Line| {
        let after = line.points.partition_point(|point| point.0 <= x);
        line.points.get(after.saturating_sub(1)).map_or("none".into(), |point| format_lr(point.1))
    };
    named.map(|line| (line.style, line.label.clone(), value(line))).collect()
}

/// The values at the crosshair, on the side of the chart where it is not.
#[component]
pub fn Values(
    at: RwSignal<Option<f64>>,
    x_axis: Memo<Axis>,
    #[prop(into)] x_end: Signal<f64>,
    #[prop(into)] unit: Signal<Unit>,
    readout: Readout,
) -> impl IntoView {
    // Through the CSSOM: the page's Content-Security-Policy has no place for style attributes.
    let pixel = move || x_axis.get().pixel(at.get().unwrap_or(0.0));
    let is_right = move || at.get().unwrap_or(0.0) > x_end.get() / 2.0;
    let left = move || if is_right() { "auto".to_string() } else { format!("{:.0}px", pixel() + 8.0) };
    let right = move || if is_right() { format!("calc(100% - {:.0}px)", pixel() - 8.0) } else { "auto".to_string() };
    let rows = move || {
        let x = at.get()?;
        let rows = readout.run(x).into_iter().map(|(style, name, value)| {
            view! { <span class=format!("style-{style}")><i class="swatch">{MARKS[style % MARKS.len()]}</i>{name}</span><b>{value}</b> }
        });
        Some(view! { <strong>{unit.get().at(x)}</strong>{rows.collect_view()} })
    };
    view! {
        <div class="readout" aria-hidden="true" style:left=left style:right=right hidden=move || at.get().is_none()>{rows}</div>
    }
}

//! Where things are in a chart, and what does not depend on the lines: grid, ticks, a dashed rule.

use leptos::prelude::*;
use scheduler::format_lr;

use super::axis::Axis;

/// Height of a chart in pixels.
pub const HEIGHT: f64 = 230.0;
/// Left of the vertical axis.
pub const LEFT: f64 = 58.0;
/// Above the highest value.
pub const TOP: f64 = 14.0;
/// Below the lowest value.
pub const BOTTOM: f64 = 36.0;
/// Charts narrower than this have marks at the ends of lines instead of names.
const WIDE: f64 = 560.0;

/// Whether there is room for names.
pub fn is_wide(width: f64) -> bool {
    width >= WIDE
}

/// Space at the right for the ends of lines.
pub fn right(width: f64) -> f64 {
    if is_wide(width) { 166.0 } else { 24.0 }
}

/// Horizontal lines with their values, and steps below.
pub fn grid(x_axis: &Axis, y_axis: &Axis, width: f64, x_label: &'static str) -> impl IntoView + use<> {
    let end = width - right(width);
    let rows = y_axis.ticks(5).into_iter().map(|value| {
        let y = y_axis.pixel(value);
        view! {
            <line class="grid" x1=LEFT x2=end y1=y y2=y />
            <text class="tick" x=LEFT - 8.0 y=y + 4.0 text-anchor="end">{format_lr(value)}</text>
        }
    });
    let columns = x_axis.ticks((((end - LEFT) / 90.0) as usize).clamp(2, 10)).into_iter().map(|value| {
        view! { <text class="tick" x=x_axis.pixel(value) y=HEIGHT - BOTTOM + 18.0 text-anchor="middle">{whole(value)}</text> }
    });
    view! {
        {rows.collect_view()}
        {columns.collect_view()}
        <text class="tick" x=end y=HEIGHT - 3.0 text-anchor="end">{x_label}</text>
    }
}

/// A dashed horizontal line with words.
pub fn rule(y_axis: &Axis, width: f64, value: f64, words: String) -> impl IntoView + use<> {
    let (y, end) = (y_axis.pixel(value), width - right(width));
    view! {
        <line class="mark" x1=LEFT x2=end y1=y y2=y />
        <text class="mark" x=end - 2.0 y=y - 5.0 text-anchor="end">{words}</text>
    }
}

/// A step as text; steps are whole, but for the ticks of a very short run. Long runs are counted in thousands.
fn whole(value: f64) -> String {
    if (value - value.round()).abs() >= 1e-9 {
        format_lr(value)
    } else if value >= 1e6 {
        format!("{}M", value / 1e6)
    } else if value >= 1e4 {
        format!("{}k", value / 1e3)
    } else {
        format!("{}", value.round())
    }
}

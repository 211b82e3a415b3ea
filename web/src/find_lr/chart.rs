//! Loss over the logarithm of the LR, the spread over the seeds, and the LRs that are advised.

use leptos::prelude::*;
use scheduler::format_lr;

use super::sweep::Reading;
use crate::plot::{Axis, Scale};

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 230.0;
const LEFT: f64 = 58.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 36.0;

/// The picture of a reading.
pub fn draw(reading: &Reading) -> impl IntoView + use<> {
    let curve = &reading.curve;
    let (from, to) = (curve.first().map_or(1e-5, |point| point.0), curve.last().map_or(1.0, |point| point.0));
    let x_axis = Axis::new(from, to, Scale::Log, (LEFT, WIDTH - RIGHT));
    // What has exploded may leave the chart at the top; the curve before that is what is read.
    let start = curve.first().map_or(1.0, |point| point.3);
    let highest = curve.iter().map(|point| point.3).fold(0.0, f64::max).min(1.5 * start);
    let y_axis = Axis::new(0.0, highest * 1.06, Scale::Linear, (HEIGHT - BOTTOM, TOP));
    let place = |x: f64, y: f64| format!("{:.1},{:.1}", x_axis.pixel(x), y_axis.pixel(y));
    let upper = curve.iter().map(|point| place(point.0, point.3));
    let lower = curve.iter().rev().map(|point| place(point.0, point.1));
    let band = upper.chain(lower).collect::<Vec<_>>().join(" ");
    let line: Vec<String> = curve.iter().map(|point| place(point.0, point.2)).collect();
    let rows = y_axis.ticks(5).into_iter().map(|value| {
        let y = y_axis.pixel(value);
        view! {
            <line class="grid" x1=LEFT x2=WIDTH - RIGHT y1=y y2=y />
            <text class="tick" x=LEFT - 8.0 y=y + 4.0 text-anchor="end">{format_lr(value)}</text>
        }
    });
    let columns = x_axis.ticks(8).into_iter().map(|value| {
        view! { <text class="tick" x=x_axis.pixel(value) y=HEIGHT - BOTTOM + 18.0 text-anchor="middle">{format_lr(value)}</text> }
    });
    let advised = reading.analysis.chosen.as_ref().ok().map(|chosen| {
        let (low, high) = (x_axis.pixel(chosen.peak.low), x_axis.pixel(chosen.peak.high));
        view! {
            <rect class="advised style-0" x=low width=high - low y=TOP height=HEIGHT - TOP - BOTTOM />
            <line class="mark" x1=low x2=low y1=TOP y2=HEIGHT - BOTTOM />
        }
    });
    view! {
        <svg role="img" aria-label="Smoothed loss over the learning rate" viewBox=format!("0 0 {WIDTH} {HEIGHT}") width="100%">
            {rows.collect_view()}
            {columns.collect_view()}
            {advised}
            <polygon class="band style-0" points=band />
            <path class="line style-0" d=format!("M{}", line.join("L")) />
            <text class="tick" x=WIDTH - RIGHT y=HEIGHT - 3.0 text-anchor="end">"learning rate"</text>
        </svg>
    }
}

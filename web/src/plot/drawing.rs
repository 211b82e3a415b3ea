//! Lines, bands and signs as SVG.

use std::fmt::Write as _;

use leptos::prelude::*;

use super::axis::Axis;
use super::{Line, Mark};

/// A line with its band. Only the attributes of what has changed are written.
pub fn drawn(line: Memo<Line>, x_axis: Memo<Axis>, y_axis: Memo<Axis>) -> impl IntoView {
    let path = Memo::new(move |_| line.with(|line| line_path(line, &x_axis.get(), &y_axis.get())));
    let band = Memo::new(move |_| line.with(|line| band_path(line, &x_axis.get(), &y_axis.get())));
    let class = move |kind: &'static str| {
        line.with(|line| format!("{kind} style-{}{}", line.style, if line.thin { " thin" } else { "" }))
    };
    view! {
        <path class=move || class("band") d=band />
        <path class=move || class("line") d=path />
    }
}

/// A value that is no number leaves a gap; a point between gaps is a short dash.
fn line_path(line: &Line, x_axis: &Axis, y_axis: &Axis) -> String {
    let mut path = String::new();
    for run in line.points.split(|point| !point.1.is_finite()) {
        match run {
            [] => {}
            // Writing to a string cannot fail.
            [(x, y)] => drop(write!(path, "M{:.1},{:.1}h4", x_axis.pixel(*x) - 2.0, y_axis.pixel(*y))),
            run => join(&mut path, run.iter().copied(), x_axis, y_axis),
        }
    }
    path
}

fn band_path(line: &Line, x_axis: &Axis, y_axis: &Axis) -> String {
    let mut path = String::new();
    for run in line.band.split(|(_, low, high)| !(low.is_finite() && high.is_finite())) {
        let upper = run.iter().map(|&(x, _, high)| (x, high));
        join(&mut path, upper.chain(run.iter().rev().map(|&(x, low, _)| (x, low))), x_axis, y_axis);
    }
    path
}

fn join(path: &mut String, points: impl Iterator<Item = (f64, f64)>, x_axis: &Axis, y_axis: &Axis) {
    let mut command = 'M';
    for (x, y) in points {
        let _ = write!(path, "{command}{:.1},{:.1}", x_axis.pixel(x), y_axis.pixel(y));
        command = 'L';
    }
}

/// Signs where something happened.
pub fn happened(events: &[Mark], x_axis: &Axis, y_axis: &Axis) -> impl IntoView + use<> {
    let signs = events.iter().map(|event| {
        let (x, y) = (x_axis.pixel(event.x), y_axis.pixel(event.y));
        view! {
            <text class=format!("event style-{}", event.style) x=x y=y + 5.0 text-anchor="middle">
                <title>{event.words.clone()}</title>
                {event.sign}
            </text>
        }
    });
    signs.collect_view()
}

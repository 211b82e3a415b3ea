//! A chart for the tools: lines that do not change once they are there.

use leptos::prelude::*;
use scheduler::format_lr;

use crate::plot::{Line, MARKS, Plot};

/// A line of such a chart: label, line style and points.
pub type Curve = (String, usize, Vec<(f64, f64)>);

/// The chart, with the names of its lines.
#[component]
pub fn Chart(
    /// Heading.
    title: &'static str,
    /// Name for tests; one chart each.
    testid: &'static str,
    /// One sentence that says what the chart shows.
    #[prop(into)]
    description: String,
    /// What the horizontal axis counts.
    unit: String,
    /// The lines.
    curves: Vec<Curve>,
    /// Vertical lines: place and line style.
    #[prop(optional)]
    marks: Vec<(f64, usize)>,
) -> impl IntoView {
    let x_label = match unit.as_str() {
        "epoch" => "epoch",
        "row" => "row of the log",
        _ => "optimizer step",
    };
    let points = || curves.iter().flat_map(|(.., points)| points);
    let x_end = points().map(|point| point.0).chain(marks.iter().map(|mark| mark.0)).fold(1.0, f64::max);
    let top = points().map(|point| point.1).fold(0.0, f64::max);
    let legend = curves.iter().map(|(label, style, _)| {
        view! { <span class=format!("style-{style}")><span class="swatch" aria-hidden="true">{MARKS[style % MARKS.len()]}</span>{label.clone()}</span> }
    });
    let legend = legend.collect_view();
    let vertical = |&(at, style): &(f64, usize)| Line { style, points: vec![(at, 0.0), (at, top)], ..Line::default() };
    let mut lines: Vec<Line> = marks.iter().map(vertical).collect();
    let named = StoredValue::new(curves);
    let readout = Callback::new(move |step: usize| {
        named.with_value(|curves| curves.iter().filter_map(|curve| read_off(curve, step as f64)).collect::<Vec<_>>())
    });
    named.with_value(|curves| {
        let line = |(label, style, points): &Curve| Line {
            label: label.clone(),
            style: *style,
            points: points.clone(),
            ..Line::default()
        };
        lines.extend(curves.iter().map(line));
    });
    let lines = RwSignal::new(lines);
    view! {
        <div class="tool-chart">
            <Plot title=title testid description=Signal::stored(description) x_label=x_label lines=lines
                x_end=Signal::stored(x_end) readout crosshair=RwSignal::new(None) />
            <p class="legend">{legend}</p>
        </div>
    }
}

/// Style, name and value of a curve at a step: that of the last point up to there.
fn read_off((label, style, points): &Curve, step: f64) -> Option<(usize, String, String)> {
    let value = match points.partition_point(|point| point.0 <= step).checked_sub(1) {
        Some(index) => format_lr(points.get(index)?.1),
        None => "–".to_owned(),
    };
    Some((*style, label.clone(), value))
}

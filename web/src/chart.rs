//! A chart for the tools: lines that do not change once they are there.

use leptos::prelude::*;

use crate::plot::{Line, MARKS, Plot, Unit};

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
    let unit = match unit.as_str() {
        "epoch" => Unit::EPOCH,
        "row" => Unit::ROW,
        _ => Unit::STEP,
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
    lines.extend(curves.into_iter().map(|(label, style, points)| Line { label, style, points, ..Line::default() }));
    let lines = RwSignal::new(lines);
    view! {
        <div class="tool-chart">
            <Plot title=title testid description=Signal::stored(description) unit=Signal::stored(unit) lines=lines
                x_end=Signal::stored(x_end) />
            <p class="legend">{legend}</p>
        </div>
    }
}

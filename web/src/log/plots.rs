//! Loss and LR over the run, with a line where something is first seen.

use leptos::prelude::*;
use tools::LogReport;

use super::state::LogState;
use crate::chart::{Chart, Curve};

/// The style of the vertical lines.
const MARK: usize = 7;

/// Both plots.
#[component]
pub fn LogPlots(state: LogState) -> impl IntoView {
    move || state.report.get().map(|report| plots(&report))
}

fn plots(report: &LogReport) -> impl IntoView + use<> {
    let curve = |role: &str, words: &str, style: usize| -> Option<Curve> {
        let (_, points) = report.curves.iter().find(|(name, points)| name == role && !points.is_empty())?;
        Some((words.to_owned(), style, points.clone()))
    };
    let losses: Vec<Curve> =
        [curve("loss", "loss", 0), curve("val-loss", "validation loss", 1)].into_iter().flatten().collect();
    let losses: Vec<Curve> = losses.into_iter().map(cut).collect();
    let lrs: Vec<Curve> = curve("lr", "learning rate", 2).into_iter().collect();
    let symptoms = report.symptoms.iter().flatten();
    let places: Vec<(f64, String)> = symptoms.filter_map(|symptom| Some((symptom.at?, symptom.name.clone()))).collect();
    let marks: Vec<(f64, usize)> = places.iter().map(|(at, _)| (*at, MARK)).collect();
    let told: Vec<String> = places.iter().map(|(at, name)| format!("{name} at {} {at}", report.unit)).collect();
    let description =
        if told.is_empty() { report.facts.join(" ") } else { format!("Vertical line: {}.", told.join("; ")) };
    let lr_description = report.facts.iter().find(|fact| fact.starts_with("LR")).cloned().unwrap_or_default();
    let (unit, other) = (report.unit.clone(), report.unit.clone());
    let other_marks = marks.clone();
    view! {
        {(!losses.is_empty()).then(|| view! { <Chart title="Loss" testid="run-loss" description unit curves=losses marks /> })}
        {(!lrs.is_empty()).then(|| view! { <Chart title="Learning rate" testid="run-lr" description=lr_description unit=other curves=lrs marks=other_marks /> })}
    }
}

/// A loss that explodes would flatten all the rest: it leaves the plot at three times where it began.
fn cut((label, style, points): Curve) -> Curve {
    let Some(first) = points.first().map(|point| point.1).filter(|first| *first > 0.0) else {
        return (label, style, points);
    };
    let above = points.iter().filter(|point| point.1 > 3.0 * first).count();
    if above == 0 || above * 2 > points.len() {
        return (label, style, points);
    }
    let points = points.into_iter().map(|(at, value)| (at, value.min(3.0 * first))).collect();
    (format!("{label}, cut off above {}", scheduler::format_lr(3.0 * first)), style, points)
}

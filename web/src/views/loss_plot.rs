//! The loss of every schedule: its median over the seeds, and the band between the best and the worst seed.

use leptos::prelude::*;
use trainer::outcome::chance_loss;

use crate::app::Shown;
use crate::plot::{Line, Plot};
use crate::state::State;

/// The most points of a line.
const POINTS: usize = 250;

/// The loss plot.
#[component]
pub fn LossPlot(state: RwSignal<State>, #[prop(into)] shown: Signal<Shown>) -> impl IntoView {
    let lines = Signal::derive(move || {
        shown.with(|shown| {
            let names = shown.state.iter().flat_map(|state| &state.schedules).enumerate();
            names
                .map(|(style, named)| {
                    let band = shown.results.band(style, POINTS);
                    Line {
                        label: named.name.clone(),
                        style,
                        points: band.iter().map(|&(x, _, median, _)| (x, median)).collect(),
                        band: band.into_iter().map(|(x, low, _, high)| (x, low, high)).collect(),
                    }
                })
                .collect::<Vec<_>>()
        })
    });
    let x_end = Signal::derive(move || {
        let raced = shown.with(|shown| shown.state.as_ref().map(|state| state.experiment.steps));
        let steps = raced.unwrap_or_else(|| state.with(|state| state.experiment.steps));
        steps.saturating_sub(1).max(1) as f64
    });
    let chance = Signal::derive(move || {
        shown.with(|shown| {
            let task = shown.results.task.as_ref()?;
            let chance = f64::from(chance_loss(task));
            Some((chance, format!("chance: ln {} = {chance:.2}", task.classes())))
        })
    });
    let description = Signal::derive(move || {
        shown.with(|shown| match &shown.state {
            None => "Nothing has been run with these settings yet.".to_string(),
            Some(_) => shown
                .recorded
                .clone()
                .unwrap_or_else(|| "Median over the seeds, and the band from the best to the worst.".into()),
        })
    });
    view! {
        <Plot title="Loss" testid="loss-plot" description=description x_label="optimizer step" lines=lines x_end=x_end
            log=Signal::derive(|| false) mark=chance handles=Signal::derive(Vec::new) moved=Callback::new(|_| {}) />
    }
}

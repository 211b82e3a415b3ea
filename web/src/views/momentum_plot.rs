//! The momentum, where a schedule moves it.

use leptos::prelude::*;
use scheduler::format_lr;

use crate::curves::momentum;
use crate::plot::{Line, Plot};
use crate::state::State;

/// The momentum plot; nothing where every schedule leaves the momentum alone.
#[component]
pub fn MomentumPlot(state: RwSignal<State>, crosshair: RwSignal<Option<f64>>) -> impl IntoView {
    let lines = Memo::new(move |_| {
        state.with(|state| {
            let run = state.drawn_run();
            let line = |(style, named): (usize, &scheduler::permalink::NamedSchedule)| {
                let points = momentum(&named.schedule, &state.scheduler_optimizer(named.lr), &run)?;
                Some(Line { label: named.name.clone(), style, points, ..Line::default() })
            };
            state.schedules.iter().enumerate().filter_map(line).collect::<Vec<_>>()
        })
    });
    let moves = Memo::new(move |_| lines.with(|lines| !lines.is_empty()));
    let x_end =
        Signal::derive(move || state.with(|state| state.drawn_run().horizon.steps().saturating_sub(1).max(1) as f64));
    let readout = Callback::new(move |step: usize| {
        lines.with(|lines| {
            let value = |line: &Line| {
                let after = line.points.partition_point(|point| point.0 <= step as f64);
                line.points.get(after.saturating_sub(1)).map_or("none".into(), |point| format_lr(point.1))
            };
            lines.iter().map(|line| (line.style, line.label.clone(), value(line))).collect()
        })
    });
    let title = move || {
        state.with(|state| match state.optimizer_class() {
            "Adam" => "Momentum (beta1)".to_string(),
            _ => "Momentum".to_string(),
        })
    };
    move || {
        moves.get().then(|| {
            view! {
                <Plot title=Signal::derive(title) testid="momentum-plot" from_zero=false x_label="optimizer step" lines x_end readout
                    crosshair description="The momentum moves against the learning rate." />
            }
        })
    }
}

//! The momentum, where a schedule moves it.

use leptos::prelude::*;

use crate::plot::{Line, Plot};
use crate::state::State;
use crate::traces::Curves;

/// The momentum plot; nothing where every schedule leaves the momentum alone.
#[component]
pub fn MomentumPlot(
    state: RwSignal<State>,
    curves: Curves,
    names: Memo<Vec<String>>,
    crosshair: RwSignal<Option<f64>>,
) -> impl IntoView {
    let lines = Memo::new(move |_| {
        let line = |style: usize| {
            let label = names.with(|names| names.get(style).cloned().unwrap_or_default());
            Some(Line { label, style, points: curves.momentum(style)?, ..Line::default() })
        };
        (0..curves.count()).filter_map(line).collect::<Vec<_>>()
    });
    let moves = Memo::new(move |_| lines.with(|lines| !lines.is_empty()));
    let x_end =
        Signal::derive(move || state.with(|state| state.drawn_run().horizon.steps().saturating_sub(1).max(1) as f64));
    let title = move || {
        state.with(|state| match state.optimizer_class() {
            "Adam" => "Momentum (beta1)".to_string(),
            _ => "Momentum".to_string(),
        })
    };
    move || {
        moves.get().then(|| {
            view! {
                <Plot title=Signal::derive(title) testid="momentum-plot" from_zero=false lines x_end
                    crosshair description="The momentum moves against the learning rate." />
            }
        })
    }
}

//! The LR at every step, which answers at once to every field and handle.

use leptos::prelude::*;
use scheduler::{curve, format_lr};

use crate::plot::{Handle, Line, Plot, thin};
use crate::state::State;

/// The most points of a line: about two per pixel of a wide screen.
const POINTS: usize = 1200;

/// The LR plot.
#[component]
pub fn LrPlot(state: RwSignal<State>) -> impl IntoView {
    let lrs = Memo::new(move |_| {
        state.with(|state| {
            state
                .schedules
                .iter()
                .map(|named| {
                    let optimizer = state.scheduler_optimizer(named.lr);
                    // Without a metric a plateau schedule does not move: what it will do only the run can tell.
                    let metrics =
                        if named.schedule.needs_metric() { falling(state.experiment.steps) } else { Vec::new() };
                    curve(&named.schedule, optimizer, state.experiment.steps, &metrics)
                })
                .collect::<Vec<_>>()
        })
    });
    let lines = Signal::derive(move || {
        lrs.with(|curves| {
            state.with(|state| {
                curves
                    .iter()
                    .zip(&state.schedules)
                    .enumerate()
                    .map(|(style, (curve, named))| Line {
                        label: named.name.clone(),
                        style,
                        points: thin(&curve.first_group(), POINTS),
                        band: Vec::new(),
                    })
                    .collect()
            })
        })
    });
    let handles = Signal::derive(move || {
        state.with(|state| {
            state
                .schedules
                .iter()
                .enumerate()
                .map(|(style, named)| {
                    let warmup = named.schedule.warmup();
                    let last = state.experiment.steps.saturating_sub(1) as f64;
                    Handle {
                        style,
                        // Handles of schedules without warmup are spread out, or they would lie on each other.
                        x: warmup.unwrap_or((style as f64 * 0.06 + 0.03) * last).min(last).round(),
                        y: named.schedule.peak(named.lr),
                        sideways: warmup.is_some(),
                        label: format!(
                            "Peak LR{} of {}",
                            if warmup.is_some() { " and warmup" } else { "" },
                            named.name
                        ),
                    }
                })
                .collect()
        })
    });
    let moved = move |(style, x, lr): (usize, f64, f64)| {
        state.update(|state| {
            let Some(named) = state.schedules.get_mut(style) else { return };
            // Four digits are what a hand can aim at, and make a readable link.
            let lr = format_lr(lr.max(0.0)).parse().unwrap_or(lr);
            named.schedule.set_peak(&mut named.lr, lr);
            if named.schedule.warmup().is_some_and(|warmup| warmup.round() != x.round()) {
                named.schedule.set_warmup(x);
            }
        });
    };
    let errors = move || {
        lrs.with(|curves| {
            state.with(|state| {
                curves
                    .iter()
                    .zip(&state.schedules)
                    .filter_map(|(curve, named)| {
                        let (step, error) = curve.error.as_ref()?;
                        Some(format!("{}: torch raises at step {step}: {error}", named.name))
                    })
                    .collect::<Vec<_>>()
            })
        })
    };
    let description = Signal::derive(move || {
        lrs.with(|curves| {
            state.with(|state| {
                curves
                    .iter()
                    .zip(&state.schedules)
                    .map(|(curve, named)| described(&named.name, &curve.first_group()))
                    .collect::<Vec<_>>()
                    .join(" ")
            })
        })
    });
    view! {
        <Plot title="Learning rate" testid="lr-plot" description=description x_label="optimizer step" lines=lines
            x_end=Signal::derive(move || state.with(|state| state.experiment.steps.saturating_sub(1).max(1) as f64))
            log=Signal::derive(move || state.with(|state| state.log_lr)) mark=Signal::derive(|| None) handles=handles moved=Callback::new(moved) />
        <label class="switch">
            <input type="checkbox" data-testid="log-lr" prop:checked=move || state.with(|state| state.log_lr)
                on:change:target=move |event| state.update(|state| state.log_lr = event.target().checked()) />
            "logarithmic"
        </label>
        {move || errors().into_iter().map(|sentence| view! { <p class="notice" role="status">{sentence}</p> }).collect_view()}
    }
}

/// A metric that always improves, under which a plateau schedule stays at its LR.
fn falling(steps: usize) -> Vec<f64> {
    (0..steps).map(|step| 1.0 / (step + 1) as f64).collect()
}

/// A curve in a sentence.
fn described(name: &str, lrs: &[f64]) -> String {
    let (Some(first), Some(last)) = (lrs.first(), lrs.last()) else {
        return format!("{name}: no LR.");
    };
    let peak = (0..lrs.len()).max_by(|&a, &b| lrs[a].total_cmp(&lrs[b]).then(b.cmp(&a))).unwrap_or(0);
    if lrs.iter().all(|lr| lr == first) {
        format!("{name}: {} throughout.", format_lr(*first))
    } else {
        let (start, top, end) = (format_lr(*first), format_lr(lrs[peak]), format_lr(*last));
        match peak {
            0 => format!("{name}: from {start} to {end}."),
            _ if lrs[peak] == *last => format!("{name}: from {start} up to {top} at step {peak}, then constant."),
            _ => format!("{name}: from {start} up to {top} at step {peak}, then down to {end}."),
        }
    }
}

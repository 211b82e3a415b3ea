//! The LR at every step, which answers at once to every field and handle.

use leptos::prelude::*;
use scheduler::format_lr;
use scheduler::permalink::NamedSchedule;

use super::lr_parts::{areas, handles, last_step, move_handle, told_lines};
use super::momentum_plot::MomentumPlot;
use crate::plot::{Handle, Line, Moved, Plot};
use crate::race::Shown;
use crate::session::Session;
use crate::state::State;
use crate::traces::Curves;

/// The LR plot, with what goes with it: the axis, errors, the momentum, areas.
#[component]
pub fn LrPlot(state: RwSignal<State>, curves: Curves, shown: Shown) -> impl IntoView {
    let session = Session::here(state);
    // Over a run of one's own, steps are not those of the race, and the crosshairs have nothing in common.
    let own = RwSignal::new(None);
    let names = Memo::new(move |_| {
        state.with(|state| state.schedules.iter().map(|named| named.name.clone()).collect::<Vec<_>>())
    });
    let name = move |index: usize| names.with(|names| names.get(index).cloned().unwrap_or_default());
    let steered = Memo::new(move |_| !shown.steered().is_empty());
    // What a plateau schedule did in the race, or somebody by hand, is known only from the race.
    let told = Memo::new(move |_| {
        let listens = |state: &State| state.schedules.iter().any(|named| named.schedule.needs_metric());
        if state.with(|state| state.run.is_none() && (listens(state) || steered.get())) {
            shown.with(|shown| shown.map_or(Vec::new(), |(results, raced)| told_lines(results, raced)))
        } else {
            Vec::new()
        }
    });
    let lines = Memo::new(move |_| {
        let of_schedule = |index: usize| {
            let name = name(index);
            let lines = move |(group, points): (usize, &Vec<(f64, f64)>)| Line {
                label: if group == 0 { name.clone() } else { String::new() },
                style: index,
                points: points.clone(),
                thin: group > 0,
                ..Line::default()
            };
            curves.with(index, |trace| trace.groups.iter().enumerate().map(lines).collect::<Vec<_>>())
        };
        let mut lines: Vec<Line> = (0..curves.count()).filter_map(of_schedule).flatten().collect();
        lines.extend(told.get());
        lines
    });
    let x_end = Memo::new(move |_| state.with(last_step));
    let readout = Callback::new(move |x: f64| {
        let step = x as usize;
        let groups = state.with(|state| state.group_factors().len());
        let rows = (0..curves.count()).flat_map(|index| (0..groups).map(move |group| (index, group)));
        rows.map(|(index, group)| {
            let lr = curves.with(index, |trace| trace.lr(step, group)).flatten();
            let name = if group == 0 { name(index) } else { format!("{}, group {}", name(index), group + 1) };
            (index, name, lr.map_or("none".into(), format_lr))
        })
        .collect()
    });
    // What listens to a metric has no LR of its own beyond the first.
    let listens = move |index: usize| {
        let listens = |named: &NamedSchedule| named.schedule.needs_metric().then(|| format_lr(named.lr));
        state.with(|state| state.schedules.get(index).and_then(listens))
    };
    let description = Memo::new(move |_| {
        let sentence = |index| match listens(index) {
            None => curves.with(index, |trace| trace.sentence(&name(index))),
            Some(lr) => {
                Some(format!("{}: {lr} until its metric stalls. A race shows its cuts as a thin line.", name(index)))
            }
        };
        (0..curves.count()).filter_map(sentence).collect::<Vec<_>>().join(" ")
    });
    let title = Memo::new(move |_| {
        state.with(|state| match &state.run {
            None => "Learning rate".to_string(),
            Some(run) => format!("Learning rate of your run: {} optimizer steps", run.horizon.steps()),
        })
    });
    let handles = Memo::new(move |_| state.with(|state| handles(state, curves)));
    let moved = move |to: Moved| {
        let is_it = |handle: &&Handle| (handle.style, handle.part) == (to.style, to.part);
        let held = handles.with_untracked(|handles| handles.iter().find(is_it).cloned());
        state.update(|state| move_handle(state, held.as_ref(), to));
    };
    let errors = move || {
        let error = |index| {
            let (step, error) = curves.with(index, |trace| trace.error.clone()).flatten()?;
            let library = state.with(|state| Some(state.schedules.get(index)?.schedule.class().library.name()))?;
            Some(format!("{}: {library} raises at step {step}: {error}", name(index)))
        };
        let errors = (0..curves.count()).filter_map(error);
        errors.map(|sentence| view! { <p class="notice" role="status">{sentence}</p> }).collect_view()
    };
    let has_run = Memo::new(move |_| state.with(|state| state.run.is_some()));
    let crosshair = move || if has_run.get() { own } else { session.crosshair };
    view! {
        {move || view! {
            <Plot title testid="lr-plot" description lines x_end readout crosshair=crosshair()
                log=Memo::new(move |_| state.with(|state| state.log_lr)) handles moved=Callback::new(moved) />
        }}
        <div class="under-plot">
            <label class="switch">
                <input type="checkbox" data-testid="log-lr" prop:checked=move || state.with(|state| state.log_lr)
                    on:change:target=move |event| state.update(|state| state.log_lr = event.target().checked()) />
                "logarithmic"
            </label>
            <p class="areas" data-testid="areas">{move || areas(curves, name, |index| listens(index).is_none())}</p>
        </div>
        {errors}
        {move || view! { <MomentumPlot state curves names crosshair=crosshair() /> }}
    }
}

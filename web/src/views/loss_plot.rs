//! The loss of every schedule: its median over the seeds, and the band between the best and the worst seed. Over the
//! steps, or over the LR that has been spent.

use leptos::prelude::*;
use trainer::outcome::chance_loss;

use super::loss_lines;
use crate::plot::{Line, Plot, Unit};
use crate::race::{Kept, Race, Results, Shown, Spent, spent};
use crate::session::Session;
use crate::state::State;

/// Top of the loss axis, in losses of guessing.
const CEILING: f64 = 4.0;

/// The loss plot.
#[component]
pub fn LossPlot(state: RwSignal<State>, race: Race, shown: Shown) -> impl IntoView {
    let session = Session::here(state);
    // A step of one schedule is not at the place of the same step of another: crosshairs have nothing in common then.
    let own = RwSignal::new(None);
    let over_area = Memo::new(move |_| state.with(|state| state.loss_over_area));
    let steered = Memo::new(move |_| shown.steered());
    let over = Memo::new(move |_| {
        let spent =
            |state: Option<&State>| state.map_or(Vec::new(), |state| steered.with(|steered| spent(state, steered)));
        over_area.get().then(|| shown.with_state(spent))
    });
    let compared_over = Memo::new(move |_| {
        let spent = |run: Kept| spent(&run.state, &run.results.factors.keys().copied().collect::<Vec<_>>());
        over_area.get().then(|| race.compared_run().map(spent)).flatten()
    });

    let look = move |look: &mut dyn FnMut(&Results, &State, Option<&Spent>)| {
        over.with(|over| shown.with(|shown| shown.map(|(results, state)| look(results, state, over.as_ref()))));
    };
    let lines = Memo::new(move |_| {
        let mut lines = Vec::new();
        look(&mut |results, state, over| lines = loss_lines::lines(results, state, over));
        if let Some(run) = race.compared_run() {
            let behind = compared_over.with(|over| loss_lines::lines(&run.results, &run.state, over.as_ref()));
            let behind = behind.into_iter();
            lines.extend(behind.map(|line| Line { label: String::new(), band: Vec::new(), thin: true, ..line }));
        }
        lines
    });
    let x_end = Memo::new(move |_| {
        let mut end = None;
        look(&mut |results, state, over| end = Some(loss_lines::end(results, state, over)));
        end.filter(|end| *end > 0.0)
            .unwrap_or_else(|| state.with(|state| state.experiment.steps.saturating_sub(1).max(1)) as f64)
    });
    let unit = Memo::new(move |_| if over_area.get() { Unit::lr_area(x_end.get()) } else { Unit::STEP });
    let chance = Memo::new(move |_| {
        shown.with(|shown| {
            let task = shown?.0.task.as_ref()?;
            let chance = f64::from(chance_loss(task));
            Some((chance, format!("chance: ln {} = {chance:.2}", task.classes())))
        })
    });
    // Guessing is as bad as it gets for a while; what is far worse has diverged, and must not flatten all the others.
    let ceiling = Signal::derive(move || chance.get().map(|(chance, _)| CEILING * chance));
    let events = Memo::new(move |_| {
        let mut events = Vec::new();
        look(&mut |results, state, over| events = loss_lines::events(results, state, over));
        events
    });
    let readout = Callback::new(move |x: f64| {
        let mut values = Vec::new();
        look(&mut |results, state, over| values = loss_lines::values(results, state, over, x));
        values
    });
    let description = Signal::derive(move || {
        if let Some(label) = shown.recorded() {
            return label;
        }
        if shown.is_empty() {
            return "Nothing has been run with these settings yet.".to_string();
        }
        let mut words = "Median over the seeds, and the band from the best to the worst.".to_string();
        if over_area.get() {
            words += " Over the sum of the LRs of all steps before: the area under the LR curve.";
        }
        if let Some(run) = race.compared_run() {
            words += &format!(" Thin: run {}.", run.number);
        }
        words
    });
    view! {
        {move || {
            let crosshair = if over_area.get() { own } else { session.crosshair };
            view! { <Plot title="Loss" testid="loss-plot" description unit lines x_end readout mark=chance ceiling events crosshair /> }
        }}
        <div class="under-plot">
            <label class="switch">
                <input type="checkbox" data-testid="over-area" prop:checked=over_area
                    on:change:target=move |event| state.update(|state| state.loss_over_area = event.target().checked()) />
                "over the LR spent"
            </label>
        </div>
    }
}

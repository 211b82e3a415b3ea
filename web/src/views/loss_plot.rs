//! The loss of every schedule: its median over the seeds, and the band between the best and the worst seed.

use leptos::prelude::*;
use scheduler::format_lr;
use trainer::outcome::{Outcome, chance_loss};

use crate::plot::{Line, Mark, Plot};
use crate::race::{Race, Results, Shown, plateaus};
use crate::session::Session;
use crate::state::State;

/// The most points of a line.
const POINTS: usize = 250;
/// Top of the loss axis, in losses of guessing.
const CEILING: f64 = 4.0;

/// The loss plot.
#[component]
pub fn LossPlot(state: RwSignal<State>, race: Race, shown: Shown) -> impl IntoView {
    let session = Session::here(state);
    let lines = Memo::new(move |_| {
        let mut lines = shown.with(|shown| shown.map_or(Vec::new(), |(results, state)| of_run(results, state)));
        if let Some(run) = race.compared_run() {
            let behind = of_run(&run.results, &run.state).into_iter();
            lines.extend(behind.map(|line| Line { label: String::new(), band: Vec::new(), thin: true, ..line }));
        }
        lines
    });
    let x_end = Memo::new(move |_| {
        let raced = shown.with(|shown| shown.map(|(_, state)| state.experiment.steps));
        let steps = raced.unwrap_or_else(|| state.with(|state| state.experiment.steps));
        steps.saturating_sub(1).max(1) as f64
    });
    let chance = Memo::new(move |_| {
        shown.with(|shown| {
            let task = shown?.0.task.as_ref()?;
            let chance = f64::from(chance_loss(task));
            Some((chance, format!("chance: ln {} = {chance:.2}", task.classes())))
        })
    });
    // Guessing is as bad as it gets for a while; what is far worse has diverged, and must not flatten all the others.
    let ceiling = Signal::derive(move || chance.get().map(|(chance, _)| CEILING * chance));
    let events =
        Memo::new(move |_| shown.with(|shown| shown.map_or(Vec::new(), |(results, state)| events(results, state))));
    let readout = Callback::new(move |step: usize| {
        shown.with(|shown| {
            let Some((results, state)) = shown else { return Vec::new() };
            let value = |(style, named): (usize, &scheduler::permalink::NamedSchedule)| {
                let loss = results.median_at(style, step).map_or("none".into(), |loss| format!("{loss:.3}"));
                (style, named.name.clone(), loss)
            };
            state.schedules.iter().enumerate().map(value).collect()
        })
    });
    let description = Signal::derive(move || {
        if let Some(label) = shown.recorded() {
            return label;
        }
        match (shown.is_empty(), race.compared_run()) {
            (true, _) => "Nothing has been run with these settings yet.".to_string(),
            (false, None) => "Median over the seeds, and the band from the best to the worst.".into(),
            (false, Some(run)) => {
                format!("Median over the seeds, and the band from the best to the worst. Thin: run {}.", run.number)
            }
        }
    });
    view! {
        <Plot title="Loss" testid="loss-plot" description x_label="optimizer step" lines x_end readout mark=chance ceiling events
            crosshair=session.crosshair />
    }
}

fn of_run(results: &Results, state: &State) -> Vec<Line> {
    let line = |(style, named): (usize, &scheduler::permalink::NamedSchedule)| {
        let band = results.band(style, POINTS);
        Line {
            label: named.name.clone(),
            style,
            points: band.iter().map(|&(x, _, median, _)| (x, median)).collect(),
            band: band.into_iter().map(|(x, low, _, high)| (x, low, high)).collect(),
            thin: false,
        }
    };
    state.schedules.iter().enumerate().map(line).collect()
}

/// A cross where a lane has diverged, a ring at the end of those that are stuck, a wedge where a plateau has cut the LR.
fn events(results: &Results, state: &State) -> Vec<Mark> {
    let chance = results.task.as_ref().map_or(0.0, |task| f64::from(chance_loss(task)));
    let named = |schedule: usize| state.schedules.get(schedule).map_or("", |named| named.name.as_str());
    let mut marks = Vec::new();
    for lane in &results.lanes {
        let style = lane.lane.schedule;
        if let Some(step) = results.diverged_at(lane) {
            // What is not a number has no place of its own; the last loss that was one has.
            let last = results.losses(lane)[..=step].iter().rev().find(|loss| loss.is_finite());
            let words = format!("{}, seed {}: diverged at step {step}", named(style), lane.lane.seed);
            marks.push(Mark {
                style,
                x: step as f64,
                y: last.map_or(chance, |loss| f64::from(*loss)),
                sign: "✕",
                words,
            });
        }
    }
    for plateau in plateaus(results, state) {
        for (step, lr) in plateau.cuts {
            let style = plateau.schedule;
            let y = results.median_at(style, step).unwrap_or(chance);
            let words = format!("{}: LR cut to {} after step {step}", plateau.name, format_lr(lr));
            marks.push(Mark { style, x: step as f64, y, sign: "▾", words });
        }
    }
    for style in 0..state.schedules.len() {
        let (stuck, seeds) = results.count(style, Outcome::AtChance);
        if stuck > 0 {
            let words = format!("{}: {stuck} of {seeds} stuck at chance", named(style));
            let x = results.steps.saturating_sub(1) as f64;
            marks.push(Mark { style, x, y: chance, sign: "◯", words });
        }
    }
    marks
}

//! What the loss plot draws: a line with its band for each schedule, and signs where something happened.

use scheduler::format_lr;
use scheduler::permalink::NamedSchedule;
use trainer::outcome::{Outcome, chance_loss};

use crate::plot::{Line, Mark};
use crate::race::{Results, Ruler, Spent, plateaus};
use crate::state::State;

/// The most points of a line.
const POINTS: usize = 250;

/// The median over the seeds, and the band between the best and the worst. `over`: what has been spent, or steps.
pub fn lines(results: &Results, state: &State, over: Option<&Spent>) -> Vec<Line> {
    let line = |(style, named): (usize, &NamedSchedule)| {
        let ruler = Ruler::new(over, results, style);
        let mut band = results.band(style, POINTS);
        band.iter_mut().for_each(|point| point.0 = ruler.place(point.0));
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

/// Right end of the horizontal axis.
pub fn end(results: &Results, state: &State, over: Option<&Spent>) -> f64 {
    let ends = (0..state.schedules.len()).map(|style| Ruler::new(over, results, style).end(state.experiment.steps));
    ends.fold(0.0, f64::max)
}

/// The median loss of each schedule at a place.
pub fn values(results: &Results, state: &State, over: Option<&Spent>, x: f64) -> Vec<(usize, String, String)> {
    let value = |(style, named): (usize, &NamedSchedule)| {
        let step = Ruler::new(over, results, style).step(x);
        let loss = step.and_then(|step| results.median_at(style, step));
        (style, named.name.clone(), loss.map_or("none".into(), |loss| format!("{loss:.3}")))
    };
    state.schedules.iter().enumerate().map(value).collect()
}

/// A cross where a lane has diverged, a ring at the end of those that are stuck, a wedge where a plateau has cut the LR.
pub fn events(results: &Results, state: &State, over: Option<&Spent>) -> Vec<Mark> {
    let chance = results.task.as_ref().map_or(0.0, |task| f64::from(chance_loss(task)));
    let named = |schedule: usize| state.schedules.get(schedule).map_or("", |named| named.name.as_str());
    let rulers: Vec<Ruler> = (0..state.schedules.len()).map(|style| Ruler::new(over, results, style)).collect();
    let x = |style: usize, step: usize| rulers.get(style).map_or(0.0, |ruler| ruler.place(step as f64));
    let mut marks = Vec::new();
    for lane in &results.lanes {
        let style = lane.lane.schedule;
        if let Some(step) = results.diverged_at(lane) {
            // What is not a number has no place of its own; the last loss that was one has.
            let last = results.losses(lane)[..=step].iter().rev().find(|loss| loss.is_finite());
            let y = last.map_or(chance, |loss| f64::from(*loss));
            let words = format!("{}, seed {}: diverged at step {step}", named(style), lane.lane.seed);
            marks.push(Mark { style, x: x(style, step), y, sign: "✕", words });
        }
    }
    for plateau in plateaus(results, state) {
        for (step, lr) in plateau.cuts {
            let style = plateau.schedule;
            let y = results.median_at(style, step).unwrap_or(chance);
            let words = format!("{}: LR cut to {} after step {step}", plateau.name, format_lr(lr));
            marks.push(Mark { style, x: x(style, step), y, sign: "▾", words });
        }
    }
    for style in 0..state.schedules.len() {
        let (stuck, seeds) = results.count(style, Outcome::AtChance);
        if stuck > 0 {
            let words = format!("{}: {stuck} of {seeds} stuck at chance", named(style));
            marks.push(Mark { style, x: x(style, results.steps.saturating_sub(1)), y: chance, sign: "◯", words });
        }
    }
    marks
}

//! What the LR plot shows beside the curves: handles, areas, and what plateau schedules did.

use scheduler::format_lr;
use scheduler::permalink::NamedSchedule;

use crate::compose::Chain;
use crate::plot::{Handle, Line, Moved};
use crate::race::{Plateau, Results, plateaus};
use crate::state::State;
use crate::traces::Curves;

/// The LRs that were trained with, where only the race knows them: of plateau schedules, as steps downwards, and of those
/// that were changed by hand.
pub fn told_lines(results: &Results, raced: &State) -> Vec<Line> {
    let is_steered = |style: usize| results.factors.contains_key(&style);
    let steered = results.factors.keys().filter_map(|&style| steered_line(results, style));
    cut_lines(results, raced).into_iter().filter(|line| !is_steered(line.style)).chain(steered).collect()
}

/// More points than a plot has pixels to spare for them.
const MOST_POINTS: usize = 600;

fn steered_line(results: &Results, style: usize) -> Option<Line> {
    let lane = results.of_schedule(style).next()?;
    let lrs = &lane.lrs[..results.steps.min(lane.lrs.len())];
    let every = lrs.len().div_ceil(MOST_POINTS).max(1);
    let is_kept = |step: usize| step.is_multiple_of(every) || step + 1 == lrs.len();
    let points = lrs.iter().enumerate().filter(|(step, _)| is_kept(*step));
    let points = points.map(|(step, lr)| (step as f64, f64::from(*lr))).collect();
    Some(Line { style, points, thin: true, ..Line::default() })
}

fn cut_lines(results: &Results, raced: &State) -> Vec<Line> {
    let line = |plateau: Plateau| {
        let mut lr = raced.schedules.get(plateau.schedule).map_or(0.0, |named| named.lr);
        let mut points = vec![(0.0, lr)];
        for (step, cut) in plateau.cuts {
            points.extend([(step as f64, lr), (step as f64 + 1.0, cut)]);
            lr = cut;
        }
        points.push((results.steps.saturating_sub(1) as f64, lr));
        Line { style: plateau.schedule, points, thin: true, ..Line::default() }
    };
    plateaus(results, raced).into_iter().map(line).collect()
}

/// Right end of the axis.
pub fn last_step(state: &State) -> f64 {
    state.drawn_run().horizon.steps().saturating_sub(1).max(1) as f64
}

/// One for each schedule, where its steps are those on the axis: at the end of its warmup, else somewhere on its curve,
/// apart from the others. And one for each other end of a block.
pub fn handles(state: &State, curves: Curves) -> Vec<Handle> {
    if !state.draws_every_step() {
        return Vec::new();
    }
    let last = last_step(state);
    let lr = |style: usize, x: f64| curves.with(style, |trace| trace.lr(x as usize, 0)).flatten();
    let peak = |(style, named): (usize, &NamedSchedule)| {
        let (warmup, peak) = (named.schedule.warmup(), named.schedule.peak(named.lr));
        let x = warmup.unwrap_or((style as f64 * 0.06 + 0.03) * last).min(last).round();
        // Near 0 there is nothing to take hold of.
        let y = lr(style, x).filter(|lr| warmup.is_none() && *lr > peak * 0.05).unwrap_or(peak);
        let label = format!("{} of {}", if warmup.is_some() { "Peak LR and warmup" } else { "LR" }, named.name);
        Handle { style, part: 0, x, y, sideways: warmup.is_some(), upright: true, label }
    };
    let ends = |(style, named): (usize, &NamedSchedule)| {
        let chain = Chain::of(&named.schedule, state.schedule_steps());
        let ends = chain.filter(|chain| chain.repeat == 1).map(|chain| chain.ends()).unwrap_or_default();
        let has_warmup = named.schedule.warmup().is_some();
        let ends = ends.into_iter().filter(move |(block, at)| !(has_warmup && *block == 0) && *at <= last);
        let handle = move |(block, x): (usize, f64)| {
            let label = format!("End of block {} of {}", block + 1, named.name);
            let y = lr(style, x).unwrap_or(0.0);
            Handle { style, part: block + 1, x, y, sideways: true, upright: false, label }
        };
        ends.map(handle).collect::<Vec<_>>()
    };
    let schedules = || state.schedules.iter().enumerate();
    schedules().flat_map(ends).chain(schedules().map(peak)).collect()
}

/// Moves what a handle stands for.
pub fn move_handle(state: &mut State, held: Option<&Handle>, to: Moved) {
    let run = state.schedule_steps();
    let Some(named) = state.schedules.get_mut(to.style) else { return };
    if let Some(block) = to.part.checked_sub(1) {
        if let Some(mut chain) = Chain::of(&named.schedule, run) {
            chain.move_end(block, to.x, run);
            named.schedule = chain.schedule();
        }
        return;
    }
    // The handle is on the curve: the peak becomes as many times higher as it does.
    let peak = named.schedule.peak(named.lr);
    let held = held.map(|held| held.y).filter(|held| *held > 0.0 && peak > 0.0);
    let lr = held.map_or(to.y, |held| to.y * peak / held);
    // Four digits are what a hand can aim at, and make a readable link.
    let lr = format_lr(lr.max(0.0)).parse().unwrap_or(lr);
    named.schedule.set_peak(&mut named.lr, lr);
    if named.schedule.warmup().is_some_and(|warmup| warmup.round() != to.x.round()) {
        named.schedule.set_warmup(to.x);
    }
}

/// The area under each curve that is known beforehand: how much LR the run spends, as a share of the first schedule's.
pub fn areas(curves: Curves, name: impl Fn(usize) -> String, is_known: impl Fn(usize) -> bool) -> String {
    let area = |index| curves.with(index, |trace| trace.area).unwrap_or(0.0);
    let known: Vec<usize> = (0..curves.count()).filter(|index| is_known(*index)).collect();
    let first = known.first().map_or(0.0, |index| area(*index));
    let words = known.iter().enumerate().map(|(place, &index)| {
        let share = match area(index) / first {
            _ if place == 0 || first <= 0.0 => String::new(),
            // Nobody reads percentages of thousands.
            times if times >= 10.0 => format!(" ({} times as much)", format_lr(times)),
            share => format!(" ({:.0} %)", 100.0 * share),
        };
        format!("{} {}{share}", name(index), format_lr(area(index)))
    });
    let words = words.collect::<Vec<_>>().join(", ");
    if known.is_empty() { words } else { format!("Area under the curve: {words}.") }
}

//! What the LR plot shows beside the curves: handles, areas, and what plateau schedules did.

use scheduler::format_lr;
use scheduler::permalink::NamedSchedule;

use crate::curves::Curves;
use crate::plot::{Handle, Line};
use crate::race::{Plateau, Results, plateaus};
use crate::state::State;

/// The LRs that plateau schedules came to, as steps downwards.
pub fn cut_lines(results: &Results, raced: &State) -> Vec<Line> {
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
/// apart from the others.
pub fn handles(state: &State, curves: Curves) -> Vec<Handle> {
    if !state.draws_every_step() {
        return Vec::new();
    }
    let last = last_step(state);
    let handle = |(style, named): (usize, &NamedSchedule)| {
        let (warmup, peak) = (named.schedule.warmup(), named.schedule.peak(named.lr));
        let x = warmup.unwrap_or((style as f64 * 0.06 + 0.03) * last).min(last).round();
        let here = curves.with(style, |trace| trace.lr(x as usize, 0)).flatten();
        // Near 0 there is nothing to take hold of.
        let y = here.filter(|lr| warmup.is_none() && *lr > peak * 0.05).unwrap_or(peak);
        let label = format!("{} of {}", if warmup.is_some() { "Peak LR and warmup" } else { "LR" }, named.name);
        Handle { style, x, y, sideways: warmup.is_some(), label }
    };
    state.schedules.iter().enumerate().map(handle).collect()
}

/// The area under each curve: how much LR the run spends, as a share of the first schedule's.
pub fn areas(curves: Curves, name: impl Fn(usize) -> String) -> String {
    let area = |index| curves.with(index, |trace| trace.area).unwrap_or(0.0);
    let first = area(0);
    let words = (0..curves.count()).map(|index| {
        let share =
            if index > 0 && first > 0.0 { format!(" ({:.0} %)", 100.0 * area(index) / first) } else { String::new() };
        format!("{} {}{share}", name(index), format_lr(area(index)))
    });
    format!("Area under the curve: {}.", words.collect::<Vec<_>>().join(", "))
}

//! The momentum over a run, for the schedules that move it.

use scheduler::{Optimizer, Run, Schedule, curve};

use crate::plot::thin;

/// The most steps that are replayed.
const MOST_STEPS: usize = 100_000;
/// The most points of a line.
const POINTS: usize = 400;

/// Points of the momentum (or beta1) of the first parameter group over the optimizer steps of a run; `None` for schedules
/// that leave it alone.
pub fn momentum(schedule: &Schedule, optimizer: &Optimizer, run: &Run) -> Option<Vec<(f64, f64)>> {
    if !moves(schedule) {
        return None;
    }
    let steps = run.horizon.steps().min(MOST_STEPS);
    let calls = run.calls_before(steps.saturating_sub(1)) + 1;
    let momenta = curve(schedule, optimizer.clone(), calls.min(MOST_STEPS), &[]).momenta?;
    let at = |step: usize| momenta.get(run.calls_before(step)).and_then(|row| row.first()).copied();
    let values: Vec<f64> = (0..steps).map_while(at).collect();
    let first = *values.first()?;
    values.iter().any(|value| *value != first).then(|| thin(&values, POINTS))
}

/// Whether a class may move the momentum at all, which is looked at before anything is computed.
fn moves(schedule: &Schedule) -> bool {
    matches!(schedule, Schedule::OneCycleLR(_) | Schedule::CyclicLR(_)) || schedule.children().iter().any(moves)
}

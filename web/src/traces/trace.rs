//! A curve over a run, in few points.

use scheduler::{Optimizer, Run, Schedule, ScheduleError};

use super::Sampler;

/// Steps at which the LR is looked at: about one for every second pixel of a wide plot.
const SAMPLES: usize = 480;
/// A change between two samples that is a jump: this share of the highest LR.
const JUMP: f64 = 0.03;

/// The LR over a run: a few points on the curve, and what can be said of it.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// `(step, LR)` for each parameter group.
    pub groups: Vec<Vec<(f64, f64)>>,
    /// The step that cannot be made, and why.
    pub error: Option<(usize, ScheduleError)>,
    /// LR times steps, summed up: exact where every step is a point, else from the points.
    pub area: f64,
    /// The step from which on the LR is what it is at the end, where that is well before the end.
    pub settled: Option<usize>,
    /// The step at which the run is resumed, with the LR before it and at it.
    pub resumed: Option<(usize, f64, f64)>,
    sampler: Option<Sampler>,
}

impl PartialEq for Trace {
    fn eq(&self, other: &Self) -> bool {
        self.groups == other.groups && self.error == other.error
    }
}

impl Trace {
    /// Looks at a schedule in a run.
    pub fn of(schedule: &Schedule, optimizer: &Optimizer, run: &Run) -> Self {
        let sampler = match Sampler::new(schedule, optimizer, run) {
            Ok(sampler) => sampler,
            Err(error) => return Self { error: Some((0, error)), ..Self::default() },
        };
        let (end, error) = reachable(&sampler);
        let lr = |group: usize| {
            let sampler = &sampler;
            move |step: usize| sampler.lr(step, group).unwrap_or(f64::NAN)
        };
        let groups: Vec<_> = (0..optimizer.lrs().len()).map(|group| points(end, &lr(group))).collect();
        let area = groups.first().map_or(0.0, |points| area(points));
        let settled = groups.first().and_then(|points| settled(points, &lr(0)));
        let resumed = run.resume.as_ref().map(|(at, _)| *at).filter(|at| (1..end).contains(at));
        let resumed = resumed.map(|at| (at, lr(0)(at - 1), lr(0)(at)));
        Self { groups, error, area, settled, resumed, sampler: Some(sampler) }
    }

    /// The exact LR at a step.
    pub fn lr(&self, step: usize, group: usize) -> Option<f64> {
        self.sampler.as_ref()?.lr(step, group).ok()
    }
}

/// The number of steps before the library raises, and what it raises.
fn reachable(sampler: &Sampler) -> (usize, Option<(usize, ScheduleError)>) {
    let steps = sampler.steps();
    let Some(last) = steps.checked_sub(1) else { return (0, None) };
    let Err(mut error) = sampler.lr(last, 0) else { return (steps, None) };
    // What has raised once raises from there on.
    let (mut good, mut bad) = (0, last);
    while good < bad {
        let middle = (good + bad) / 2;
        match sampler.lr(middle, 0) {
            Ok(_) => good = middle + 1,
            Err(earlier) => (bad, error) = (middle, earlier),
        }
    }
    (bad, Some((bad, error)))
}

/// Enough points for a plot, with every jump at its step.
fn points(steps: usize, lr: &impl Fn(usize) -> f64) -> Vec<(f64, f64)> {
    let at = |step: usize| (step as f64, lr(step));
    if steps <= SAMPLES {
        return (0..steps).map(at).collect();
    }
    let samples: Vec<(usize, f64)> = (0..=SAMPLES)
        .map(|index| {
            let step = (index as u64 * (steps as u64 - 1) / SAMPLES as u64) as usize;
            (step, lr(step))
        })
        .collect();
    let highest = samples.iter().map(|sample| sample.1).fold(0.0, f64::max);
    let mut points = Vec::with_capacity(2 * SAMPLES);
    for pair in samples.windows(2) {
        let [(start, before), (end, after)] = [pair[0], pair[1]];
        points.push((start as f64, before));
        if (after - before).abs() > JUMP * highest {
            let (low, high) = steepest(start, end, lr);
            points.extend([at(low), at(high)]);
        }
    }
    points.extend(samples.last().map(|&(step, lr)| (step as f64, lr)));
    points
}

/// The two neighbouring steps between which most of a change happens.
fn steepest(mut low: usize, mut high: usize, lr: &impl Fn(usize) -> f64) -> (usize, usize) {
    let (mut at_low, mut at_high) = (lr(low), lr(high));
    while high - low > 1 {
        let middle = (low + high) / 2;
        let at_middle = lr(middle);
        if (at_middle - at_low).abs() >= (at_high - at_middle).abs() {
            (high, at_high) = (middle, at_middle);
        } else {
            (low, at_low) = (middle, at_middle);
        }
    }
    (low, high)
}

/// A LR that is the same in this share of the run at its end has settled.
const SETTLED: f64 = 0.05;

/// The step from which on the LR does not change any more.
fn settled(points: &[(f64, f64)], lr: &impl Fn(usize) -> f64) -> Option<usize> {
    let &(end, last) = points.last()?;
    let before = points.iter().rposition(|point| point.1 != last)?;
    let (mut low, mut high) = (points[before].0 as usize, points[before + 1].0 as usize);
    while high - low > 1 {
        let middle = (low + high) / 2;
        if lr(middle) == last { high = middle } else { low = middle }
    }
    ((end - high as f64) > SETTLED * end).then_some(high)
}

/// The sum of the LRs of all steps, by the trapezoids between points; each point is a step itself.
fn area(points: &[(f64, f64)]) -> f64 {
    let between: f64 = points.windows(2).map(|pair| (pair[1].0 - pair[0].0) * (pair[0].1 + pair[1].1) / 2.0).sum();
    let ends = points.first().zip(points.last()).map_or(0.0, |(first, last)| (first.1 + last.1) / 2.0);
    between + ends
}

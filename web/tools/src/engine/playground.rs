//! Schedules as lanes of the playground.

use scheduler::permalink::{NamedSchedule, Permalink};
use scheduler::{Optimizer, Schedule, curve, format_lr, notation};

use super::thin;
use crate::messages::Link;

/// The longest race.
const MOST_STEPS: u64 = 20_000;
/// What longer runs are scaled to.
const SCALED_STEPS: usize = 500;
/// The most points that are left of them.
const POINTS: usize = 40;
/// How far the lines between the points may be from the curve, as a share of its peak: less than a pixel of a plot.
const TOLERANCE: f64 = 0.005;
/// Longer curves are not computed.
const MOST_COMPUTED: u64 = 2_000_000;

/// A link to a race with one schedule over so many steps; `None` where it cannot be computed.
///
/// A run that is longer than any race is scaled, and the note says so.
pub fn link(name: &str, lr: f64, schedule: &Schedule, steps: u64) -> Option<Link> {
    if steps <= MOST_STEPS {
        return Some(Link { fragment: fragment(name, lr, schedule.clone(), steps.max(1)), note: None });
    }
    let computed = steps.min(MOST_COMPUTED);
    let lrs = curve(schedule, Optimizer::sgd(&[lr], 0.9), computed as usize, &[]).first_group();
    let last = lrs.len().checked_sub(1).filter(|last| *last > 0 && lr > 0.0)?;
    let at = |step: f64| (step / last as f64 * (SCALED_STEPS - 1) as f64).round();
    let mut points: Vec<(f64, f64)> = thin::steps(&lrs).iter().map(|(step, value)| (at(*step), value / lr)).collect();
    // Of several on the same step the highest, so that peaks stay.
    points.dedup_by(|later, earlier| {
        let same = later.0 == earlier.0;
        earlier.1 = if same { earlier.1.max(later.1) } else { earlier.1 };
        same
    });
    let points: Vec<String> =
        corners(&points).iter().map(|(step, factor)| format!("({step}, {})", format_lr(*factor))).collect();
    let scaled = notation::parse(&format!("Points([{}])", points.join(", "))).ok()?;
    let note = format!("Its shape, scaled from {steps} to {SCALED_STEPS} steps; races have at most {MOST_STEPS}.");
    Some(Link { fragment: fragment(name, lr, scaled, SCALED_STEPS as u64), note: Some(note) })
}

/// As few of the points as keep the lines between them close to the curve: the ends, and then whichever is farthest from the
/// line so far (Ramer 1972 and Douglas and Peucker 1973, with the distance measured upright).
fn corners(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let Some(last) = points.len().checked_sub(1).filter(|last| *last > 0) else { return points.to_vec() };
    let tolerance = TOLERANCE * points.iter().map(|point| point.1.abs()).fold(0.0, f64::max);
    let mut kept = vec![0, last];
    while kept.len() < POINTS {
        let between = kept.windows(2).flat_map(|ends| {
            let (from, to) = (points[ends[0]], points[ends[1]]);
            (ends[0] + 1..ends[1]).map(move |index| {
                let on_line = from.1 + (to.1 - from.1) * (points[index].0 - from.0) / (to.0 - from.0);
                (index, (points[index].1 - on_line).abs())
            })
        });
        let farthest = between.max_by(|a, b| a.1.total_cmp(&b.1));
        let Some((index, _)) = farthest.filter(|(_, distance)| *distance > tolerance) else { break };
        kept.insert(kept.partition_point(|&known| known < index), index);
    }
    kept.into_iter().map(|index| points[index]).collect()
}

fn fragment(name: &str, lr: f64, schedule: Schedule, steps: u64) -> String {
    let mut link = Permalink::default();
    link.lanes.push(NamedSchedule { name: name.into(), lr, schedule });
    link.settings.insert("steps".into(), steps.to_string());
    link.encode()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_runs_keep_their_shape() {
        let text = "SequentialLR([LinearLR(0.01, total_iters=1000), CosineAnnealingLR(T_max=99000)], [1000])";
        let link = link("long", 0.2, &notation::parse(text).unwrap(), 100_000).unwrap();
        assert!(link.note.unwrap().contains("100000 to 500"));
        assert!(link.fragment.len() < 300, "{}: {} bytes", link.fragment, link.fragment.len());
        let (read, problems) = Permalink::decode(&link.fragment);
        assert_eq!(problems, []);
        let lane = &read.lanes[0];
        let lrs = curve(&lane.schedule, Optimizer::sgd(&[lane.lr], 0.9), SCALED_STEPS, &[]).first_group();
        let peak = lrs.iter().copied().fold(0.0, f64::max);
        assert!((peak - 0.2).abs() < 1e-3, "{peak}");
        for (step, lr) in lrs.iter().enumerate().skip(10) {
            let exact =
                0.1 * (1.0 + (std::f64::consts::PI * (step as f64 * 99_999.0 / 499.0 - 1000.0) / 99_000.0).cos());
            assert!((lr - exact).abs() < 0.01 * 0.2, "step {step}: {lr}, {exact}");
        }
    }
}

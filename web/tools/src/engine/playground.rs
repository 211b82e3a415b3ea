//! Schedules as lanes of the playground.

use scheduler::permalink::{NamedSchedule, Permalink};
use scheduler::{Optimizer, Schedule, curve, notation};

use super::thin;
use crate::messages::Link;

/// The longest race.
const MOST_STEPS: u64 = 20_000;
/// What longer runs are scaled to, and the points that are left of them.
const SCALED_STEPS: usize = 500;
const POINTS: usize = 40;
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
    // Peaks must stay, so the points are those of the thinned curve, then one in so many.
    let thinned = thin::steps(&lrs);
    let every = thinned.len().div_ceil(POINTS).max(1);
    let at = |step: f64| (step / last as f64 * (SCALED_STEPS - 1) as f64).round();
    let peak = thinned.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let kept = thinned
        .iter()
        .enumerate()
        .filter(|(index, point)| index % every == 0 || index + 1 == thinned.len() || **point == peak);
    let mut points: Vec<(f64, f64)> = kept.map(|(_, (step, value))| (at(*step), value / lr)).collect();
    points.dedup_by_key(|point| point.0);
    let points: Vec<String> = points.iter().map(|(step, factor)| format!("({step}, {factor:.4})")).collect();
    let scaled = notation::parse(&format!("Points([{}])", points.join(", "))).ok()?;
    let note = format!("Its shape, scaled from {steps} to {SCALED_STEPS} steps; races have at most {MOST_STEPS}.");
    Some(Link { fragment: fragment(name, lr, scaled, SCALED_STEPS as u64), note: Some(note) })
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
        assert!(link.fragment.len() < 2000, "{} bytes", link.fragment.len());
        let (read, problems) = Permalink::decode(&link.fragment);
        assert_eq!(problems, []);
        let lane = &read.lanes[0];
        let lrs = curve(&lane.schedule, Optimizer::sgd(&[lane.lr], 0.9), SCALED_STEPS, &[]).first_group();
        let peak = lrs.iter().copied().fold(0.0, f64::max);
        assert!((peak - 0.2).abs() < 1e-3, "{peak}");
        assert!((lrs[250] - 0.1).abs() < 5e-3 && lrs[499] < 1e-3, "{} {}", lrs[250], lrs[499]);
    }
}

//! ReduceLROnPlateau in a log: cuts that never stop, and an exact replay.

use scheduler::{Optimizer, Schedule, curve};

use super::run::{Run, rough};
use super::symptom::{Cause, Kind, Suggestion, Symptom};
use crate::log::Series;

/// This many cuts are more than anybody plans.
const MANY_CUTS: usize = 5;

/// Many cuts by the same factor, at the validations.
pub(super) fn fires_always(run: &Run) -> Option<Symptom> {
    let lr = run.lr.as_ref()?;
    let cuts = lr.cuts();
    if cuts.len() < MANY_CUTS {
        return None;
    }
    let factor = cuts[0].factor;
    // The last one may end at min_lr.
    if cuts[..cuts.len() - 1].iter().any(|cut| (cut.factor / factor - 1.0).abs() > 0.02) || factor > 0.95 {
        return None;
    }
    let places: Vec<f64> = cuts.iter().map(|cut| lr.at[cut.index]).collect();
    let gaps: Vec<f64> = places.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let shortest = gaps.iter().copied().fold(f64::INFINITY, f64::min);
    // A metric comes once per validation. A schedule that cuts more often counts something else.
    let metric = run.metric.as_ref().map(Series::points).unwrap_or_default();
    let between = metric.windows(2).map(|pair| pair[1].0 - pair[0].0).fold(f64::INFINITY, f64::min);
    if metric.is_empty() || shortest < 0.7 * between {
        return None;
    }
    Some(Symptom {
        kind: Kind::PlateauFiresAlways,
        at: places.first().copied(),
        what: format!("The LR is cut {} times, by {factor:.2} each, down to {}.", cuts.len(), rough(lr.last())),
        evidence: vec![
            format!(
                "The first cut is at {}, the last at {}.",
                run.place(places[0]),
                run.place(places[places.len() - 1])
            ),
            format!("Between two cuts are {shortest:.0} {} at least; the metric comes every {between:.0}.", run.unit()),
        ],
        causes: vec![
            Cause::new(
                "ReduceLROnPlateau with too little patience for the noise of its metric, or a threshold above the usual progress.",
                "Raise patience to 5 or 10 evaluations. A lower threshold makes small progress count and so cuts later; a higher one \
                 cuts sooner.",
            ),
            Cause::new(
                "It watches a loss with mode='max', or a score with mode='min': then every success counts as failure.",
                "mode='min' for a loss, mode='max' for accuracy.",
            ),
            Cause::new(
                "The metric gets no better because the model overfits.",
                "Stop at the best point; no LR helps there.",
            ),
            Cause::new("A StepLR that counts too fast.", "Multiply step_size."),
        ],
        suggestion: Some(Suggestion {
            lr: lr.peak,
            schedule: "ReduceLROnPlateau(mode='min', factor=0.1, patience=10)".into(),
            length: run.length(),
        }),
    })
}

/// What a plateau scheduler does with a metric.
#[derive(Clone, Debug, PartialEq)]
pub struct Replay {
    /// Place and LR of each evaluation, after the scheduler has seen it.
    pub lrs: Vec<(f64, f64)>,
    /// Places at which it cut.
    pub cuts: Vec<f64>,
    /// What it did and why, in a few sentences.
    pub story: Vec<String>,
}

/// Runs ReduceLROnPlateau over a logged metric, exactly as the library would.
///
/// # Errors
/// A sentence, where the schedule is another one or the log was too long to be kept exactly.
pub fn replay(schedule: &Schedule, lr: f64, run: &Run) -> Result<Replay, String> {
    if !schedule.to_string().starts_with("ReduceLROnPlateau") {
        return Err("Only ReduceLROnPlateau watches a metric; other schedules can be drawn with `lrscope show`.".into());
    }
    let metric =
        run.metric.as_ref().ok_or("The log has no validation loss to replay the scheduler on; name its column.")?;
    if !metric.is_exact() {
        return Err(format!("The metric has {} values, too many to replay each.", metric.values()));
    }
    let points = metric.points();
    let values: Vec<f64> = points.iter().map(|point| point.1).collect();
    let curve = curve(schedule, Optimizer::sgd(&[lr], 0.9), points.len() + 1, &values);
    if let Some((step, error)) = curve.error {
        return Err(format!("The scheduler fails at evaluation {step}: {error}."));
    }
    let after = curve.first_group();
    let mut replay = Replay { lrs: Vec::new(), cuts: Vec::new(), story: Vec::new() };
    for (index, (at, _)) in points.iter().enumerate() {
        replay.lrs.push((*at, after[index + 1]));
        if after[index + 1] < after[index] {
            replay.cuts.push(*at);
        }
    }
    let places: Vec<String> = replay.cuts.iter().take(8).map(|at| run.place(*at)).collect();
    let dots = if replay.cuts.len() > 8 { ", ..." } else { "" };
    replay.story.push(match replay.cuts.len() {
        0 => format!("Over {} evaluations it never cuts.", points.len()),
        count => format!("Over {} evaluations it cuts {count} times: after {}{dots}.", points.len(), places.join(", ")),
    });
    // The longest stretch without a new best says what patience would have cut.
    let (mut best, mut since, mut longest) = (f64::INFINITY, 0usize, 0usize);
    for value in &values {
        since += 1;
        if *value < best {
            (best, since) = (*value, 0);
        }
        longest = longest.max(since);
    }
    if longest > 0 {
        replay.story.push(format!(
            "The longest stretch without a new minimum is {longest} evaluations: with mode='min', only a patience below that cuts."
        ));
    }
    if let Some(logged) = &run.lr {
        let differs = replay.lrs.iter().zip(points.iter().skip(1)).find(|((_, lr), (next, _))| {
            let seen = logged.at(*next);
            (seen / lr - 1.0).abs() > 1e-3
        });
        replay.story.push(match differs {
            Some(((at, lr), (next, _))) => format!(
                "The logged LR is another: after {} it would be {}, but the log has {} at {}.",
                run.place(*at),
                rough(*lr),
                rough(logged.at(*next)),
                run.place(*next)
            ),
            None => "The logged LR is exactly that.".into(),
        });
    }
    Ok(replay)
}

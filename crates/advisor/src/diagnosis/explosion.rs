//! A loss that rises: not a number, divergence, a peak that is too high, a warmup that is missing or too short.

use super::run::{Run, Signal, rough};
use super::symptom::{Cause, Kind, Symptom};

/// A loss this many times the first, and not only for a batch, is an explosion.
const EXPLODED: f64 = 1.5;
/// A rise within this share of the run is the start's.
const BEGINNING: f64 = 0.15;
/// A loss that ends above this share of the first has learned nothing.
const NOTHING_LEARNED: f64 = 0.95;
/// A rise by this much over the level before the peak is the peak's.
const PEAK_RISE: f64 = 1.3;

pub(super) fn not_a_number(run: &Run) -> Option<Symptom> {
    let loss = run.loss.as_ref()?;
    let at = loss.first_not_finite?;
    let before = loss.values[..loss.at.partition_point(|place| *place < at)].last();
    let mut evidence = vec![format!("The loss is first not a number at {}.", run.place(at))];
    if let Some(before) = before {
        evidence.push(format!("Its last value before is {}, its first was {}.", rough(*before), rough(loss.start())));
    }
    let lr = run.lr.as_ref();
    if let Some(lr) = lr {
        evidence.push(format!("The LR there is {}, its greatest in the run {}.", rough(lr.at(at)), rough(lr.peak)));
    }
    let grew = before.is_some_and(|before| *before > 2.0 * loss.start());
    let blew_up = Cause::new(
        "The LR is too high, so each update makes the next gradient larger.",
        "Divide the LR by three, warm it up over the first twentieth, and clip the gradient norm to 1.",
    );
    let overflow = Cause::new(
        "Something else than the LR: overflow in half precision, a logarithm or a division of zero, a broken batch.",
        "Train the same steps in float32, look at the batch of that step, and log the gradient norm.",
    );
    let early = at <= run.length() as f64 * BEGINNING;
    let causes = if grew || before.is_none() || early { vec![blew_up, overflow] } else { vec![overflow, blew_up] };
    Some(Symptom {
        kind: Kind::NotANumber,
        at: Some(at),
        what: format!("The loss is not a number from {} on.", run.place(at)),
        evidence,
        causes,
        suggestion: lr.and_then(|lr| run.warmup_and_cosine(lr.peak / 3.0, 0.05)),
    })
}

/// The highest point of the loss that is no noise, if it is far above where the run began.
fn explosion(loss: &Signal) -> Option<usize> {
    let top = loss.highest(0..loss.len())?;
    let start = loss.start();
    (loss.len() >= 8 && top > 0 && start > 0.0 && loss.smooth[top] > EXPLODED * start).then_some(top)
}

pub(super) fn exploded(run: &Run) -> Option<Symptom> {
    let loss = run.loss.as_ref()?;
    if loss.not_finite > 0 {
        return None;
    }
    if let Some(symptom) = peak_too_high(run, loss) {
        return Some(symptom);
    }
    let top = explosion(loss).or_else(|| short_explosion(loss)).or_else(|| ends_far_above_its_best(loss))?;
    let at = loss.at[top];
    let (start, end) = (loss.start(), loss.end());
    let recovered = end < NOTHING_LEARNED * start && ends_far_above_its_best(loss).is_none();
    let early = top as f64 <= BEGINNING * loss.len() as f64;
    let lr = run.lr.as_ref();
    let height = loss.smooth[top].max(if loss.top.0 <= at { loss.top.1 } else { 0.0 });
    let mut evidence = vec![format!(
        "Loss {} at first, {} at {}, {} at the end.",
        rough(start),
        rough(height),
        run.place(at),
        rough(end)
    )];
    if let Some(lr) = lr {
        evidence.push(format!("The LR there is {}.", rough(lr.at(at))));
    }
    let too_high = Cause::new(
        "The LR is above what this model can bear.",
        "Divide it by three; `lrscope find-lr` on a range test tells where the loss diverges.",
    );
    let no_warmup = Cause::new(
        "The weights are fresh and the LR starts at its greatest.",
        "Warm up linearly over the first 5 to 10 % of the run.",
    );
    let warms_up = lr.is_some_and(super::learning_rate::LearningRate::warms_up);
    let starts_high = lr.is_none_or(|lr| lr.values[0] >= 0.8 * lr.peak);
    let (kind, what, causes) = if early && recovered && warms_up {
        (
            Kind::WarmupTooShort,
            "The loss rises as soon as the warmup ends, and recovers.",
            vec![Cause::new("The warmup is too short for this LR.", "Double it, or halve the LR."), too_high],
        )
    } else if early && recovered && starts_high {
        (Kind::WarmupMissing, "The loss rises in the first steps and recovers later.", vec![no_warmup, too_high])
    } else if recovered {
        return None;
    } else {
        (Kind::Diverged, "The loss explodes and does not come back.", vec![too_high, no_warmup])
    };
    let suggestion = lr.and_then(|lr| match kind {
        Kind::Diverged => run.warmup_and_cosine(lr.peak / 3.0, 0.05),
        _ => run.warmup_and_cosine(lr.peak, 0.1),
    });
    Some(Symptom { kind, at: Some(at), what: what.to_owned(), evidence, causes, suggestion })
}

/// A log of means may begin when the explosion is over; what comes after goes up and down by orders.
fn ends_far_above_its_best(loss: &Signal) -> Option<usize> {
    let lowest = loss.lowest();
    let best = loss.smooth[lowest];
    let usual = super::run::median(&loss.values);
    // A loss that has come down to nearly nothing may end at several times its best.
    (loss.len() >= 12 && best > 0.0 && loss.end() > 3.0 * best && loss.end() > 0.5 * usual)
        .then(|| loss.highest(0..loss.len()))
        .flatten()
}

/// A rise of a few steps at the very beginning, too short for the running median but far too high for noise.
fn short_explosion(loss: &Signal) -> Option<usize> {
    let beginning = ((loss.len() as f64 * BEGINNING) as usize).min(loss.len());
    if loss.len() < 40 {
        return None;
    }
    let start = loss.start();
    let above: Vec<usize> = (1..beginning).filter(|index| loss.values[*index] > EXPLODED * start).collect();
    let top = above.iter().copied().max_by(|a, b| loss.values[*a].total_cmp(&loss.values[*b]))?;
    (above.len() >= 2 && start > 0.0 && loss.values[top] > 2.0 * start).then_some(top)
}

/// The loss rises while the LR is near a peak that it climbed to.
fn peak_too_high(run: &Run, loss: &Signal) -> Option<Symptom> {
    let lr = run.lr.as_ref()?;
    let (count, peak) = (loss.len(), lr.at[lr.peak_index]);
    let position = lr.peak_index as f64 / lr.len() as f64;
    // A climb of less than a twentieth of the run is a warmup, one that never ends no peak.
    if !lr.warms_up() || !(0.05..=0.8).contains(&position) || lr.last() > 0.9 * lr.peak || count < 12 {
        return None;
    }
    let high = |index: usize| lr.at(loss.at[index]) >= 0.3 * lr.peak;
    let near: Vec<usize> = (0..count).filter(|index| high(*index)).collect();
    let (first, last) = (*near.first()?, *near.last()?);
    let until = loss.index_at(peak).max(first);
    // The lowest level on the way up, and what it rises to before the LR has come down again.
    let low = (0..=until).min_by(|a, b| loss.smooth[*a].total_cmp(&loss.smooth[*b]))?;
    let top = loss.highest(low..last + 1)?;
    if loss.smooth[top] < PEAK_RISE * loss.smooth[low] || loss.smooth[low] <= 0.0 {
        return None;
    }
    Some(Symptom {
        kind: Kind::PeakTooHigh,
        at: Some(loss.at[top]),
        what: format!("The loss rises while the LR is near its peak of {}.", rough(lr.peak)),
        evidence: vec![
            format!(
                "Loss {} at {} (LR {}).",
                rough(loss.smooth[low]),
                run.place(loss.at[low]),
                rough(lr.at(loss.at[low]))
            ),
            format!(
                "Loss {} at {} (LR {}).",
                rough(loss.smooth[top]),
                run.place(loss.at[top]),
                rough(lr.at(loss.at[top]))
            ),
            format!("Loss {} at the end.", rough(loss.end())),
        ],
        causes: vec![
            Cause::new(
                "The peak LR is too high.",
                "Take the LR at which the loss was lowest on the way up as the new peak, or run a LR range test.",
            ),
            Cause::new(
                "The climb is too steep.",
                "Give it a larger share of the run: pct_start=0.4, with a lower div_factor.",
            ),
        ],
        suggestion: {
            let better = lr.at(loss.at[low]).clamp(lr.peak / 10.0, lr.peak / 2.0);
            run.warmup_and_cosine(better, 0.3)
        },
    })
}

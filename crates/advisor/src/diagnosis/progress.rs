//! A loss that does not move as it should at the LR it is given.

use super::run::{Run, Signal, median, rough, trend};
use super::symptom::{Cause, Kind, Symptom};

/// Fewer values say nothing about a trend.
const FEWEST: usize = 10;
/// A slope this many standard errors from zero is one.
const SURE: f64 = 5.0;

/// Flat from early on, at a LR that moves something.
pub(super) fn stuck_at_chance(run: &Run) -> Option<Symptom> {
    let loss = run.loss.as_ref().filter(|loss| loss.len() >= FEWEST && loss.not_finite == 0)?;
    let (start, end) = (loss.start(), loss.end());
    let later = loss.last_share(0.7);
    let (first, last) = (median(&later[..later.len() / 3]), median(&later[later.len() * 2 / 3..]));
    let fall = (start - end) / start.abs().max(f64::MIN_POSITIVE);
    let guess = (2..=1000)
        .map(|classes| (classes, f64::from(classes).ln()))
        .find(|(_, loss)| (loss - last).abs() < 0.01 * loss);
    // A bad start may be far above guessing.
    let most = if guess.is_some_and(|(classes, _)| classes <= 64) { 0.3 } else { 0.12 };
    let flat = (first - last).abs() < 0.02 * first.abs();
    // A level that is that of guessing may be approached slowly; any other must be flat.
    let least = if guess.is_some_and(|(classes, _)| classes <= 64) { 0.008 } else { 0.003 };
    if !flat || fall > most || is_falling(later, first, last, least) {
        return None;
    }
    // Where the validation loss got better, something was learned.
    if run
        .validation
        .as_ref()
        .is_some_and(|validation| validation.len() > 3 && validation.end() < 0.9 * validation.start())
    {
        return None;
    }
    let mut evidence = vec![format!(
        "Loss {} at first, {} after a third of the run, {} at the end.",
        rough(start),
        rough(first),
        rough(last)
    )];
    if let Some((classes, _)) = guess.filter(|(classes, _)| *classes <= 100) {
        evidence
            .push(format!("That is about ln {classes}: what guessing among {classes} equally likely answers costs."));
    }
    if let Some(lr) = &run.lr {
        evidence.push(lr.fact(run));
    }
    let warms_up = run.lr.as_ref().is_some_and(super::learning_rate::LearningRate::warms_up);
    let mut causes = Vec::new();
    if !warms_up {
        causes.push(Cause::new(
            "The first steps at the full LR threw the model where gradients vanish; transformers with the norm after the residual do \
             so, and the loss does not explode.",
            "Warm up over a tenth of the run or more, divide the LR by three, or put the norm first (Pre-LN).",
        ));
    } else {
        causes.push(Cause::new("The LR is too high even with warmup.", "Divide it by three, or warm up for longer."));
    }
    causes.push(Cause::new(
        "The data or the loss: labels shuffled against inputs, a frozen model, an output that is cut off.",
        "Let the model learn twenty examples by heart; if it cannot, the LR is not the cause.",
    ));
    Some(Symptom {
        kind: Kind::StuckAtChance,
        at: None,
        what: "The loss stays where guessing is: the model learns nothing, though nothing explodes.".into(),
        evidence,
        causes,
        suggestion: run.lr.as_ref().and_then(|lr| run.warmup_and_cosine(lr.peak / 3.0, 0.2)),
    })
}

/// Whether there is a trend downwards, of at least that share between two thirds.
fn is_falling(values: &[f64], first: f64, last: f64, least: f64) -> bool {
    first - last > least * first.abs() && trend(values).is_some_and(|(slope, sure)| slope < 0.0 && sure < -SURE)
}

/// Falling all along as slowly as at first.
pub(super) fn too_low(run: &Run) -> Option<Symptom> {
    let loss = run.loss.as_ref().filter(|loss| loss.len() >= FEWEST && loss.not_finite == 0)?;
    let lr = run.lr.as_ref()?;
    // A LR that comes down slows the fall by itself.
    if !lr.values.iter().skip(lr.len() / 10).all(|value| *value > 0.7 * lr.peak) {
        return None;
    }
    let quarter = (loss.len() / 4).max(2);
    let part = |from: usize| median(&loss.values[from..(from + quarter).min(loss.len())]);
    let half = loss.len() / 2;
    let (first, middle, last) = (part(0), part(half.saturating_sub(quarter / 2)), part(loss.len() - quarter));
    let (before, after) = (first - middle, middle - last);
    let whole_fall = (first - last) / first.abs().max(f64::MIN_POSITIVE);
    // Learning slows down; a LR that is far too low has not come to where it does.
    let steady = after > 0.6 * before && before > 0.0;
    if !steady || whole_fall > 0.3 || !is_falling(&loss.values, first, last, 0.008) {
        return None;
    }
    Some(Symptom {
        kind: Kind::LrTooLow,
        at: None,
        what: "The loss falls all along, slowly and as fast at the end as at the beginning.".into(),
        evidence: vec![
            format!(
                "Loss {} in the first quarter, {} in the middle, {} in the last.",
                rough(first),
                rough(middle),
                rough(last)
            ),
            lr.fact(run),
        ],
        causes: vec![
            Cause::new(
                "The LR is far too low.",
                "Multiply it by ten, twice if need be; a LR range test finds it in minutes.",
            ),
            Cause::new("The run is far too short.", "Train longer; but a higher LR is cheaper."),
        ],
        suggestion: run.warmup_and_cosine(lr.peak * 10.0, 0.05),
    })
}

/// No progress but jitter, at a LR that never comes down.
pub(super) fn too_high(run: &Run) -> Option<Symptom> {
    /// How much a validation loss moves from one evaluation to the next when the weights themselves jitter.
    const JITTER: f64 = 0.008;
    /// Less progress than this is none.
    const PROGRESS: f64 = 0.01;
    let loss = run.loss.as_ref().filter(|loss| loss.len() >= FEWEST && loss.not_finite == 0)?;
    let lr = run.lr.as_ref()?;
    if lr.last() < 0.5 * lr.peak {
        return None;
    }
    // The same examples are judged each time, so what moves is the weights. Of a training loss one cannot say that.
    let validation = run.validation.as_ref().filter(|validation| validation.len() >= 8)?;
    let later = validation.last_share(0.6);
    let moves: Vec<f64> = later.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
    let level = median(later);
    let jitter = median(&moves) / level.abs().max(f64::MIN_POSITIVE);
    let (first, last) = (median(&later[..later.len() / 2]), median(&later[later.len() / 2..]));
    let progress = (first - last) / level.abs().max(f64::MIN_POSITIVE);
    if jitter < JITTER || progress > PROGRESS || overfits(loss, validation) {
        return None;
    }
    Some(Symptom {
        kind: Kind::LrTooHigh,
        at: None,
        what: "The loss makes no progress but jitters, at a LR that never comes down.".into(),
        evidence: vec![
            format!(
                "The validation loss moves by {:.1} % from one evaluation to the next around {}, and makes {:.1} % of progress in the \
                 second half of that.",
                jitter * 100.0,
                rough(level),
                progress.max(0.0) * 100.0
            ),
            lr.fact(run),
        ],
        causes: vec![
            Cause::new(
                "The LR is too high to get any lower: updates overshoot by as much as they gain.",
                "Bring it down to zero over the run, linearly or by a cosine; most of what that brings comes in its last part.",
            ),
            Cause::new("The batches are small.", "Larger batches bring the same calm; so does a lower constant LR."),
        ],
        suggestion: run.cosine(lr.peak),
    })
}

fn overfits(loss: &Signal, validation: &Signal) -> bool {
    let lowest = validation.lowest();
    let (best, end) = (validation.smooth[lowest], validation.end());
    let trained = loss.smooth[loss.index_at(validation.at[lowest])];
    lowest + 1 < validation.len() && end > 1.1 * best && loss.end() < 0.85 * trained && loss.end() < end
}

/// The validation loss rises while the training loss falls.
pub(super) fn overfitting(run: &Run) -> Option<Symptom> {
    let loss = run.loss.as_ref().filter(|loss| loss.len() >= FEWEST && loss.not_finite == 0)?;
    let validation =
        run.validation.as_ref().filter(|validation| validation.len() >= 5 && validation.not_finite == 0)?;
    if !overfits(loss, validation) {
        return None;
    }
    let lowest = validation.lowest();
    let at = validation.at[lowest];
    let mut causes = vec![Cause::new(
        "The model learns its examples by heart. That is no matter of the LR.",
        format!(
            "Keep the weights of {}, and use more data, augmentation, weight decay or a smaller model.",
            run.place(at)
        ),
    )];
    if run.lr.as_ref().is_some_and(|lr| lr.last() > 0.3 * lr.peak) {
        causes.push(Cause::new(
            "The LR stays high, so the run never settles near its best point.",
            "End the run near its best point with the LR at zero there.",
        ));
    }
    Some(Symptom {
        kind: Kind::Overfitting,
        at: Some(at),
        what: format!("The validation loss rises from {} on while the training loss goes on falling.", run.place(at)),
        evidence: vec![
            format!(
                "Validation loss {} at {}, {} at the end.",
                rough(validation.smooth[lowest]),
                run.place(at),
                rough(validation.end())
            ),
            format!("Training loss {} there, {} at the end.", rough(loss.smooth[loss.index_at(at)]), rough(loss.end())),
        ],
        causes,
        suggestion: None,
    })
}

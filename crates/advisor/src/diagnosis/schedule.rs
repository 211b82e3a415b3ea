//! A LR that does not do what a schedule should, whatever the loss says.

use super::learning_rate::LearningRate;
use super::run::{Run, rough};
use super::symptom::{Cause, Kind, Symptom};

/// Below this share of its peak a LR moves nothing.
const VANISHED: f64 = 0.01;
/// A schedule may be so far down for this share of the run.
const VANISHED_FOR: f64 = 0.4;
/// A run that ends above this share of the peak, with the LR on its way down, ends early.
const HALFWAY: f64 = 0.3;
/// A jump by this factor from one value to the next is none of a schedule that was falling smoothly.
const JUMP: f64 = 1.5;

/// The LR goes up by a jump, or down by a jump and up again, or the steps go back.
pub(super) fn resume_jump(run: &Run) -> Option<Symptom> {
    let lr = run.lr.as_ref();
    let mut evidence = Vec::new();
    let jump = lr.and_then(|lr| Some((lr, single_jump(lr)?)));
    let at = if let Some((lr, index)) = jump {
        evidence.push(format!(
            "LR {} at {}, {} at {}.",
            rough(lr.values[index - 1]),
            run.place(lr.at[index - 1]),
            rough(lr.values[index]),
            run.place(lr.at[index])
        ));
        lr.at[index]
    } else {
        // Steps that go back by little are an out-of-order logger's.
        let (from, to) = run.goes_back.filter(|(from, to)| from - to > 0.02 * run.length() as f64)?;
        evidence.push(format!("After {} the log goes on with {}.", run.place(from), run.place(to)));
        from
    };
    Some(Symptom {
        kind: Kind::ResumeJump,
        at: Some(at),
        what: "The run was resumed, and not all of its state came along.".into(),
        evidence,
        causes: vec![
            Cause::new(
                "The scheduler was built anew and started from its beginning.",
                "Save and load the scheduler's state_dict() beside the model's and the optimizer's; in torch, `last_epoch` alone \
                 repeats a decay that falls on the step of the checkpoint.",
            ),
            Cause::new(
                "The length of the run was changed, which moves every later LR.",
                "Keep the old length, or use a constant LR with a cooldown, which can be prolonged.",
            ),
        ],
        suggestion: lr.and_then(|lr| run.cosine(lr.peak)),
    })
}

/// The index after the jump, where there are one or two; more are a cycle's.
fn single_jump(lr: &LearningRate) -> Option<usize> {
    let values = &lr.values;
    let mut jumps = Vec::new();
    for index in 2..values.len().saturating_sub(2) {
        let (before, here) = (values[index - 1], values[index]);
        let was_falling = before < values[index - 2];
        let goes_on = values[index + 1];
        // Restarts from near zero are a schedule's own.
        let up = was_falling
            && here > JUMP * before
            && before > 0.05 * lr.peak
            && goes_on < JUMP * here
            && here - before > 0.1 * lr.peak;
        // Back to the foot of a warmup.
        let later = values[(index + 1)..].iter().copied().fold(0.0, f64::max);
        let down = here * 5.0 < before
            && before > 0.05 * lr.peak
            && goes_on > here
            && later > 3.0 * here
            && later > 0.2 * before;
        if up || down {
            jumps.push(index);
        }
    }
    (1..=2).contains(&jumps.len()).then(|| jumps[0])
}

/// The LR swings many times, and within an epoch.
pub(super) fn wrong_unit(run: &Run) -> Option<Symptom> {
    const MANY: usize = 6;
    let lr = run.lr.as_ref()?;
    let turns = lr.turns();
    if turns < MANY {
        return None;
    }
    let length = lr.at[lr.len() - 1] - lr.at[0];
    let period = 2.0 * length / turns as f64;
    // A cycle of several epochs is a choice.
    if run.steps_per_epoch.is_some_and(|epoch| period > 1.5 * epoch) {
        return None;
    }
    let mut evidence = vec![format!(
        "The LR turns {turns} times; a full swing between {} and {} takes about {period:.0} {}.",
        rough(lr.values.iter().copied().fold(f64::INFINITY, f64::min)),
        rough(lr.peak),
        run.unit()
    )];
    if let Some(epoch) = run.steps_per_epoch {
        evidence.push(format!("An epoch has {epoch:.0} steps."));
    }
    Some(Symptom {
        kind: Kind::WrongUnit,
        at: None,
        what: "The LR swings up and down within an epoch: the schedule counts one thing and is stepped by another."
            .into(),
        evidence,
        causes: vec![
            Cause::new(
                "A cosine whose T_max is a number of epochs is stepped after every batch; past T_max it goes up again.",
                format!("Give T_max in optimizer steps ({}), or call step() once per epoch.", run.length()),
            ),
            Cause::new("A cyclic schedule with a very short cycle, on purpose.", "Nothing, then."),
        ],
        suggestion: run.cosine(lr.peak),
    })
}

/// The LR comes down to its minimum and smoothly goes up again.
pub(super) fn rises_again(run: &Run) -> Option<Symptom> {
    let lr = run.lr.as_ref()?;
    let after = &lr.values[lr.peak_index..];
    let lowest = lr.peak_index + (0..after.len()).min_by(|a, b| after[*a].total_cmp(&after[*b]))?;
    let low = lr.values[lowest];
    let rest = &lr.values[lowest..];
    if rest.len() < 6 || low > 0.5 * lr.peak {
        return None;
    }
    let top = rest.iter().copied().fold(0.0, f64::max);
    // A restart jumps; a cosine past its end takes as many values to go up as it took to come down.
    let greatest_step = rest.windows(2).map(|pair| pair[1] - pair[0]).fold(0.0, f64::max);
    if top - low < 0.05 * lr.peak || greatest_step > 0.34 * (top - low) || lr.turns() > 5 {
        return None;
    }
    let at = lr.at[lowest];
    Some(Symptom {
        kind: Kind::RisesAgain,
        at: Some(at),
        what: format!("The LR reaches its minimum at {} and goes up again.", run.place(at)),
        evidence: vec![format!(
            "LR {} at {}, {} at the end of {} {}.",
            rough(low),
            run.place(at),
            rough(lr.last()),
            run.length(),
            run.unit()
        )],
        causes: vec![Cause::new(
            "T_max of a cosine is shorter than the run; torch's goes up again behind it.",
            format!(
                "Set T_max to the length of the run less warmup: {}.",
                run.length().saturating_sub(lr.at[lr.peak_index].max(0.0) as u64).max(1)
            ),
        )],
        suggestion: run.cosine(lr.peak),
    })
}

/// The LR is near zero for much of the run.
pub(super) fn decayed_too_fast(run: &Run) -> Option<Symptom> {
    let lr = run.lr.as_ref()?;
    let from = lr.below_from(VANISHED)?;
    let share = 1.0 - from as f64 / lr.len() as f64;
    if share < VANISHED_FOR {
        return None;
    }
    let at = lr.at[from];
    let mut evidence = vec![format!(
        "From {} on, {:.0} % of the run, the LR is below a hundredth of its peak of {}.",
        run.place(at),
        share * 100.0,
        rough(lr.peak)
    )];
    let within_an_epoch = run.steps_per_epoch.is_some_and(|epoch| at <= 2.0 * epoch);
    if let Some(loss) = run.loss.as_ref().filter(|loss| loss.len() > 0) {
        evidence.push(format!(
            "Loss {} there, {} at the end.",
            rough(loss.smooth[loss.index_at(at)]),
            rough(loss.end())
        ));
    }
    let unit = Cause::new(
        "The schedule's lengths are in epochs but it is stepped after every batch.",
        "Step it once per epoch, or give the lengths in optimizer steps.",
    );
    let length = Cause::new(
        "The schedule is shorter than the run.",
        format!("Stretch it over all {} {}.", run.length(), run.unit()),
    );
    let causes = if within_an_epoch { vec![unit, length] } else { vec![length, unit] };
    Some(Symptom {
        kind: Kind::DecayedTooFast,
        at: Some(at),
        what: "The LR has vanished for much of the run: nothing is learned in the rest.".into(),
        evidence,
        causes,
        suggestion: run.cosine(lr.peak),
    })
}

/// The run ends while the LR is coming down.
pub(super) fn ended_early(run: &Run) -> Option<Symptom> {
    let lr = run.lr.as_ref()?;
    let last = lr.last();
    // From the peak itself: values before it may round to it.
    let top = lr.values.iter().rposition(|value| *value >= lr.peak)?;
    let falling = &lr.values[top..];
    if falling.len() < 6 || last < HALFWAY * lr.peak || last >= lr.peak * (1.0 - 1e-5) {
        return None;
    }
    // Its last changes, where it is held for an epoch at a time.
    let mut levels: Vec<f64> = falling.to_vec();
    levels.dedup_by(|b, a| (*b - *a).abs() <= 1e-7 * lr.peak);
    if levels.len() < 4 || levels.windows(2).any(|pair| pair[1] > pair[0]) {
        return None;
    }
    let steps: Vec<f64> = levels.windows(2).map(|pair| pair[0] - pair[1]).collect();
    let mean = steps.iter().sum::<f64>() / steps.len() as f64;
    let tail = &steps[steps.len() * 3 / 4..];
    let end = tail.iter().sum::<f64>() / tail.len() as f64;
    // Exponential and inverse square root flatten out by nature and never arrive.
    let ratios: Vec<f64> = levels.windows(2).map(|pair| pair[1] / pair[0]).collect();
    let geometric = ratios.iter().all(|ratio| (ratio / ratios[0] - 1.0).abs() < 1e-3) && ratios[0] < 1.0 - 1e-3;
    if end < 0.85 * mean || geometric {
        return None;
    }
    Some(Symptom {
        kind: Kind::EndedEarly,
        at: None,
        what: format!("The run ends while the LR is still coming down: at {} of its peak.", percent(last / lr.peak)),
        evidence: vec![format!(
            "LR {} at its peak, {} at the end, after {} {}.",
            rough(lr.peak),
            rough(last),
            run.length(),
            run.unit()
        )],
        causes: vec![
            Cause::new(
                "The schedule is longer than the run: it counts another number of steps, or of something that steps more often.",
                format!(
                    "Set its length to the steps that are really made, {}; with several processes or accumulated batches these are fewer than the batches.",
                    run.length()
                ),
            ),
            Cause::new(
                "The schedule counts steps but is stepped once per epoch.",
                "Step it after every optimizer step.",
            ),
            Cause::new(
                "The run was stopped.",
                "Resume it, or cool down linearly to zero over a few percent of the steps so far.",
            ),
        ],
        suggestion: run.cosine(lr.peak),
    })
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

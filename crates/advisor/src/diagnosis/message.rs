//! What torch itself has said about a scheduler.

use super::run::Run;
use super::symptom::{Cause, Kind, Symptom};
use crate::log::Message;

/// One symptom for each message.
pub(super) fn said(run: &Run) -> impl Iterator<Item = Symptom> {
    run.messages.iter().map(|(line, message)| {
        let (kind, what, causes) = match *message {
            Message::TooManySteps { step, total } => too_many_steps(step, total),
            Message::SchedulerBeforeOptimizer => scheduler_before_optimizer(),
            Message::NoInitialLr => no_initial_lr(),
            Message::NoMetric => no_metric(),
        };
        Symptom {
            kind,
            at: None,
            what,
            evidence: vec![format!("torch says so in line {line}.")],
            causes,
            suggestion: None,
        }
    })
}

type Said = (Kind, String, Vec<Cause>);

fn too_many_steps(step: u64, total: u64) -> Said {
    let what = format!(
        "OneCycleLR was stepped for the {} time and has {total} steps: it raises there, and the run ends.",
        ordinal(step)
    );
    let causes = vec![
        Cause::new(
            "The run has more batches than total_steps counts: the length was worked out by hand and the last, incomplete batch \
             forgotten, or the loader has changed since.",
            "Give it `epochs` and `steps_per_epoch=len(train_loader)` of the loader that is trained on, or \
             `total_steps=epochs * len(train_loader)`; with gradient accumulation that divided by the accumulated batches, \
             rounded up for each epoch.",
        ),
        Cause::new(
            "The run was resumed for more epochs: the state of the scheduler brings the old total_steps along.",
            "A finished cycle cannot be prolonged. Build a new one for the further epochs, or use a constant LR with a \
             cooldown, which can.",
        ),
        Cause::new(
            "step() is called more often than once per optimizer step: in two places, once per process, or for every \
             accumulated batch.",
            "Call it once, right after `optimizer.step()`.",
        ),
    ];
    (Kind::StepsBeyondSchedule, what, causes)
}

fn scheduler_before_optimizer() -> Said {
    let causes = vec![
        Cause::new(
            "The two calls stand in this order in the loop.",
            "Put `scheduler.step()` after `optimizer.step()`: otherwise the first LR of the schedule is never used and \
             everything comes one step early.",
        ),
        Cause::new(
            "Mixed precision: GradScaler skips the first steps while it looks for its scale, and the scheduler is stepped all \
             the same. Harmless where it happens once or twice.",
            "Nothing, or step the scheduler only where `scaler.get_scale()` has not gone down.",
        ),
        Cause::new(
            "The optimizer was built again, or wrapped, after the scheduler.",
            "Build the scheduler last, on the optimizer that is stepped: the other one's LR moves nothing.",
        ),
    ];
    let what = "The scheduler was stepped before the optimizer had made a step.".to_owned();
    (Kind::SchedulerBeforeOptimizer, what, causes)
}

fn no_initial_lr() -> Said {
    let causes = vec![Cause::new(
        "A scheduler is built with `last_epoch` on a new optimizer: it needs the LR that the first one started from.",
        "Leave `last_epoch` out, build the scheduler as at the beginning, and then call \
         `scheduler.load_state_dict(checkpoint[...])`, after the optimizer's.",
    )];
    (Kind::ResumedWithoutLr, "The run cannot be resumed: the optimizer does not know its first LR.".into(), causes)
}

fn no_metric() -> Said {
    let causes = vec![Cause::new(
        "ReduceLROnPlateau is stepped like any other scheduler.",
        "Call `scheduler.step(val_loss)` once per validation, with the validation loss.",
    )];
    (Kind::PlateauWithoutMetric, "ReduceLROnPlateau was stepped without a metric, and raises.".into(), causes)
}

fn ordinal(number: u64) -> String {
    let ending = match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::{Kind, Run, diagnose};
    use crate::log::{Columns, read};

    fn kinds(text: &str) -> Vec<Kind> {
        let log = read("pasted", None, text.as_bytes()).unwrap();
        let run = Run::new("pasted", &log, &Columns::guess(&log));
        assert!(run.can_be_judged());
        diagnose(&run).symptoms.iter().map(|symptom| symptom.kind).collect()
    }

    #[test]
    fn a_traceback_alone_is_a_log() {
        let traceback = "Traceback (most recent call last):\n  File \"train.py\", line 31, in <module>\n    scheduler.step()\n\
                         ValueError: Tried to step 501 times. The specified number of total steps is 500\n";
        assert_eq!(kinds(traceback), [Kind::StepsBeyondSchedule]);
        let log = read("pasted", None, traceback.as_bytes()).unwrap();
        let diagnosis = diagnose(&Run::new("pasted", &log, &Columns::guess(&log)));
        let symptom = &diagnosis.symptoms[0];
        assert!(
            symptom.what.starts_with("OneCycleLR was stepped for the 501st time and has 500 steps"),
            "{}",
            symptom.what
        );
        assert_eq!(symptom.evidence, ["torch says so in line 4."]);
    }

    #[test]
    fn a_message_stands_beside_what_the_numbers_say_and_is_told_once() {
        let mut text = String::new();
        for step in 0..100 {
            text += &format!("step {step} loss {} lr 0.1\n", if step < 60 { "1.5" } else { "nan" });
            text += "UserWarning: Detected call of `lr_scheduler.step()` before `optimizer.step()`.\n";
        }
        assert_eq!(kinds(&text), [Kind::NotANumber, Kind::SchedulerBeforeOptimizer]);
    }

    #[test]
    fn what_holds_neither_numbers_nor_messages_is_no_log() {
        assert!(read("pasted", None, "Traceback (most recent call last):\nKeyError: 'x'\n".as_bytes()).is_err());
    }
}

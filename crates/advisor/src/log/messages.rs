//! What torch prints about a scheduler when something is wrong with it. A log in the form of text keeps it between its
//! numbers, or holds nothing else: the end of a traceback is what people paste first.

/// A message about a scheduler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    /// `OneCycleLR` was stepped more often than it has steps, which ends the run.
    TooManySteps {
        /// The call that raised, counted from 1.
        step: u64,
        /// The calls that it allows: `total_steps`.
        total: u64,
    },
    /// The first `scheduler.step()` came before the first `optimizer.step()`: a warning.
    SchedulerBeforeOptimizer,
    /// A scheduler was built with `last_epoch` on an optimizer that has not had one before.
    NoInitialLr,
    /// `ReduceLROnPlateau.step()` was called without a metric.
    NoMetric,
}

/// The most messages that are kept of a log.
pub(super) const MOST_MESSAGES: usize = 8;

impl Message {
    /// The message in a line.
    pub(super) fn of(line: &str) -> Option<Self> {
        if let Some((_, after)) = line.split_once("Tried to step ") {
            let (step, after) = number(after)?;
            let (total, _) = number(after.split_once("total steps is ")?.1)?;
            return Some(Self::TooManySteps { step, total });
        }
        let has = |words: &str| line.contains(words);
        if has("`lr_scheduler.step()` before `optimizer.step()`") {
            Some(Self::SchedulerBeforeOptimizer)
        } else if has("'initial_lr' is not specified in param_groups") {
            Some(Self::NoInitialLr)
        } else if has("step() missing 1 required positional argument: 'metrics'") {
            Some(Self::NoMetric)
        } else {
            None
        }
    }
}

/// The whole number that a text begins with, and what comes after it.
fn number(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    Some((text[..end].parse().ok()?, &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_torch_are_known() {
        let of = |line: &str| Message::of(line);
        let error = "ValueError: Tried to step 3911 times. The specified number of total steps is 3910";
        assert_eq!(of(error), Some(Message::TooManySteps { step: 3911, total: 3910 }));
        let warning = "lr_scheduler.py:227: UserWarning: Detected call of `lr_scheduler.step()` before `optimizer.step()`. In \
                       PyTorch 1.1.0 and later, you should call them in the opposite order";
        assert_eq!(of(warning), Some(Message::SchedulerBeforeOptimizer));
        let key = "KeyError: \"param 'initial_lr' is not specified in param_groups[0] when resuming scheduler with \
                   last_epoch >= 0.\"";
        assert_eq!(of(key), Some(Message::NoInitialLr));
        let plateau = "TypeError: ReduceLROnPlateau.step() missing 1 required positional argument: 'metrics'";
        assert_eq!(of(plateau), Some(Message::NoMetric));
        for other in
            ["Tried to step out", "Tried to step 9999999999999999999999 times. total steps is 3", "loss 0.5", ""]
        {
            assert_eq!(of(other), None, "{other}");
        }
    }
}

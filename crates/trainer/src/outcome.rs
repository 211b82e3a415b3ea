//! What became of a lane.

use serde::{Deserialize, Serialize};

use crate::experiment::{Experiment, Task};

/// Steps at the end of a lane that decide whether it has learned.
pub const WINDOW: usize = 20;

/// Mean accuracy over the last [`WINDOW`] steps above which a lane has learned. Every step draws fresh examples, so
/// this is accuracy on unseen data.
pub const LEARNED_ACCURACY: f32 = 0.95;

/// A lane whose loss is within this share of chance level, ln(classes), has not left it.
const NEAR_CHANCE: f32 = 0.1;

/// What became of a lane, judged by the steps it has made so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// Accuracy above [`LEARNED_ACCURACY`] over the last [`WINDOW`] steps.
    Learned,
    /// The loss sits at ln(classes): the model guesses, and a longer run would go on guessing.
    StuckAtChance,
    /// The loss is not a number, or far above chance level at the end.
    Diverged,
    /// None of these (yet).
    Learning,
}

impl Experiment {
    /// Classes that an answer chooses from; chance level of the loss is ln of it.
    pub fn classes(&self) -> usize {
        match &self.task {
            Task::Reverse(model) => model.vocabulary,
            Task::Spirals(_) => 2,
        }
    }
}

impl Outcome {
    /// Judges the losses (nats) and accuracies (0 to 1) of one lane, step by step, in a task with that many `classes`.
    pub fn of(losses: &[f32], accuracies: &[f32], classes: usize) -> Self {
        if losses.iter().any(|loss| !loss.is_finite()) {
            return Self::Diverged;
        }
        let end = |values: &[f32]| {
            let window = &values[values.len().saturating_sub(WINDOW)..];
            window.iter().sum::<f32>() / window.len() as f32
        };
        if losses.len() < WINDOW || accuracies.len() < WINDOW {
            return Self::Learning;
        }
        let chance = (classes as f32).ln();
        let (loss, accuracy) = (end(losses), end(accuracies));
        if accuracy > LEARNED_ACCURACY {
            Self::Learned
        } else if loss > 2.0 * chance {
            Self::Diverged
        } else if (loss - chance).abs() < NEAR_CHANCE * chance {
            Self::StuckAtChance
        } else {
            Self::Learning
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(loss: f32, accuracy: f32) -> Outcome {
        Outcome::of(&[loss; 30], &[accuracy; 30], 16)
    }

    #[test]
    fn the_end_of_a_lane_decides() {
        assert_eq!(of(0.1, 0.97), Outcome::Learned);
        assert_eq!(of(2.77, 0.06), Outcome::StuckAtChance);
        assert_eq!(of(9.0, 0.06), Outcome::Diverged);
        assert_eq!(of(1.2, 0.6), Outcome::Learning);
        let mut losses = [0.1; 30];
        losses[3] = f32::NAN;
        assert_eq!(Outcome::of(&losses, &[0.99; 30], 16), Outcome::Diverged);
    }

    #[test]
    fn a_few_steps_decide_nothing() {
        assert_eq!(Outcome::of(&[0.0; 5], &[1.0; 5], 16), Outcome::Learning);
        assert_eq!(Outcome::of(&[], &[], 16), Outcome::Learning);
    }
}

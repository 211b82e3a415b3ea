//! What became of a lane.

use serde::{Deserialize, Serialize};

use crate::experiment::Task;

/// What became of a lane, judged by its last steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// The accuracy is above the goal: on the validation examples, else on average over the last [`WINDOW`] steps.
    Learned,
    /// The loss has been no better than guessing for [`CHANCE_WINDOW`] steps.
    AtChance,
    /// The loss is not finite or far worse than guessing.
    Diverged,
    /// None of these (yet).
    Learning,
}

/// Steps over which loss and accuracy are averaged.
pub const WINDOW: usize = 20;

/// The usual [goal](crate::experiment::Experiment::goal) of a task that can be learned to perfection.
pub const LEARNED: f32 = 0.95;

/// Steps over which the loss must have stayed at chance for a lane to count as stuck. Longer than [`WINDOW`], because
/// every lane starts at chance.
pub const CHANCE_WINDOW: usize = 50;

/// Share of the loss of guessing, ln(classes), above which a mean loss counts as chance.
pub const CHANCE: f32 = 0.95;

/// Multiple of the loss of guessing above which a mean loss counts as diverged. Guessing costs ln(classes) whatever
/// the model; twice that is confident and wrong.
pub const DIVERGED: f32 = 2.0;

/// Mean cross-entropy of guessing, in nats: ln(classes).
pub fn chance_loss(task: &Task) -> f32 {
    (task.classes() as f32).ln()
}

/// Judges a lane by the loss and the accuracy of its steps so far, and by its last accuracy on the validation examples if it
/// has some. `goal` is the accuracy above which it has learned.
pub fn outcome(task: &Task, goal: f32, loss: &[f32], accuracy: &[f32], validated: Option<f32>) -> Outcome {
    let chance = chance_loss(task);
    if loss.last().is_some_and(|last| !last.is_finite()) {
        return Outcome::Diverged;
    }
    let Some(recent) = mean_of_last(loss, WINDOW) else { return Outcome::Learning };
    if validated.or_else(|| mean_of_last(accuracy, WINDOW)).is_some_and(|accuracy| accuracy > goal) {
        Outcome::Learned
    } else if recent.is_nan() || recent > DIVERGED * chance {
        Outcome::Diverged
    } else if mean_of_last(loss, CHANCE_WINDOW).is_some_and(|mean| mean > CHANCE * chance) {
        Outcome::AtChance
    } else {
        Outcome::Learning
    }
}

/// The mean of the last `count` values; `None` where there are fewer.
pub fn mean_of_last(values: &[f32], count: usize) -> Option<f32> {
    let start = values.len().checked_sub(count)?;
    Some(values[start..].iter().sum::<f32>() / count as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task() -> Task {
        Task::from_name("spirals").unwrap()
    }

    fn judge(loss: f32, accuracy: f32, steps: usize) -> Outcome {
        outcome(&task(), LEARNED, &vec![loss; steps], &vec![accuracy; steps], None)
    }

    #[test]
    fn each_outcome() {
        let chance = 2f32.ln();
        assert_eq!(judge(0.01, 1.0, 20), Outcome::Learned);
        assert_eq!(judge(0.01, 1.0, 19), Outcome::Learning, "too early to tell");
        assert_eq!(judge(chance, 0.5, 49), Outcome::Learning, "every lane starts at chance");
        assert_eq!(judge(chance, 0.5, 50), Outcome::AtChance);
        assert_eq!(judge(chance * 1.2, 0.5, 50), Outcome::AtChance, "noise of a high LR around chance");
        assert_eq!(judge(chance * 0.8, 0.7, 50), Outcome::Learning);
        assert_eq!(judge(chance * 3.0, 0.5, 20), Outcome::Diverged);
        assert_eq!(judge(f32::NAN, 0.0, 1), Outcome::Diverged);
        assert_eq!(judge(f32::INFINITY, 0.0, 30), Outcome::Diverged);
        assert_eq!(judge(0.0, 0.0, 0), Outcome::Learning);
    }

    #[test]
    fn validation_counts_where_there_is_some() {
        let judge = |goal, validated| outcome(&task(), goal, &[0.3; 20], &[1.0; 20], Some(validated));
        assert_eq!(judge(0.95, 0.7), Outcome::Learning, "learned by heart");
        assert_eq!(judge(0.6, 0.7), Outcome::Learned);
    }

    #[test]
    fn one_spike_of_infinity_in_the_window_is_divergence() {
        let mut loss = vec![0.3; 20];
        loss[5] = f32::NAN;
        assert_eq!(outcome(&task(), LEARNED, &loss, &[0.8; 20], None), Outcome::Diverged);
    }
}

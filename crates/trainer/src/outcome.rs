//! What became of a lane.

use serde::{Deserialize, Serialize};

use crate::experiment::Task;

/// What became of a lane, judged by its last steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// Mean accuracy of the last [`WINDOW`] steps above [`LEARNED`].
    Learned,
    /// The loss has been no better than guessing for [`CHANCE_WINDOW`] steps.
    AtChance,
    /// The loss is not finite or far worse than guessing.
    Diverged,
    /// None of these (yet).
    Learning,
}

/// Steps over which accuracy is averaged. Every step draws fresh examples, so this is a test accuracy.
pub const WINDOW: usize = 20;

/// Mean accuracy above which a lane has learned its task.
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

/// Judges a lane by the loss and the accuracy of its steps so far.
pub fn outcome(task: &Task, loss: &[f32], accuracy: &[f32]) -> Outcome {
    let chance = chance_loss(task);
    if loss.last().is_some_and(|last| !last.is_finite()) {
        return Outcome::Diverged;
    }
    let (Some(recent), Some(recent_accuracy)) = (mean_of_last(loss, WINDOW), mean_of_last(accuracy, WINDOW)) else {
        return Outcome::Learning;
    };
    if recent_accuracy > LEARNED {
        Outcome::Learned
    } else if recent.is_nan() || recent > DIVERGED * chance {
        Outcome::Diverged
    } else if mean_of_last(loss, CHANCE_WINDOW).is_some_and(|mean| mean > CHANCE * chance) {
        Outcome::AtChance
    } else {
        Outcome::Learning
    }
}

fn mean_of_last(values: &[f32], count: usize) -> Option<f32> {
    let start = values.len().checked_sub(count)?;
    Some(values[start..].iter().sum::<f32>() / count as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Perceptron;

    fn judge(loss: f32, accuracy: f32, steps: usize) -> Outcome {
        let task = Task::Spirals(Perceptron { hidden: 4, layers: 1 });
        outcome(&task, &vec![loss; steps], &vec![accuracy; steps])
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
    fn one_spike_of_infinity_in_the_window_is_divergence() {
        let task = Task::Spirals(Perceptron { hidden: 4, layers: 1 });
        let mut loss = vec![0.3; 20];
        loss[5] = f32::NAN;
        assert_eq!(outcome(&task, &loss, &[0.8; 20]), Outcome::Diverged);
    }
}

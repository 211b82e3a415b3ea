//! Which column is what, by its name.

use super::recorder::Log;
use super::series::Series;
use crate::words::words;

/// What a column means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Optimizer steps.
    Step,
    /// Epochs, perhaps fractions.
    Epoch,
    /// The learning rate.
    LearningRate,
    /// The loss that is trained on.
    Loss,
    /// The loss on held-out data.
    ValidationLoss,
    /// A share of right answers on training data, or another score that should grow.
    Accuracy,
    /// The same on held-out data.
    ValidationAccuracy,
    /// The norm of the gradient.
    GradientNorm,
}

impl Role {
    /// All roles with the word that a user corrects them by.
    pub const NAMES: [(&'static str, Self); 8] = [
        ("step", Self::Step),
        ("epoch", Self::Epoch),
        ("lr", Self::LearningRate),
        ("loss", Self::Loss),
        ("val-loss", Self::ValidationLoss),
        ("accuracy", Self::Accuracy),
        ("val-accuracy", Self::ValidationAccuracy),
        ("grad-norm", Self::GradientNorm),
    ];

    /// The word for it.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, role)| *role == self).map_or("", |(name, _)| name)
    }
}

/// A column that the user named and the log does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("There is no column `{name}` in the log; it has {}.", .known.join(", "))]
pub struct UnknownColumn {
    /// The name given.
    pub name: String,
    /// The names there are.
    pub known: Vec<String>,
}

/// Which series plays which role.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    chosen: Vec<(Role, String)>,
}

impl Columns {
    /// By their names; the first of several that fit equally well.
    pub fn guess(log: &Log) -> Self {
        let mut chosen = Vec::new();
        for (_, role) in Role::NAMES {
            let fit = |series: &&Series| fit(role, &series.name);
            // The first of the best: `max_by_key` would take the last.
            let best = log.series.iter().rev().filter(|series| fit(series) > 0).max_by_key(fit);
            if let Some(best) = best {
                chosen.push((role, best.name.clone()));
            }
        }
        Self { chosen }
    }

    /// The same with the user's word for one of them.
    ///
    /// # Errors
    /// [`UnknownColumn`] where the log has no such column.
    pub fn correct(&mut self, log: &Log, role: Role, name: &str) -> Result<(), UnknownColumn> {
        if log.series(name).is_none() {
            let known = log.series.iter().map(|series| series.name.clone()).collect();
            return Err(UnknownColumn { name: name.to_owned(), known });
        }
        self.chosen.retain(|(other, column)| *other != role && column != name);
        self.chosen.push((role, name.to_owned()));
        self.chosen.sort();
        Ok(())
    }

    /// The column of a role.
    pub fn name(&self, role: Role) -> Option<&str> {
        self.chosen.iter().find(|(other, _)| *other == role).map(|(_, name)| name.as_str())
    }

    /// The series of a role.
    pub fn series<'a>(&self, log: &'a Log, role: Role) -> Option<&'a Series> {
        log.series(self.name(role)?)
    }

    /// All roles that are filled, with their columns.
    pub fn iter(&self) -> impl Iterator<Item = (Role, &str)> {
        self.chosen.iter().map(|(role, name)| (*role, name.as_str()))
    }
}

pub(super) fn is_step(name: &str) -> bool {
    fit(Role::Step, name) > 0
}

pub(super) fn is_epoch(name: &str) -> bool {
    fit(Role::Epoch, name) > 0
}

/// Whether a number behind a mere space is likely to be meant: `epoch 3`, `loss 0.5`.
pub(super) fn is_place_or_loss(name: &str) -> bool {
    let roles = [Role::Step, Role::Epoch, Role::LearningRate, Role::Loss, Role::ValidationLoss];
    roles.into_iter().any(|role| fit(role, name) > 0)
}

/// How well a name fits a role: 0 not at all, more is better.
fn fit(role: Role, name: &str) -> u32 {
    let name = words(name);
    // The last part tells what it is, those before it of what: `train/loss`, `metrics.val.loss`, `Loss_train`.
    let words: Vec<&str> = name.split(' ').collect();
    let has = |word: &str| words.contains(&word);
    let held_out = ["val", "valid", "validation", "eval", "test", "dev"].iter().any(|word| has(word));
    // Shorter names are the plainer ones.
    let plainness = 20u32.saturating_sub(words.len() as u32 * 2).max(1);
    let fits = match role {
        Role::Step => {
            matches!(
                name.as_str(),
                "step"
                    | "global step"
                    | "steps"
                    | "iteration"
                    | "iter"
                    | "iterations"
                    | "it"
                    | "train step"
                    | "trainer global step"
                    | "num updates"
                    | "update"
                    | "optimizer step"
            )
        }
        Role::Epoch => matches!(name.as_str(), "epoch" | "epochs" | "ep" | "train epoch"),
        Role::LearningRate => has("lr") || name.contains("learning rate") || name == "learningrate" || has("lrs"),
        Role::Loss => is_loss(&words) && !held_out,
        Role::ValidationLoss => is_loss(&words) && held_out,
        Role::Accuracy => is_score(&words) && !held_out,
        Role::ValidationAccuracy => is_score(&words) && held_out,
        Role::GradientNorm => name.contains("grad norm") || name.contains("gradient norm") || name == "gnorm",
    };
    if !fits {
        return 0;
    }
    let bonus = match role {
        // Of the loss of a step and its mean over the epoch, the step tells more.
        Role::Loss => {
            u32::from(name == "loss" || name == "train loss" || name == "training loss") * 8
                + u32::from(has("step")) * 4
        }
        Role::ValidationLoss if has("test") => 0,
        Role::ValidationLoss | Role::ValidationAccuracy => 4,
        _ => 0,
    };
    plainness + bonus
}

fn is_loss(words: &[&str]) -> bool {
    let is = |word: &str| matches!(word, "loss" | "ce" | "nll" | "mse" | "bce" | "perplexity" | "cost");
    words.iter().any(|word| is(word)) && !words.contains(&"scale") && !words.contains(&"scaler")
}

fn is_score(words: &[&str]) -> bool {
    let is = |word: &str| matches!(word, "accuracy" | "acc" | "acc1" | "top1" | "f1" | "auc" | "miou" | "map" | "psnr");
    words.iter().any(|word| is(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{Format, Series};

    /// Names of columns, and which role falls to which.
    type Case<'a> = (&'a [&'a str], &'a [(Role, &'a str)]);

    fn guess(names: &[&str]) -> Vec<(Role, String)> {
        let mut log = Log {
            format: Format::Csv,
            rows: 1,
            series: Vec::new(),
            places: super::super::recorder::Places::Rows,
            notes: Vec::new(),
            messages: Vec::new(),
        };
        log.series = names.iter().map(|name| Series::from_values(name, [(0.0, 1.0)])).collect();
        Columns::guess(&log).chosen
    }

    #[test]
    fn names_of_the_usual_writers() {
        use Role::*;
        let cases: [Case<'_>; 7] = [
            (
                &["step", "epoch", "lr-AdamW", "train_loss_step", "train_loss_epoch", "val_loss", "val_acc"],
                &[
                    (Step, "step"),
                    (Epoch, "epoch"),
                    (LearningRate, "lr-AdamW"),
                    (Loss, "train_loss_step"),
                    (ValidationLoss, "val_loss"),
                    (ValidationAccuracy, "val_acc"),
                ],
            ),
            (
                &["epoch", "grad_norm", "learning_rate", "loss", "step", "eval_loss", "eval_accuracy"],
                &[
                    (Step, "step"),
                    (Epoch, "epoch"),
                    (LearningRate, "learning_rate"),
                    (Loss, "loss"),
                    (ValidationLoss, "eval_loss"),
                    (ValidationAccuracy, "eval_accuracy"),
                    (GradientNorm, "grad_norm"),
                ],
            ),
            (
                &["accuracy", "loss", "val_accuracy", "val_loss", "learning_rate"],
                &[
                    (LearningRate, "learning_rate"),
                    (Loss, "loss"),
                    (ValidationLoss, "val_loss"),
                    (Accuracy, "accuracy"),
                    (ValidationAccuracy, "val_accuracy"),
                ],
            ),
            (
                &["Loss/train", "Loss/test", "LR"],
                &[(LearningRate, "LR"), (Loss, "Loss/train"), (ValidationLoss, "Loss/test")],
            ),
            (&["loss_box_reg", "loss", "loss_scale"], &[(Loss, "loss")]),
            (&["trainLoss", "validLoss"], &[(Loss, "trainLoss"), (ValidationLoss, "validLoss")]),
            (&["slope", "colour"], &[]),
        ];
        for (names, expected) in cases {
            let expected: Vec<(Role, String)> =
                expected.iter().map(|(role, name)| (*role, (*name).to_owned())).collect();
            assert_eq!(guess(names), expected, "{names:?}");
        }
    }
}

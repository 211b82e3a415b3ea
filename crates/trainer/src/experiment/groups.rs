//! Parameter groups: parts of a model with an LR or a weight decay of their own.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A part of a model, by the place of its weights between the input and the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The first layer: the embeddings of a transformer.
    Input,
    /// What stands between the first and the last layer.
    Hidden,
    /// The last layer, which gives the answer; also called the head.
    Output,
}

/// The parameter groups of an optimizer.
///
/// As in torch, a group starts from an LR of its own and the schedule does to each of them what its class does: most scale
/// the LR of the group, `OneCycleLR(max_lr=0.1)` sets all of them to the same. The first group holds all that has no LR of its
/// own. Lists in a schedule (`max_lr=[0.1, 0.01]`) give the values of the groups in the order of [`Groups::factors`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Groups {
    /// LR of the first layer, as a factor of the schedule's.
    pub input: f64,
    /// LR of the layers between the first and the last, as a factor.
    pub hidden: f64,
    /// LR of the last layer, as a factor.
    pub output: f64,
    /// Whether weight decay acts on biases and the gains of layer norms too, as it does in a single group.
    pub decay_vectors: bool,
}

/// The greatest factor of an LR.
pub const MOST_FACTOR: f64 = 1e4;

impl Groups {
    /// A single group.
    pub const ONE: Self = Self { input: 1.0, hidden: 1.0, output: 1.0, decay_vectors: true };

    const PARTS: [(Part, &'static str); 3] =
        [(Part::Input, "input"), (Part::Hidden, "hidden"), (Part::Output, "output")];

    /// The factor of a part.
    pub fn factor(&self, part: Part) -> f64 {
        match part {
            Part::Input => self.input,
            Part::Hidden => self.hidden,
            Part::Output => self.output,
        }
    }

    /// Changes the factor of a part.
    pub fn set_factor(&mut self, part: Part, factor: f64) {
        match part {
            Part::Input => self.input = factor,
            Part::Hidden => self.hidden = factor,
            Part::Output => self.output = factor,
        }
    }

    /// The LR of each group as a factor of the schedule's: 1, then one for each part with another factor, in the order
    /// input, hidden, output.
    pub fn factors(&self) -> Vec<f64> {
        let own = Self::PARTS.map(|(part, _)| self.factor(part)).into_iter().filter(|factor| *factor != 1.0);
        std::iter::once(1.0).chain(own).collect()
    }

    /// The place of a part's group among the [`factors`](Self::factors).
    pub fn group_of(&self, part: Part) -> usize {
        if self.factor(part) == 1.0 {
            return 0;
        }
        let before = Self::PARTS.into_iter().take_while(|(other, _)| *other != part);
        1 + before.filter(|(other, _)| self.factor(*other) != 1.0).count()
    }

    /// Reads `input:0.1,hidden:0.1,no-decay`; `none` is a single group.
    ///
    /// # Errors
    /// One sentence on what cannot be read.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut groups = Self::ONE;
        if text.trim() == "none" {
            return Ok(groups);
        }
        for item in text.split(',').map(str::trim) {
            if item == "no-decay" {
                groups.decay_vectors = false;
                continue;
            }
            let part = item.split_once(':').and_then(|(name, factor)| {
                let (part, _) = Self::PARTS.into_iter().find(|(_, known)| *known == name.trim())?;
                Some((part, factor.trim().parse().ok()?))
            });
            let Some((part, factor)) = part else {
                return Err(format!(
                    "Parameter groups are written input:0.1,hidden:0.1,output:1,no-decay (factors of the LR; no weight \
                     decay on biases and norms), or none, not `{text}`."
                ));
            };
            groups.set_factor(part, factor);
        }
        groups.check().map(|()| groups)
    }

    /// Whether every factor is one that an LR can have.
    ///
    /// # Errors
    /// One sentence.
    pub fn check(&self) -> Result<(), String> {
        match Self::PARTS.into_iter().find(|(part, _)| !(0.0..=MOST_FACTOR).contains(&self.factor(*part))) {
            None => Ok(()),
            Some((part, name)) => Err(format!(
                "The LR of the {name} group is multiplied by {}; it must be from 0 to {MOST_FACTOR}.",
                self.factor(part)
            )),
        }
    }
}

impl Default for Groups {
    fn default() -> Self {
        Self::ONE
    }
}

/// As [`Groups::parse`] reads it.
impl fmt::Display for Groups {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let own = Self::PARTS.into_iter().filter(|(part, _)| self.factor(*part) != 1.0);
        let mut items: Vec<String> = own.map(|(part, name)| format!("{name}:{}", self.factor(part))).collect();
        items.extend((!self.decay_vectors).then(|| "no-decay".to_owned()));
        formatter.write_str(&if items.is_empty() { "none".to_owned() } else { items.join(",") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for (groups, text) in [
            (Groups::ONE, "none"),
            (Groups { decay_vectors: false, ..Groups::ONE }, "no-decay"),
            (Groups { input: 0.1, hidden: 0.1, ..Groups::ONE }, "input:0.1,hidden:0.1"),
            (Groups { output: 10.0, input: 0.0, hidden: 1.0, decay_vectors: false }, "input:0,output:10,no-decay"),
        ] {
            assert_eq!(groups.to_string(), text);
            assert_eq!(Groups::parse(text), Ok(groups));
        }
        for text in ["", "input", "input:much", "middle:1", "input:0.1;hidden:1"] {
            assert!(Groups::parse(text).unwrap_err().starts_with("Parameter groups are written"), "{text}");
        }
        for text in ["hidden:-1", "hidden:inf", "hidden:nan", "hidden:1e9"] {
            assert!(Groups::parse(text).unwrap_err().starts_with("The LR of the hidden group"), "{text}");
        }
    }

    #[test]
    fn parts_with_a_factor_of_their_own_are_groups_of_their_own() {
        let groups = Groups { input: 0.1, hidden: 1.0, output: 10.0, decay_vectors: true };
        assert_eq!(groups.factors(), [1.0, 0.1, 10.0]);
        assert_eq!([Part::Input, Part::Hidden, Part::Output].map(|part| groups.group_of(part)), [1, 0, 2]);
        assert_eq!(Groups::ONE.factors(), [1.0]);
    }
}

//! "Should I ...?": what is often said about LR schedules, whether it is true, and how we know.
//!
//! Where a number stands here, a run kept in this repository made it, and a test reads it from there.

mod all;

pub use all::ALL;

use serde::Serialize;

use crate::source::Source;

/// How much of a claim is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It is true.
    True,
    /// It is true under conditions that the answer names.
    Depends,
    /// There is something to it, but less than is said.
    Overstated,
    /// It is false.
    False,
}

impl Verdict {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::True => "true",
            Self::Depends => "it depends",
            Self::Overstated => "overstated",
            Self::False => "false",
        }
    }
}

/// Something that is often said.
#[derive(Debug, Serialize)]
pub struct Claim {
    /// A short name, for links and commands.
    pub name: &'static str,
    /// The question it answers.
    pub question: &'static str,
    /// What is often said.
    pub said: &'static str,
    /// How much of it is true.
    pub verdict: Verdict,
    /// What to do, in a few sentences.
    pub answer: &'static str,
    /// What is known, from where.
    pub evidence: &'static [Evidence],
    /// The fragment of a link to a live demo that tests it.
    pub demo: Option<&'static str>,
}

/// A piece of evidence.
#[derive(Debug, Serialize)]
pub struct Evidence {
    /// What was found.
    pub finding: &'static str,
    /// By whom.
    pub source: Source,
}

/// The claim of that name.
pub fn find(name: &str) -> Option<&'static Claim> {
    ALL.iter().find(|claim| claim.name == name)
}

#[cfg(test)]
mod tests {
    use scheduler::permalink::Permalink;

    use super::*;

    #[test]
    fn claims_are_complete_and_their_demos_can_be_opened() {
        for (index, claim) in ALL.iter().enumerate() {
            assert!(ALL[..index].iter().all(|other| other.name != claim.name), "{}", claim.name);
            assert!(
                claim.question.ends_with('?') && claim.said.ends_with('.') && claim.answer.ends_with('.'),
                "{}",
                claim.name
            );
            assert!(!claim.evidence.is_empty(), "{}", claim.name);
            assert!(claim.evidence.iter().all(|evidence| evidence.finding.ends_with('.')), "{}", claim.name);
            if let Some(demo) = claim.demo {
                let (link, problems) = Permalink::decode(demo);
                assert_eq!(problems, [], "{}", claim.name);
                assert!(!link.lanes.is_empty() || link.settings.contains_key("demo"), "{}", claim.name);
            }
        }
    }
}

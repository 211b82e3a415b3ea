//! What is found in a log.

use scheduler::notation;
use scheduler::permalink::{NamedSchedule, Permalink};
use serde::Serialize;

/// Kinds of symptoms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The loss becomes NaN or infinite.
    NotANumber,
    /// The loss rises far above where it began and stays there.
    Diverged,
    /// The loss rises around the peak of the schedule.
    PeakTooHigh,
    /// The loss rises in the first steps, because the LR starts at its greatest.
    WarmupMissing,
    /// The loss rises right after a warmup.
    WarmupTooShort,
    /// The LR or the steps jump where a run was resumed.
    ResumeJump,
    /// The LR swings up and down within an epoch.
    WrongUnit,
    /// The LR comes down and smoothly goes up again.
    RisesAgain,
    /// The LR is near zero for much of the run.
    DecayedTooFast,
    /// The run ends while the LR is still coming down.
    EndedEarly,
    /// ReduceLROnPlateau cuts again and again.
    PlateauFiresAlways,
    /// The loss stays where guessing is.
    StuckAtChance,
    /// The loss falls all along, and slowly.
    LrTooLow,
    /// The loss jitters around a level at a LR that never comes down.
    LrTooHigh,
    /// The validation loss rises while the training loss falls.
    Overfitting,
    /// torch says that a schedule was stepped beyond its end.
    StepsBeyondSchedule,
    /// torch says that the scheduler was stepped before the optimizer.
    SchedulerBeforeOptimizer,
    /// torch says that the optimizer does not know the LR to resume from.
    ResumedWithoutLr,
    /// torch says that ReduceLROnPlateau got no metric.
    PlateauWithoutMetric,
}

impl Kind {
    /// The name that programs see.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotANumber => "not-a-number",
            Self::Diverged => "diverged",
            Self::PeakTooHigh => "peak-too-high",
            Self::WarmupMissing => "warmup-missing",
            Self::WarmupTooShort => "warmup-too-short",
            Self::ResumeJump => "resume-jump",
            Self::WrongUnit => "wrong-unit",
            Self::RisesAgain => "rises-again",
            Self::DecayedTooFast => "decayed-too-fast",
            Self::EndedEarly => "ended-early",
            Self::PlateauFiresAlways => "plateau-fires-always",
            Self::StuckAtChance => "stuck-at-chance",
            Self::LrTooLow => "lr-too-low",
            Self::LrTooHigh => "lr-too-high",
            Self::Overfitting => "overfitting",
            Self::StepsBeyondSchedule => "steps-beyond-schedule",
            Self::SchedulerBeforeOptimizer => "scheduler-before-optimizer",
            Self::ResumedWithoutLr => "resumed-without-lr",
            Self::PlateauWithoutMetric => "plateau-without-metric",
        }
    }

    /// Whether torch has said it, whatever else may be wrong.
    fn is_said(self) -> bool {
        matches!(
            self,
            Self::StepsBeyondSchedule
                | Self::SchedulerBeforeOptimizer
                | Self::ResumedWithoutLr
                | Self::PlateauWithoutMetric
        )
    }

    /// What a reader should see first comes first.
    pub(super) fn rank(self) -> u8 {
        match self {
            // What has ended the run.
            Self::NotANumber | Self::StepsBeyondSchedule | Self::ResumedWithoutLr | Self::PlateauWithoutMetric => 0,
            Self::PeakTooHigh | Self::Diverged | Self::WarmupMissing | Self::WarmupTooShort => 1,
            Self::ResumeJump | Self::WrongUnit | Self::SchedulerBeforeOptimizer => 2,
            Self::PlateauFiresAlways | Self::DecayedTooFast | Self::RisesAgain => 3,
            Self::StuckAtChance => 4,
            Self::Overfitting => 5,
            Self::EndedEarly | Self::LrTooLow | Self::LrTooHigh => 6,
        }
    }

    /// Whether it accounts for another symptom of the same run.
    pub(super) fn explains(self, other: Self) -> bool {
        let progress = matches!(other, Self::StuckAtChance | Self::LrTooLow | Self::LrTooHigh);
        match self {
            // A run that is lost is not judged any further.
            Self::NotANumber => {
                other != Self::NotANumber && other != Self::ResumeJump && other != Self::WrongUnit && !other.is_said()
            }
            Self::Diverged | Self::PeakTooHigh => progress || matches!(other, Self::EndedEarly | Self::Overfitting),
            Self::WrongUnit => progress || matches!(other, Self::RisesAgain | Self::EndedEarly | Self::DecayedTooFast),
            Self::PlateauFiresAlways => progress || other == Self::DecayedTooFast,
            Self::DecayedTooFast => progress,
            Self::RisesAgain => progress || other == Self::EndedEarly,
            Self::StuckAtChance => matches!(other, Self::LrTooLow | Self::LrTooHigh | Self::EndedEarly),
            Self::EndedEarly => other == Self::LrTooHigh,
            Self::ResumeJump => matches!(other, Self::RisesAgain | Self::WrongUnit),
            _ => false,
        }
    }
}

/// A possible cause.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cause {
    /// What it may be.
    pub what: String,
    /// What to change then.
    pub change: String,
}

impl Cause {
    pub(super) fn new(what: impl Into<String>, change: impl Into<String>) -> Self {
        Self { what: what.into(), change: change.into() }
    }
}

/// A schedule with the change.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Suggestion {
    /// LR of the optimizer.
    pub lr: f64,
    /// The schedule in the notation.
    pub schedule: String,
    /// Its length, in what the log counts.
    pub length: u64,
}

impl Suggestion {
    /// A link to it.
    pub fn permalink(&self) -> Option<Permalink> {
        let schedule = notation::parse(&self.schedule).ok()?;
        let mut link = Permalink::default();
        link.lanes.push(NamedSchedule { name: "changed".into(), lr: self.lr, schedule });
        link.settings.insert("steps".into(), self.length.to_string());
        Some(link)
    }
}

/// Something that is wrong in a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Symptom {
    /// What kind.
    pub kind: Kind,
    /// Where it is first seen, in what the log counts; `None` for what is seen in the run as a whole.
    pub at: Option<f64>,
    /// One sentence.
    pub what: String,
    /// Where it is seen: steps and values.
    pub evidence: Vec<String>,
    /// What it may come from, the likeliest first.
    pub causes: Vec<Cause>,
    /// A schedule with the change.
    pub suggestion: Option<Suggestion>,
}

/// What a log says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Diagnosis {
    /// The run in a few sentences.
    pub facts: Vec<String>,
    /// What is wrong; empty where nothing is.
    pub symptoms: Vec<Symptom>,
}

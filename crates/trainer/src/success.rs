//! What a race came to, and whether that is what it was said to show.
//!
//! ```text
//! StepReports --LaneEnd::of--> ends --Rule::holds--> yes or no
//! ```

use serde::{Deserialize, Serialize};

use crate::experiment::Experiment;
use crate::messages::{Lane, StepReport};
use crate::outcome::{Outcome, WINDOW, mean_of_last, outcome};

/// The end of one lane.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LaneEnd {
    /// Which lane it was.
    pub lane: Lane,
    /// What became of it.
    pub outcome: Outcome,
    /// Mean training loss of the last [`WINDOW`] steps in nats.
    pub loss: f32,
    /// Mean training accuracy of the same steps.
    pub accuracy: f32,
    /// Loss and accuracy at the last validation, if there was one.
    pub validation: Option<(f32, f32)>,
    /// How often a schedule that listens to a metric has reduced the LR.
    pub reductions: Option<u32>,
}

impl LaneEnd {
    /// The end of the lane at that place of the reports.
    pub fn of(experiment: &Experiment, reports: &[StepReport], place: usize, lane: Lane) -> Self {
        let (losses, accuracies): (Vec<f32>, Vec<f32>) =
            reports.iter().map(|report| (report.loss[place], report.accuracy[place])).unzip();
        let validation = reports
            .iter()
            .rev()
            .find_map(|report| report.validation.as_ref().map(|scores| (scores.loss[place], scores.accuracy[place])));
        let reductions = reports
            .iter()
            .rev()
            .find_map(|report| report.plateau.get(place).copied().flatten())
            .map(|it| it.reductions);
        let validated = validation.map(|(_, accuracy)| accuracy);
        let all = |values: &[f32]| mean_of_last(values, WINDOW.min(values.len())).unwrap_or(f32::NAN);
        Self {
            lane,
            outcome: outcome(&experiment.task, experiment.goal, &losses, &accuracies, validated),
            loss: all(&losses),
            accuracy: all(&accuracies),
            validation,
            reductions,
        }
    }

    /// The ends of all lanes.
    pub fn all(experiment: &Experiment, reports: &[StepReport], lanes: &[Lane]) -> Vec<Self> {
        lanes.iter().enumerate().map(|(place, &lane)| Self::of(experiment, reports, place, lane)).collect()
    }

    /// The validation loss, or without one the training loss; infinite where it is not a number, which is worse than any.
    pub fn final_loss(&self) -> f32 {
        let loss = self.validation.map_or(self.loss, |(loss, _)| loss);
        if loss.is_finite() { loss } else { f32::INFINITY }
    }

    /// The validation accuracy, or without one the training accuracy.
    pub fn final_accuracy(&self) -> f32 {
        self.validation.map_or(self.accuracy, |(_, accuracy)| accuracy)
    }
}

/// Something that a race is said to show. Schedules are told by their place in the race.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule {
    /// Most seeds of a schedule learn.
    Learns {
        /// The schedule.
        schedule: usize,
        /// Of ten seeds, at least so many.
        least: u32,
    },
    /// Few seeds of a schedule learn.
    SeldomLearns {
        /// The schedule.
        schedule: usize,
        /// Of ten seeds, at most so many.
        most: u32,
    },
    /// Of two runs with the same seed, that of one schedule ends with the lower loss.
    Beats {
        /// The one that ends lower.
        better: usize,
        /// The one that ends higher.
        worse: usize,
        /// Of ten seeds, at least so many.
        least: u32,
    },
    /// Two schedules come to about the same mean loss.
    Close {
        /// One of them.
        one: usize,
        /// The other.
        other: usize,
        /// Their mean losses differ by less than this, in nats.
        within: f32,
    },
    /// A schedule reduces its LR now and then.
    Reduces {
        /// The schedule.
        schedule: usize,
        /// From so many times.
        least: u32,
        /// To so many times.
        most: u32,
        /// Of ten seeds, at least so many.
        seeds: u32,
    },
}

impl Rule {
    /// Whether a race that ended so shows it.
    pub fn holds(&self, ends: &[LaneEnd]) -> bool {
        let of = |schedule: usize| ends.iter().filter(move |end| end.lane.schedule == schedule);
        // Counts are given for ten seeds, whatever their number.
        let at_least = |count: usize, least: u32, seeds: usize| seeds > 0 && count * 10 >= least as usize * seeds;
        let learned = |schedule| of(schedule).filter(|end| end.outcome == Outcome::Learned).count();
        match *self {
            Self::Learns { schedule, least } => at_least(learned(schedule), least, of(schedule).count()),
            Self::SeldomLearns { schedule, most } => {
                let seeds = of(schedule).count();
                seeds > 0 && learned(schedule) * 10 <= most as usize * seeds
            }
            Self::Beats { better, worse, least } => {
                let (mut pairs, mut won) = (0, 0);
                for end in of(better) {
                    if let Some(other) = of(worse).find(|other| other.lane.seed == end.lane.seed) {
                        pairs += 1;
                        won += usize::from(end.final_loss() < other.final_loss());
                    }
                }
                at_least(won, least, pairs)
            }
            Self::Close { one, other, within } => {
                let mean = |schedule| mean(of(schedule).map(LaneEnd::final_loss));
                mean(one).zip(mean(other)).is_some_and(|(one, other)| (one - other).abs() < within)
            }
            Self::Reduces { schedule, least, most, seeds } => {
                let within = |end: &&LaneEnd| end.reductions.is_some_and(|times| (least..=most).contains(&times));
                at_least(of(schedule).filter(within).count(), seeds, of(schedule).count())
            }
        }
    }

    /// The rule as a sentence; `names` are those of the schedules.
    pub fn words(&self, names: &[&str]) -> String {
        let name = |schedule: usize| format!("“{}”", names.get(schedule).copied().unwrap_or("?"));
        match *self {
            Self::Learns { schedule, least } => format!("{} learns in at least {least} of 10 seeds.", name(schedule)),
            Self::SeldomLearns { schedule, most: 0 } => format!("{} learns in none of 10 seeds.", name(schedule)),
            Self::SeldomLearns { schedule, most } => {
                format!("{} learns in at most {most} of 10 seeds.", name(schedule))
            }
            Self::Beats { better, worse, least } => {
                format!("{} ends with a lower loss than {} in at least {least} of 10 seeds.", name(better), name(worse))
            }
            Self::Close { one, other, within } => {
                format!("The mean losses of {} and {} differ by less than {within}.", name(one), name(other))
            }
            Self::Reduces { schedule, least, most, seeds } => {
                format!("{} reduces the LR {least} to {most} times in at least {seeds} of 10 seeds.", name(schedule))
            }
        }
    }
}

/// The mean, if there is anything to take it of.
pub fn mean(values: impl Iterator<Item = f32>) -> Option<f32> {
    let (sum, count) = values.fold((0.0f64, 0u32), |(sum, count), value| (sum + f64::from(value), count + 1));
    (count > 0).then(|| (sum / f64::from(count)) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(schedule: usize, seed: u64, outcome: Outcome, loss: f32) -> LaneEnd {
        let lane = Lane { schedule, seed };
        LaneEnd { lane, outcome, loss, accuracy: 0.5, validation: None, reductions: Some(seed as u32) }
    }

    fn ends() -> Vec<LaneEnd> {
        use Outcome::{Diverged, Learned};
        vec![end(0, 0, Diverged, f32::NAN), end(0, 1, Learned, 0.3), end(1, 0, Learned, 0.2), end(1, 1, Learned, 0.1)]
    }

    #[test]
    fn counts_are_shares_of_the_seeds() {
        let ends = ends();
        assert!(Rule::Learns { schedule: 0, least: 5 }.holds(&ends));
        assert!(!Rule::Learns { schedule: 0, least: 6 }.holds(&ends));
        assert!(Rule::SeldomLearns { schedule: 0, most: 5 }.holds(&ends));
        assert!(!Rule::SeldomLearns { schedule: 1, most: 9 }.holds(&ends));
        assert!(!Rule::Learns { schedule: 7, least: 0 }.holds(&ends), "a schedule without lanes shows nothing");
        assert!(!Rule::SeldomLearns { schedule: 7, most: 9 }.holds(&ends));
        assert!(Rule::Reduces { schedule: 0, least: 1, most: 3, seeds: 5 }.holds(&ends));
        assert!(!Rule::Reduces { schedule: 0, least: 1, most: 3, seeds: 6 }.holds(&ends));
    }

    #[test]
    fn losses_are_compared_seed_by_seed_and_not_a_number_loses() {
        let ends = ends();
        assert!(Rule::Beats { better: 1, worse: 0, least: 10 }.holds(&ends));
        assert!(!Rule::Beats { better: 0, worse: 1, least: 1 }.holds(&ends));
        assert!(!Rule::Close { one: 0, other: 1, within: 10.0 }.holds(&ends), "a diverged lane is close to nothing");
        assert!(Rule::Close { one: 1, other: 1, within: 0.01 }.holds(&ends));
    }

    #[test]
    fn a_rule_is_a_sentence() {
        let words = Rule::Beats { better: 1, worse: 0, least: 9 }.words(&["constant", "cosine"]);
        assert_eq!(words, "“cosine” ends with a lower loss than “constant” in at least 9 of 10 seeds.");
    }
}

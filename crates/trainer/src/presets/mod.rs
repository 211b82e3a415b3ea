//! Runs that show something, as data: a claim with its source, the run, the rule by which it shows what it is said to, and
//! a counter-example in which it does not.
//!
//! `cargo test -p lrscope-trainer --test science` runs them all.

mod classification;
mod finder;
mod large_batch;
mod noise_floor;
mod onecycle;
mod plateau;
mod spirals;
mod stop_any_time;
mod warmup;

use scheduler::permalink::NamedSchedule;
use scheduler::{Schedule, notation};

pub use finder::{FOUND, finder};
pub use large_batch::large_batch;
pub use noise_floor::noise_floor;
pub use onecycle::onecycle;
pub use plateau::plateau;
pub use spirals::spirals;
pub use stop_any_time::stop_any_time;
pub use warmup::warmup;

use crate::experiment::Experiment;
use crate::messages::{Lane, Run, ScheduledLr};
use crate::success::Rule;

/// A demonstration: what is run, and what it is said to show.
#[derive(Clone, Debug, PartialEq)]
pub struct Preset {
    /// Name in links.
    pub name: &'static str,
    /// A few words.
    pub title: &'static str,
    /// What a reader should take from it.
    pub claim: &'static str,
    /// Where that comes from.
    pub source: &'static str,
    /// What all lanes share.
    pub experiment: Experiment,
    /// The schedules that race.
    pub schedules: Vec<NamedSchedule>,
    /// Seeds per schedule.
    pub seeds: usize,
    /// When the race has shown the claim: all of these hold.
    pub success: Vec<Rule>,
    /// The run in which the claim does not hold, so that nobody takes it for a law.
    pub counter_example: CounterExample,
}

/// A run beside a preset in which its effect is gone.
#[derive(Clone, Debug, PartialEq)]
pub struct CounterExample {
    /// What is changed, and what that does.
    pub words: &'static str,
    /// What all lanes share.
    pub experiment: Experiment,
    /// The schedules that race.
    pub schedules: Vec<NamedSchedule>,
    /// When the race has shown that: all of these hold.
    pub success: Vec<Rule>,
}

impl Preset {
    /// The counter-example as a demonstration of its own.
    pub fn counter(&self) -> Self {
        let counter = self.counter_example.clone();
        Self {
            claim: counter.words,
            experiment: counter.experiment,
            schedules: counter.schedules,
            success: counter.success,
            ..self.clone()
        }
    }

    /// The schedules as a run takes them.
    pub fn scheduled(&self) -> Vec<ScheduledLr> {
        scheduled(&self.schedules)
    }

    /// One lane per schedule and seed; all seeds, from 0, of the first schedule come first.
    pub fn lanes(&self) -> Vec<Lane> {
        lanes(self.schedules.len(), 0..self.seeds as u64)
    }

    /// The run with these seeds.
    pub fn run(&self, seeds: std::ops::Range<u64>) -> Run {
        Run {
            experiment: self.experiment.clone(),
            schedules: self.scheduled(),
            lanes: lanes(self.schedules.len(), seeds),
            ends_when_diverged: false,
        }
    }

    /// When the race has shown the claim, in sentences.
    pub fn success_words(&self) -> String {
        let names: Vec<&str> = self.schedules.iter().map(|named| named.name.as_str()).collect();
        self.success.iter().map(|rule| rule.words(&names)).collect::<Vec<_>>().join(" ")
    }
}

/// Schedules as a run takes them.
pub fn scheduled(schedules: &[NamedSchedule]) -> Vec<ScheduledLr> {
    let scheduled = |named: &NamedSchedule| ScheduledLr { base_lr: named.lr, schedule: named.schedule.clone() };
    schedules.iter().map(scheduled).collect()
}

/// One lane per schedule and seed; all seeds of the first schedule come first.
pub fn lanes(schedules: usize, seeds: std::ops::Range<u64>) -> Vec<Lane> {
    (0..schedules).flat_map(|schedule| seeds.clone().map(move |seed| Lane { schedule, seed })).collect()
}

/// All presets, the default one first.
pub fn all() -> Vec<Preset> {
    vec![warmup(), spirals(), onecycle(), plateau(), large_batch(), noise_floor(), stop_any_time(), finder()]
}

fn named(name: &str, lr: f64, schedule: Schedule) -> NamedSchedule {
    NamedSchedule { name: name.into(), lr, schedule }
}

/// The schedule of a text of ours.
fn schedule(text: &str) -> Schedule {
    notation::parse(text).expect("a test builds all presets")
}

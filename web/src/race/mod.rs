//! A live run: which device, which workers, what has come back from them, and what becomes of it when something breaks.

mod clock;
mod device;
pub mod export;
mod fault;
mod history;
mod lane;
mod looks;
mod pace;
mod phase;
mod plateau;
mod recovery;
mod results;
mod run;
mod shown;
mod spent;
mod steer;
mod stopwatch;
mod summary;
mod team;
mod visibility;
mod workers;

pub use device::{Device, decide};
pub use fault::{Fault, Way};
pub use history::Kept;
pub use looks::{Looks, Seen};
pub use pace::Pace;
pub use phase::Phase;
pub use plateau::{Plateau, plateaus};
pub use results::Results;
pub use shown::Shown;
pub use spent::{Ruler, Spent, spent};

use leptos::prelude::*;
use team::Team;

use crate::state::State;

/// A race and its signals. A copy is a handle on the same race.
#[derive(Clone, Copy)]
pub struct Race {
    /// How far it is.
    pub phase: RwSignal<Phase>,
    /// What is wrong with it, if anything.
    pub fault: RwSignal<Option<Fault>>,
    /// What has come back.
    pub results: RwSignal<Results>,
    /// What was raced: the state at the moment of Run.
    pub raced: RwSignal<Option<State>>,
    /// What it runs on, in words.
    pub device: RwSignal<String>,
    /// A sentence where the choice of device could not be met.
    pub device_notice: RwSignal<Option<String>>,
    /// Optimizer steps per second of the whole race.
    pub steps_per_second: RwSignal<f64>,
    /// Steps that were trained while nobody could see them: from one to another.
    pub unseen: RwSignal<Option<(usize, usize)>>,
    /// How fast it is shown.
    pub pace: RwSignal<Pace>,
    /// The runs of the session, oldest first.
    pub kept: RwSignal<Vec<Kept>>,
    /// The number of the kept run that is drawn behind the one that is shown.
    pub compared: RwSignal<Option<usize>>,
    /// What the user looks at beside the numbers.
    pub looks: Looks,
    team: StoredValue<Team, LocalStorage>,
}

impl Race {
    /// No race yet.
    pub fn new() -> Self {
        let race = Self {
            phase: RwSignal::new(Phase::Idle),
            fault: RwSignal::new(None),
            results: RwSignal::new(Results::default()),
            raced: RwSignal::new(None),
            device: RwSignal::new(String::new()),
            device_notice: RwSignal::new(None),
            steps_per_second: RwSignal::new(0.0),
            unseen: RwSignal::new(None),
            pace: RwSignal::new(Pace::Live),
            kept: RwSignal::new(Vec::new()),
            compared: RwSignal::new(None),
            looks: Looks::new(),
            team: StoredValue::new_local(Team::default()),
        };
        race.watch_visibility();
        race
    }
}

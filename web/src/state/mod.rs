//! The state of the page: exactly what a permalink holds.
//!
//! * [`device`]: the device that is asked for; [`change`]: what fields and switches do to the state; [`drawn`]: the run that
//!   its LRs are drawn over.

mod change;
mod device;
mod drawn;

use scheduler::Run;
use scheduler::permalink::NamedSchedule;
use trainer::experiment::{Experiment, Norm, Optimizer};
use trainer::presets::{self, Preset};

pub use device::DeviceChoice;
pub use drawn::example_run;

use crate::parts::Part;

/// Everything that a link restores.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The demo that the page started from; the defaults of everything else.
    pub demo: Preset,
    /// What all lanes share.
    pub experiment: Experiment,
    /// The schedules that race.
    pub schedules: Vec<NamedSchedule>,
    /// Seeds per schedule.
    pub seeds: usize,
    /// Device to train on.
    pub device: DeviceChoice,
    /// Whether the LR axis is logarithmic.
    pub log_lr: bool,
    /// Whether the loss is drawn over the LR spent and not over the steps.
    pub loss_over_area: bool,
    /// More parameter groups than the race trains, each as a factor of the first one's LR: for the plots.
    pub groups: Vec<f64>,
    /// The training run that the schedules are meant for, where the user has described one. Races do not follow it.
    pub run: Option<Run>,
    /// What a teacher has hidden, in order.
    pub hidden: Vec<Part>,
    /// Whether the page is a part of another page, without its frame.
    pub embedded: bool,
}

pub use trainer::link::{MAX_SCHEDULES, MAX_SEEDS};
/// The most parameter groups beside the first.
pub const MAX_GROUPS: usize = 3;

impl From<Preset> for State {
    fn from(demo: Preset) -> Self {
        Self {
            experiment: demo.experiment.clone(),
            schedules: demo.schedules.clone(),
            seeds: demo.seeds,
            device: DeviceChoice::Auto,
            log_lr: false,
            loss_over_area: false,
            groups: Vec::new(),
            run: None,
            hidden: Vec::new(),
            embedded: false,
            demo,
        }
    }
}

impl Default for State {
    fn default() -> Self {
        presets::warmup().into()
    }
}

impl State {
    /// Where the task's transformer normalises, if it is one.
    pub fn norm(&self) -> Option<Norm> {
        self.experiment.task.norm()
    }

    /// Whether the run is the counter-example of its demo.
    pub fn is_counter_example(&self) -> bool {
        let counter = &self.demo.counter_example;
        self.experiment == counter.experiment && self.schedules == counter.schedules
    }

    /// Whether this can be trained at all.
    ///
    /// # Errors
    /// A sentence on what cannot.
    pub fn validate(&self) -> Result<(), trainer::validate::Invalid> {
        self.experiment.validate(self.schedules.len() * self.seeds)
    }

    /// The task and the model in a few words.
    pub fn task_words(&self) -> String {
        self.experiment.task.to_string()
    }

    /// The optimizer in torch's words.
    pub fn optimizer_words(&self) -> String {
        self.experiment.optimizer.to_string()
    }

    /// The class of the optimizer.
    pub fn optimizer_class(&self) -> &'static str {
        match &self.experiment.optimizer {
            Optimizer::Sgd { .. } => "SGD",
            Optimizer::Adam { .. } => "Adam",
            Optimizer::AdamW { .. } => "AdamW",
        }
    }

    /// Whether a part of the page is to be seen.
    pub fn shows(&self, part: Part) -> bool {
        !self.hidden.contains(&part)
    }
}

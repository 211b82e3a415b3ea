//! The state of the page: exactly what a permalink holds.

use scheduler::permalink::NamedSchedule;
use trainer::experiment::{Experiment, Norm};
use trainer::presets::{self, Preset};

/// Which device the user asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceChoice {
    /// WebGPU on a real GPU, else the CPU.
    Auto,
    /// The CPU, in WebAssembly.
    Cpu,
    /// WebGPU, also where it is computed in software.
    WebGpu,
}

impl DeviceChoice {
    /// All choices.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Cpu, Self::WebGpu];

    /// How links and the page's fields call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Cpu => "cpu",
            Self::WebGpu => "webgpu",
        }
    }

    /// The choice of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.name() == name)
    }
}

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
}

pub use trainer::link::{MAX_SCHEDULES, MAX_SEEDS};

impl From<Preset> for State {
    fn from(demo: Preset) -> Self {
        Self {
            experiment: demo.experiment.clone(),
            schedules: demo.schedules.clone(),
            seeds: demo.seeds,
            device: DeviceChoice::Auto,
            log_lr: false,
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

    /// Moves the layer normalisation of a transformer.
    pub fn set_norm(&mut self, norm: Norm) {
        self.experiment.task.set_norm(norm);
    }

    /// Changes the task, and with it the model.
    pub fn set_task(&mut self, name: &str) {
        if let Some(task) = trainer::link::task(&self.demo, name) {
            self.experiment.task = task;
        }
    }

    /// Changes the length of the run, and with it that of the schedules that end with it.
    pub fn set_steps(&mut self, steps: usize) {
        for named in &mut self.schedules {
            named.schedule.fit(self.experiment.steps, steps);
        }
        self.experiment.steps = steps;
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

    /// The optimizer as schedulers see it, with one parameter group.
    pub fn scheduler_optimizer(&self, lr: f64) -> scheduler::Optimizer {
        self.experiment.optimizer.for_scheduler(lr)
    }
}

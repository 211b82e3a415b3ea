//! The state of the page: exactly what a permalink holds.

use scheduler::permalink::NamedSchedule;
use trainer::experiment::{Experiment, Norm, Optimizer, Task};
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

/// The most schedules in a race: as many as there are line styles that can be told apart.
pub const MAX_SCHEDULES: usize = 8;
/// The most seeds per schedule.
pub const MAX_SEEDS: usize = 32;

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
        match &self.experiment.task {
            Task::Reverse(model) => Some(model.norm),
            Task::Spirals(_) => None,
        }
    }

    /// Moves the layer normalisation of a transformer.
    pub fn set_norm(&mut self, norm: Norm) {
        if let Task::Reverse(model) = &mut self.experiment.task {
            model.norm = norm;
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
        match &self.experiment.task {
            Task::Reverse(model) => format!(
                "Reverse {} random tokens of {}. Transformer encoder, {} layers, width {}, {} heads.",
                model.sequence, model.vocabulary, model.layers, model.d_model, model.heads
            ),
            Task::Spirals(model) => {
                format!("Tell two spirals apart. Perceptron, {} hidden layers of {}.", model.layers, model.hidden)
            }
        }
    }

    /// The optimizer in torch's words.
    pub fn optimizer_words(&self) -> String {
        match &self.experiment.optimizer {
            Optimizer::Sgd { momentum } => format!("SGD(momentum={momentum})"),
            Optimizer::Adam { beta1, beta2, epsilon } => format!("Adam(betas=({beta1}, {beta2}), eps={epsilon:e})"),
        }
    }

    /// The optimizer as schedulers see it, with one parameter group.
    pub fn scheduler_optimizer(&self, lr: f64) -> scheduler::Optimizer {
        match &self.experiment.optimizer {
            Optimizer::Sgd { momentum } => scheduler::Optimizer::sgd(&[lr], *momentum),
            Optimizer::Adam { beta1, .. } => scheduler::Optimizer::adam(&[lr], *beta1),
        }
    }
}

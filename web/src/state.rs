//! The state of the page: exactly what a permalink holds.

use scheduler::permalink::NamedSchedule;
use scheduler::{Cadence, Data, Horizon, Run};
use trainer::experiment::{Experiment, Norm, Optimizer};
use trainer::presets::{self, Preset};

use crate::parts::Part;

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

/// A run to start describing one's own from: CIFAR-10 in batches of 128 for 30 epochs.
pub fn example_run() -> Run {
    let data = Data::Examples { examples: 50_000, batch: 128, drop_last: false };
    let horizon = Horizon { epochs: 30, data, accumulation: 1, processes: 1 };
    Run { horizon, cadence: Cadence::Step, calls: 1, resume: None }
}

impl From<Preset> for State {
    fn from(demo: Preset) -> Self {
        Self {
            experiment: demo.experiment.clone(),
            schedules: demo.schedules.clone(),
            seeds: demo.seeds,
            device: DeviceChoice::Auto,
            log_lr: false,
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

    /// Whether the run is the counter-example of its demo.
    pub fn is_counter_example(&self) -> bool {
        let counter = &self.demo.counter_example;
        self.experiment == counter.experiment && self.schedules == counter.schedules
    }

    /// Makes the run the counter-example of its demo, or the demo again.
    pub fn set_counter_example(&mut self, on: bool) {
        let demo = if on { self.demo.counter() } else { self.demo.clone() };
        (self.experiment, self.schedules) = (demo.experiment, demo.schedules);
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

    /// The optimizer as schedulers see it, with all parameter groups.
    pub fn scheduler_optimizer(&self, lr: f64) -> scheduler::Optimizer {
        self.experiment.optimizer.for_scheduler(lr, &self.group_factors())
    }

    /// The LRs of the parameter groups as factors of that of the first: those that train, then those that are only drawn.
    pub fn group_factors(&self) -> Vec<f64> {
        let mut factors = self.experiment.groups.factors();
        factors.extend(&self.groups);
        factors
    }

    /// The run that the LRs are drawn over: the user's own, or else the race.
    pub fn drawn_run(&self) -> Run {
        self.run.clone().unwrap_or_else(|| {
            let data = Data::Batches(self.experiment.steps);
            let horizon = Horizon { epochs: 1, data, accumulation: 1, processes: 1 };
            Run { horizon, cadence: Cadence::Step, calls: 1, resume: None }
        })
    }

    /// How many steps of a schedule there are in what is drawn: calls of `scheduler.step()`.
    pub fn schedule_steps(&self) -> usize {
        let run = self.drawn_run();
        run.calls_before(run.horizon.steps()).max(1)
    }

    /// Whether a step of the schedule is an optimizer step of what is drawn, so that what is dragged is what is meant.
    pub fn draws_every_step(&self) -> bool {
        self.run.as_ref().is_none_or(|run| run.cadence == Cadence::Step && run.calls == 1 && run.resume.is_none())
    }

    /// Whether a part of the page is to be seen.
    pub fn shows(&self, part: Part) -> bool {
        !self.hidden.contains(&part)
    }
}

//! An optimizer whose LR is written down at each of its steps.

use scheduler::{Optimizer, Schedule, ScheduleError, Scheduler};

use super::super::{Note, Stopped, Track};
use crate::span::Span;

/// An optimizer under schedulers.
pub(super) struct Recorder {
    optimizer: Optimizer,
    schedulers: Vec<Scheduler>,
    span: Span,
    lrs: Vec<f64>,
    error: Option<(usize, ScheduleError)>,
}

impl Recorder {
    /// An optimizer with one parameter group, built at `span`.
    pub fn new(lr: f64, span: Span) -> Self {
        Self::of(Optimizer::adam(&[lr], 0.9), span)
    }

    /// That optimizer, built at `span`.
    pub fn of(optimizer: Optimizer, span: Span) -> Self {
        Self { optimizer, schedulers: Vec::new(), span, lrs: Vec::new(), error: None }
    }

    /// Builds a scheduler on it, which goes by the number that comes back.
    ///
    /// # Errors
    /// What the library raises, in a sentence.
    pub fn build(&mut self, schedule: &Schedule) -> Result<usize, Stopped> {
        let scheduler = Scheduler::new(schedule, &mut self.optimizer).map_err(|error| {
            let text = format!("{} raises when it is built: {error}", schedule.name());
            Stopped::Unreadable(Note { span: self.span, text })
        })?;
        self.schedulers.push(scheduler);
        Ok(self.schedulers.len() - 1)
    }

    /// The optimizer makes a step.
    pub fn update(&mut self) {
        if self.error.is_none() {
            self.lrs.push(self.lr());
        }
    }

    /// The LR in force.
    pub fn lr(&self) -> f64 {
        self.optimizer.lrs().first().copied().unwrap_or_default()
    }

    /// The LR is set from outside, past all schedulers.
    pub fn set(&mut self, lr: f64) {
        self.optimizer.set_lr(lr);
    }

    /// How many steps it has made.
    pub fn updates(&self) -> usize {
        self.lrs.len()
    }

    /// A scheduler is stepped; what it raises ends the run.
    pub fn step(&mut self, scheduler: usize, metric: Option<f64>) {
        if self.error.is_none()
            && let Some(scheduler) = self.schedulers.get_mut(scheduler)
            && let Err(error) = scheduler.step(&mut self.optimizer, metric)
        {
            self.error = Some((self.lrs.len(), error));
        }
    }

    /// Whether something was raised.
    pub fn has_ended(&self) -> bool {
        self.error.is_some()
    }

    /// The LR of each step.
    pub fn track(self) -> Track {
        Track { name: String::new(), span: self.span, lrs: self.lrs, error: self.error }
    }

    /// `steps` optimizer steps, the only scheduler stepped `calls` times after each.
    pub fn run(mut self, steps: usize, calls: usize) -> Track {
        while self.updates() < steps && !self.has_ended() {
            self.update();
            (0..calls).for_each(|_| self.step(0, None));
        }
        // What is raised after the last step stops nothing any more.
        self.error.take_if(|(at, _)| *at >= steps);
        self.track()
    }
}

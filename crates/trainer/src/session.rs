//! A run under way, as a state machine that knows neither page nor device.
//!
//! ```text
//!            Resume                 last step
//! Paused <------------> Running ---------------> Done
//!    |       Pause         ^
//!    +--Step--> Stepping --+ (one step, then Paused)
//! ```

use burn_tensor::Device;

use crate::engine::{Engine, Error};
use crate::messages::{Checkpoint, Command, MOST_REPORTS, Run, StepReport};
use crate::range_test::Watch;
use crate::surface::Surfaces;
use crate::validate::{Invalid, LR_FACTOR};

/// What a session does when it is asked to train.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// As many steps as it is asked for.
    Running,
    /// One step.
    Stepping,
    /// Nothing.
    Paused,
    /// Nothing more, ever.
    Done,
}

/// A run with its engine.
pub struct Session {
    engine: Engine,
    schedules: usize,
    state: State,
    /// The watch over a run that ends when all lanes have diverged.
    watch: Option<Watch>,
}

impl Session {
    /// Begins a run, or goes on with it from a checkpoint, on a device.
    ///
    /// # Errors
    /// As [`Engine::new`] and [`Engine::restore`].
    pub fn start(run: &Run, from: Option<&Checkpoint>, device: &Device) -> Result<Self, Error> {
        let engine = match from {
            None => Engine::new(&run.experiment, &run.schedules, &run.lanes, device)?,
            Some(checkpoint) => Engine::restore(&run.experiment, &run.schedules, &run.lanes, checkpoint, device)?,
        };
        let state = if engine.is_done() { State::Done } else { State::Running };
        let watch = run.ends_when_diverged.then(|| Watch::new(&run.experiment.task, run.lanes.len()));
        Ok(Self { engine, schedules: run.schedules.len(), state, watch })
    }

    /// What it is about to do.
    pub fn state(&self) -> State {
        self.state
    }

    /// The next step to train, from 0.
    pub fn step(&self) -> usize {
        self.engine.step()
    }

    /// Changes its ways. A command that makes no sense in the state it is in changes nothing.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a factor that no LR can have, or a schedule that is not there.
    pub fn obey(&mut self, command: &Command) -> Result<(), Error> {
        match (command, self.state) {
            (_, State::Done) => {}
            (Command::Pause, _) => self.state = State::Paused,
            (Command::Resume, _) => self.state = State::Running,
            (Command::Step, _) => self.state = State::Stepping,
            (&Command::ScaleLr { schedule, factor }, _) => {
                if schedule >= self.schedules || !LR_FACTOR.contains(&factor) {
                    return Err(Error::Invalid(Invalid(format!(
                        "The LR of schedule {} cannot be multiplied by {factor}.",
                        schedule + 1
                    ))));
                }
                self.engine.scale_lr(schedule, factor);
            }
        }
        Ok(())
    }

    /// Trains at most that many steps, as far as its state allows.
    ///
    /// # Errors
    /// As [`Engine::advance`]. The run is where it was after the last step that was reported, or further.
    pub async fn train(&mut self, steps: usize) -> Result<Vec<StepReport>, Error> {
        let steps = match self.state {
            State::Running => steps.min(MOST_REPORTS),
            State::Stepping => 1,
            State::Paused | State::Done => return Ok(Vec::new()),
        };
        let reports = self.engine.advance(steps).await?;
        if let Some(watch) = &mut self.watch {
            watch.add(&reports);
        }
        if self.engine.is_done() || self.watch.as_ref().is_some_and(Watch::is_over) {
            self.state = State::Done;
        } else if self.state == State::Stepping {
            self.state = State::Paused;
        }
        Ok(reports)
    }

    /// The decision surfaces of the lanes with a seed, in any state.
    ///
    /// # Errors
    /// As [`Engine::surfaces`].
    pub async fn surfaces(&self, seed: u64) -> Result<Surfaces, Error> {
        self.engine.surfaces(seed).await
    }

    /// Where it is, on the host.
    ///
    /// # Errors
    /// [`Error::Device`] when the device is lost.
    pub async fn checkpoint(&self) -> Result<Checkpoint, Error> {
        self.engine.checkpoint().await
    }
}

//! The run that the LRs of a state are drawn over, and the optimizer as its schedules see it.

use scheduler::{Cadence, Data, Horizon, Run};

use super::State;

/// A run to start describing one's own from: CIFAR-10 in batches of 128 for 30 epochs.
pub fn example_run() -> Run {
    let data = Data::Examples { examples: 50_000, batch: 128, drop_last: false };
    let horizon = Horizon { epochs: 30, data, accumulation: 1, processes: 1 };
    Run { horizon, cadence: Cadence::Step, calls: 1, resume: None }
}

impl State {
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
}

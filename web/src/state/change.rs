//! What fields and switches do to the state.

use trainer::experiment::Norm;

use super::State;

impl State {
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

    /// Makes the run the counter-example of its demo, or the demo again.
    pub fn set_counter_example(&mut self, on: bool) {
        let demo = if on { self.demo.counter() } else { self.demo.clone() };
        (self.experiment, self.schedules) = (demo.experiment, demo.schedules);
    }
}

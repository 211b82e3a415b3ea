//! The tasks: fresh examples for every step of every lane.

mod reverse;
mod spirals;

use crate::experiment::Task;
use crate::random::Random;

/// The stream of a seed that draws initial weights.
pub(crate) const WEIGHTS: u64 = 0;
/// The stream of a seed that draws examples.
const EXAMPLES: u64 = 1;

/// The examples of one step, all lanes one after the other.
pub(crate) struct Batch {
    /// Answers per lane: examples, times tokens for sequences.
    pub rows: usize,
    /// Numbers per row of `input`.
    pub width: usize,
    /// Numbers per row of `target`.
    pub classes: usize,
    /// `[lanes, rows, width]`.
    pub input: Vec<f32>,
    /// One-hot answers, `[lanes, rows, classes]`.
    pub target: Vec<f32>,
}

/// Draws examples. The same seed sees the same examples in the same order, whichever lanes stand beside it.
pub(crate) struct Examples {
    task: Task,
    batch: usize,
    randoms: Vec<Random>,
}

impl Examples {
    pub(crate) fn new(task: &Task, batch: usize, seeds: &[u64]) -> Self {
        let randoms = seeds.iter().map(|&seed| Random::new(seed, EXAMPLES)).collect();
        Self { task: task.clone(), batch, randoms }
    }

    pub(crate) fn draw(&mut self) -> Batch {
        let (rows, width) = match &self.task {
            Task::Reverse(model) => (self.batch * model.sequence, model.vocabulary),
            Task::Spirals(_) => (self.batch, 2),
        };
        let classes = self.task.classes();
        let lanes = self.randoms.len();
        let mut input = Vec::with_capacity(lanes * rows * width);
        let mut target = Vec::with_capacity(lanes * rows * classes);
        for random in &mut self.randoms {
            for _ in 0..self.batch {
                match &self.task {
                    Task::Reverse(model) => reverse::example(model, random, &mut input, &mut target),
                    Task::Spirals(_) => spirals::example(random, &mut input, &mut target),
                }
            }
        }
        Batch { rows, width, classes, input, target }
    }
}

fn push_one_hot(index: usize, classes: usize, row: &mut Vec<f32>) {
    row.extend((0..classes).map(|class| f32::from(u8::from(class == index))));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::presets;

    #[test]
    fn a_seed_draws_the_same_beside_other_lanes() {
        for preset in presets::all() {
            let task = &preset.experiment.task;
            let alone = Examples::new(task, 3, &[7]).draw();
            let beside = Examples::new(task, 3, &[1, 7]).draw();
            assert_eq!(alone.input, beside.input[alone.input.len()..]);
            assert_eq!(alone.target, beside.target[alone.target.len()..]);
            assert_ne!(alone.input, beside.input[..alone.input.len()]);
        }
    }

    #[test]
    fn every_step_is_fresh() {
        for preset in presets::all() {
            let mut examples = Examples::new(&preset.experiment.task, 3, &[7]);
            assert_ne!(examples.draw().input, examples.draw().input);
        }
    }
}

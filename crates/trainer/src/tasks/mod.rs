//! The tasks: examples for every step of every lane, and examples to validate on.
//!
//! ```text
//! seed --> Source (teacher, fixed set) --draw--> one batch per seed --copied to its lanes--> Batch
//! ```

mod images;
mod points;
mod source;
mod teacher;
mod tokens;

use crate::experiment::{Data, Experiment, Task};
use source::{Rows, Source};

/// The stream of a seed that draws initial weights.
pub(crate) const WEIGHTS: u64 = 0;
/// The stream that draws examples, step by step or once.
const EXAMPLES: u64 = 1;
/// The stream that draws the teacher.
const TEACHER: u64 = 2;
/// The stream that draws validation examples.
const VALIDATION: u64 = 3;
/// The first of the streams that shuffle a fixed set, one for each epoch.
const SHUFFLE: u64 = 1 << 32;

/// Examples of all lanes one after the other.
pub struct Batch {
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
pub struct Examples {
    task: Task,
    batch: usize,
    /// One for each different seed.
    sources: Vec<Source>,
    /// Which source each lane listens to.
    of_lane: Vec<usize>,
}

impl Examples {
    /// Prepares the examples of lanes with these seeds.
    pub fn new(experiment: &Experiment, seeds: &[u64]) -> Self {
        let mut different: Vec<u64> = Vec::new();
        let mut place = |seed: u64| match different.iter().position(|&known| known == seed) {
            Some(place) => place,
            None => {
                different.push(seed);
                different.len() - 1
            }
        };
        let of_lane = seeds.iter().map(|&seed| place(seed)).collect();
        let fixed = match experiment.data {
            Data::Fresh => None,
            Data::Fixed(examples) => Some(examples),
        };
        let sources = different.iter().map(|&seed| Source::new(&experiment.task, seed, fixed)).collect();
        Self { task: experiment.task.clone(), batch: experiment.batch, sources, of_lane }
    }

    /// The examples of step number `step`. Steps are drawn in order.
    pub fn draw(&mut self, step: usize) -> Batch {
        let batch = self.batch;
        let drawn: Vec<Rows> = self.sources.iter_mut().map(|source| source.draw(batch, step)).collect();
        self.collect(batch, &drawn)
    }

    /// That many examples that are never drawn for training, with true labels.
    pub(crate) fn validation(&self, examples: usize) -> Batch {
        let drawn: Vec<Rows> = self.sources.iter().map(|source| source.validation(examples)).collect();
        self.collect(examples, &drawn)
    }

    /// Where the streams stand: each different seed with the state of its stream.
    pub(crate) fn position(&self) -> Vec<(u64, u64)> {
        self.sources.iter().map(Source::position).collect()
    }

    /// Goes on from a [`position`](Self::position) of at least the same seeds; `None` where one is missing.
    pub(crate) fn restore(&mut self, position: &[(u64, u64)]) -> Option<()> {
        self.sources.iter_mut().try_for_each(|source| source.restore(position))
    }

    fn collect(&self, examples: usize, drawn: &[Rows]) -> Batch {
        let gather = |of: fn(&Rows) -> &Vec<f32>| {
            self.of_lane.iter().flat_map(|&source| of(&drawn[source]).iter().copied()).collect()
        };
        Batch {
            rows: examples * self.task.rows(),
            width: self.task.width(),
            classes: self.task.classes(),
            input: gather(|rows| &rows.input),
            target: gather(|rows| &rows.target),
        }
    }
}

fn push_one_hot(index: usize, classes: usize, row: &mut Vec<f32>) {
    row.extend((0..classes).map(|class| f32::from(u8::from(class == index))));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::presets;

    fn experiments() -> impl Iterator<Item = Experiment> {
        let with_examples = Task::all().into_iter().filter(|task| !task.lacks_images());
        with_examples.flat_map(|task| {
            let experiment = Experiment { task, batch: 3, ..presets::warmup().experiment };
            [Data::Fresh, Data::Fixed(10)].map(|data| Experiment { data, ..experiment.clone() })
        })
    }

    #[test]
    fn a_seed_draws_the_same_beside_other_lanes() {
        for experiment in experiments() {
            let mut alone = Examples::new(&experiment, &[7]);
            let mut beside = Examples::new(&experiment, &[1, 7, 1]);
            for step in 0..7 {
                let (alone, beside) = (alone.draw(step), beside.draw(step));
                let lane = alone.input.len();
                assert_eq!(alone.input, beside.input[lane..2 * lane]);
                assert_eq!(alone.target, beside.target[alone.target.len()..2 * alone.target.len()]);
                assert_ne!(alone.input, beside.input[..lane]);
                assert_eq!(beside.input[..lane], beside.input[2 * lane..]);
            }
            assert_eq!(
                alone.validation(4).input,
                beside.validation(4).input[alone.validation(4).input.len()..][..alone.validation(4).input.len()]
            );
        }
    }

    #[test]
    fn every_step_is_another_one() {
        for experiment in experiments() {
            let mut examples = Examples::new(&experiment, &[7]);
            assert_ne!(examples.draw(0).input, examples.draw(1).input);
        }
    }

    #[test]
    fn a_fixed_set_comes_round_in_another_order_and_is_not_the_validation_set() {
        let task = Task::from_name("teacher").unwrap();
        let experiment = Experiment { task, batch: 5, data: Data::Fixed(10), ..presets::warmup().experiment };
        let mut examples = Examples::new(&experiment, &[0]);
        let mut epoch = |epoch: usize| -> Vec<Vec<u32>> {
            let batches = [2 * epoch, 2 * epoch + 1].map(|step| examples.draw(step).input).concat();
            batches.chunks(20).map(|row| row.iter().map(|value| value.to_bits()).collect()).collect()
        };
        let (mut first, mut second) = (epoch(0), epoch(1));
        assert_ne!(first, second);
        first.sort();
        second.sort();
        assert_eq!(first, second);
        let validation = examples.validation(10);
        assert!(validation.input.chunks(20).all(|row| row[0].to_bits() != first[0][0]));
    }

    #[test]
    fn a_position_is_gone_on_from() {
        for experiment in experiments() {
            let mut examples = Examples::new(&experiment, &[7, 8]);
            examples.draw(0);
            let position = examples.position();
            let expected = examples.draw(1);
            let mut restored = Examples::new(&experiment, &[7, 8]);
            restored.restore(&position).unwrap();
            assert_eq!(restored.draw(1).input, expected.input);
            let mut alone = Examples::new(&experiment, &[8]);
            alone.restore(&position).unwrap();
            assert_eq!(alone.draw(1).input[..], expected.input[expected.input.len() / 2..]);
            assert_eq!(restored.restore(&position[..1]), None, "nothing is known of seed 8");
        }
    }
}

//! The examples of one seed.

use super::teacher::Network;
use super::{EXAMPLES, SHUFFLE, TEACHER, VALIDATION, images, points, tokens};
use crate::experiment::{ImageSet, Images, Points, Task, Tokens, Transformer};
use crate::random::Random;

/// Examples, one after the other.
#[derive(Default)]
pub(super) struct Rows {
    /// `[examples * rows, width]`.
    pub input: Vec<f32>,
    /// `[examples * rows, classes]`.
    pub target: Vec<f32>,
}

pub(super) struct Source {
    seed: u64,
    random: Random,
    question: Question,
    /// Share of random labels in training.
    noise: f32,
    set: Option<Set>,
}

/// What draws one example.
enum Question {
    Points(Points),
    Tokens(Tokens, Transformer),
    Teacher(Network),
    Drawn,
    Own(ImageSet),
}

/// Examples that come again in every epoch.
struct Set {
    rows: Rows,
    examples: usize,
    /// The order of an epoch, and which epoch that is.
    order: Vec<usize>,
    epoch: Option<usize>,
}

impl Source {
    /// `fixed`: how many examples there are, if not any number.
    pub(super) fn new(task: &Task, seed: u64, fixed: Option<usize>) -> Self {
        let question = match task {
            Task::Points(points, _) => Question::Points(*points),
            Task::Tokens(tokens, model) => Question::Tokens(*tokens, model.clone()),
            Task::Images(Images::Drawn, _) => Question::Drawn,
            Task::Images(Images::Own(images), _) => Question::Own(images.clone()),
            Task::Teacher(teacher, _) => Question::Teacher(Network::new(teacher, &mut Random::new(seed, TEACHER))),
        };
        let noise = task.noise().unwrap_or(0.0);
        let mut random = Random::new(seed, EXAMPLES);
        let set = fixed.map(|examples| {
            let rows = question.examples(examples, noise, &mut random);
            Set { rows, examples, order: (0..examples).collect(), epoch: None }
        });
        Self { seed, random, question, noise, set }
    }

    pub(super) fn draw(&mut self, batch: usize, step: usize) -> Rows {
        match &mut self.set {
            Some(set) => set.draw(self.seed, batch, step),
            None => self.question.examples(batch, self.noise, &mut self.random),
        }
    }

    pub(super) fn validation(&self, examples: usize) -> Rows {
        let mut random = Random::new(self.seed, VALIDATION);
        match &self.question {
            Question::Own(own) => images::own(own, examples, true, &mut random),
            question => question.examples(examples, 0.0, &mut random),
        }
    }

    pub(super) fn position(&self) -> (u64, u64) {
        (self.seed, self.random.state())
    }

    /// Goes on from its own position, one of these.
    pub(super) fn restore(&mut self, positions: &[(u64, u64)]) -> Option<()> {
        let (_, state) = positions.iter().find(|(seed, _)| *seed == self.seed)?;
        self.random = Random::from_state(*state);
        Some(())
    }
}

impl Question {
    fn examples(&self, count: usize, noise: f32, random: &mut Random) -> Rows {
        if let Self::Own(own) = self {
            return images::own(own, count, false, random);
        }
        let mut rows = Rows::default();
        let Rows { input, target } = &mut rows;
        for _ in 0..count {
            match self {
                Self::Points(points) => points::example(*points, random, input, target),
                Self::Tokens(tokens, model) => tokens::example(*tokens, model, random, input, target),
                Self::Teacher(network) => network.example(noise, random, input, target),
                Self::Drawn => images::drawn(random, input, target),
                Self::Own(_) => {}
            }
        }
        rows
    }
}

impl Set {
    /// The batch of a step; which one it is follows from the number of the step alone.
    fn draw(&mut self, seed: u64, batch: usize, step: usize) -> Rows {
        let batches = (self.examples / batch).max(1);
        let epoch = step / batches;
        if self.epoch != Some(epoch) {
            shuffle(&mut self.order, &mut Random::new(seed, SHUFFLE + epoch as u64));
            self.epoch = Some(epoch);
        }
        let first = step % batches * batch;
        let mut rows = Rows::default();
        for &example in self.order.iter().skip(first).take(batch) {
            let part = |values: &[f32]| {
                let length = values.len() / self.examples;
                values[example * length..(example + 1) * length].to_vec()
            };
            rows.input.extend(part(&self.rows.input));
            rows.target.extend(part(&self.rows.target));
        }
        rows
    }
}

/// Fisher and Yates, from the identity: the order depends on the stream alone.
fn shuffle(order: &mut [usize], random: &mut Random) {
    order.iter_mut().enumerate().for_each(|(place, example)| *example = place);
    for last in (1..order.len()).rev() {
        order.swap(last, random.below(last + 1));
    }
}

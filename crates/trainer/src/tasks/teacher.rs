//! What a random network says of random vectors: a classification that a larger network can learn, as hard as real
//! data and free.

use super::push_one_hot;
use crate::experiment::Teacher;
use crate::random::Random;

/// Width of the teacher's hidden layer.
const HIDDEN: usize = 32;
/// Standard deviation of a hidden unit before its tanh. Above 1 the teacher is far from linear.
const GAIN: f32 = 1.5;

/// One hidden layer with tanh; normal weights, drawn from the seed.
pub(super) struct Network {
    inputs: usize,
    classes: usize,
    /// `[inputs, HIDDEN]`.
    first: Vec<f32>,
    /// `[HIDDEN, classes]`.
    second: Vec<f32>,
}

impl Network {
    pub(super) fn new(teacher: &Teacher, random: &mut Random) -> Self {
        let Teacher { inputs, classes, .. } = *teacher;
        let scale = GAIN / (inputs as f32).sqrt();
        let first = (0..inputs * HIDDEN).map(|_| scale * random.normal()).collect();
        let second = (0..HIDDEN * classes).map(|_| random.normal()).collect();
        Self { inputs, classes, first, second }
    }

    /// Appends one vector and what the teacher says of it, or with probability `noise` any class.
    pub(super) fn example(&self, noise: f32, random: &mut Random, input: &mut Vec<f32>, target: &mut Vec<f32>) {
        let begin = input.len();
        input.extend((0..self.inputs).map(|_| random.normal()));
        let mut class = self.class(&input[begin..]);
        if noise > 0.0 && random.unit() < noise {
            class = random.below(self.classes);
        }
        push_one_hot(class, self.classes, target);
    }

    fn class(&self, input: &[f32]) -> usize {
        let hidden = product(input, &self.first, HIDDEN).map(libm::tanhf).collect::<Vec<f32>>();
        let answers = product(&hidden, &self.second, self.classes);
        answers.enumerate().max_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(class, _)| class)
    }
}

/// A row times a matrix with that many columns.
fn product<'a>(row: &'a [f32], matrix: &'a [f32], columns: usize) -> impl Iterator<Item = f32> + 'a {
    (0..columns).map(move |column| row.iter().zip(matrix[column..].iter().step_by(columns)).map(|(a, b)| a * b).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_class_swallows_the_others() {
        let teacher = Teacher { inputs: 20, classes: 10, noise: 0.0 };
        for seed in 0..10 {
            let network = Network::new(&teacher, &mut Random::new(seed, 2));
            let (mut input, mut target) = (Vec::new(), Vec::new());
            let mut random = Random::new(seed, 1);
            (0..2000).for_each(|_| network.example(0.0, &mut random, &mut input, &mut target));
            let share = |class: usize| target.iter().skip(class).step_by(10).sum::<f32>() / 2000.0;
            let greatest = (0..10).map(share).fold(0.0, f32::max);
            assert!(greatest < 0.35, "seed {seed}: {greatest}");
        }
    }

    #[test]
    fn noise_replaces_that_share_of_the_labels() {
        let teacher = Teacher { inputs: 5, classes: 4, noise: 0.5 };
        let network = Network::new(&teacher, &mut Random::new(1, 2));
        let (mut input, mut target) = (Vec::new(), Vec::new());
        let mut random = Random::new(1, 1);
        (0..2000).for_each(|_| network.example(0.5, &mut random, &mut input, &mut target));
        let wrong =
            input.chunks(5).zip(target.chunks(4)).filter(|(row, label)| label[network.class(row)] != 1.0).count();
        // Half are drawn anew, of which a quarter come out as they were.
        assert!((680..820).contains(&wrong), "{wrong}");
    }
}

//! *Reverse*: say a sequence of random tokens backwards.
//!
//! Each answer depends on exactly one other position, so attention has to be learned and nothing else will do.

use super::push_one_hot;
use crate::experiment::Transformer;
use crate::random::Random;

/// Appends one sequence as one-hot rows, and the same rows in reverse order as its answers.
pub(super) fn example(model: &Transformer, random: &mut Random, input: &mut Vec<f32>, target: &mut Vec<f32>) {
    let tokens: Vec<usize> = (0..model.sequence).map(|_| random.below(model.vocabulary)).collect();
    tokens.iter().for_each(|&token| push_one_hot(token, model.vocabulary, input));
    tokens.iter().rev().for_each(|&token| push_one_hot(token, model.vocabulary, target));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Norm;

    #[test]
    fn answers_are_the_sequence_backwards() {
        let model = Transformer {
            layers: 1,
            d_model: 4,
            heads: 1,
            feed_forward: 4,
            sequence: 5,
            vocabulary: 7,
            norm: Norm::Post,
        };
        let (mut input, mut target) = (Vec::new(), Vec::new());
        example(&model, &mut Random::new(1, 1), &mut input, &mut target);
        let tokens = |rows: &[f32]| -> Vec<usize> {
            rows.chunks(7).map(|row| row.iter().position(|&value| value == 1.0).unwrap()).collect()
        };
        let mut backwards = tokens(&target);
        backwards.reverse();
        assert_eq!(tokens(&input), backwards);
        assert_eq!(input.iter().sum::<f32>(), 5.0);
    }
}

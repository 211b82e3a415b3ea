//! Sequences of random tokens, and what to answer to them.
//!
//! Each answer of *reverse* depends on exactly one other position, of *sort* and *modular addition* on all of them, so
//! attention has to be learned and nothing else will do. *Copy* needs none.

use super::push_one_hot;
use crate::experiment::{Tokens, Transformer};
use crate::random::Random;

/// Appends one sequence as one-hot rows, and its answers.
pub(super) fn example(
    tokens: Tokens,
    model: &Transformer,
    random: &mut Random,
    input: &mut Vec<f32>,
    target: &mut Vec<f32>,
) {
    let sequence: Vec<usize> = (0..model.sequence).map(|_| random.below(model.vocabulary)).collect();
    sequence.iter().for_each(|&token| push_one_hot(token, model.vocabulary, input));
    let answers = answers(tokens, sequence, model.vocabulary);
    answers.into_iter().for_each(|token| push_one_hot(token, model.vocabulary, target));
}

fn answers(tokens: Tokens, mut sequence: Vec<usize>, vocabulary: usize) -> Vec<usize> {
    match tokens {
        Tokens::Reverse => sequence.reverse(),
        Tokens::Copy => {}
        Tokens::Sort => sequence.sort_unstable(),
        Tokens::ModularAddition => {
            let sum = sequence.iter().sum::<usize>() % vocabulary;
            sequence.fill(sum);
        }
    }
    sequence
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Norm;

    #[test]
    fn every_answer_by_hand() {
        let answer = |tokens| answers(tokens, vec![3, 0, 4, 3, 1], 7);
        assert_eq!(answer(Tokens::Reverse), [1, 3, 4, 0, 3]);
        assert_eq!(answer(Tokens::Copy), [3, 0, 4, 3, 1]);
        assert_eq!(answer(Tokens::Sort), [0, 1, 3, 3, 4]);
        assert_eq!(answer(Tokens::ModularAddition), [4; 5]);
    }

    #[test]
    fn rows_are_one_hot() {
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
        example(Tokens::Reverse, &model, &mut Random::new(1, 1), &mut input, &mut target);
        let tokens = |rows: &[f32]| -> Vec<usize> {
            rows.chunks(7).map(|row| row.iter().position(|&value| value == 1.0).unwrap()).collect()
        };
        let mut backwards = tokens(&target);
        backwards.reverse();
        assert_eq!(tokens(&input), backwards);
        assert_eq!(input.iter().sum::<f32>(), 5.0);
    }
}

//! A list of numbers that is computed before the run, one for each step: what is in it follows from the place in it.

use advisor::Span;
use advisor::plan::Word;
use advisor::quantity::Quantity;

/// Such a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// How many numbers it has.
    pub length: Quantity,
    /// Where it is computed: in `element`, the turns that a loop there has made are the place in the list.
    pub at: Span,
    /// The number at a place.
    pub element: Vec<Word>,
}

impl Curve {
    /// The number at a place, in brackets.
    pub fn value_at(&self, place: &[Word]) -> Vec<Word> {
        let text = |text: &str| Word::Text(text.to_owned());
        let mut words = vec![text("(")];
        for word in &self.element {
            match word {
                Word::Turn(at) if *at == self.at => {
                    words.push(text("("));
                    words.extend_from_slice(place);
                    words.push(text(")"));
                }
                word => words.push(word.clone()),
            }
        }
        words.push(text(")"));
        words
    }
}

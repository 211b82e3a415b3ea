//! What schedulers that listen to a metric are told.

use super::Note;
use super::numbers::Numbers;
use crate::span::Span;

/// Metrics, one after the other; without any the metric always improves.
pub(super) struct Metrics<'a> {
    given: &'a [f64],
    told: usize,
}

impl<'a> Metrics<'a> {
    pub fn new(given: &'a [f64]) -> Self {
        Self { given, told: 0 }
    }

    /// What is told this time, at `span`, to a scheduler for which more or less is better.
    pub fn next(&mut self, numbers: &mut Numbers<'_>, span: Span, maximizes: bool) -> f64 {
        let metric = self.given.get(self.told).copied();
        if metric.is_none() {
            let text = "The metric is taken to improve every time; --metrics gives others.".to_owned();
            numbers.note(Note { span, text });
        }
        self.told += 1;
        let improving = if maximizes { self.told as f64 } else { 1.0 / self.told as f64 };
        metric.unwrap_or(improving)
    }
}

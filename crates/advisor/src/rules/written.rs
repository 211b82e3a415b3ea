//! What the rules share about LRs that the source writes by hand, as far as they follow from the epoch.

use crate::plan::{Action, Arm, Block, Guard, Loop, Plan, SetLr, Turn, Word, spelled};
use crate::span::Span;

/// How far beyond the run a change is looked for.
const FARTHEST: usize = 1000;

/// An LR that is written anew in each epoch of a run of known length.
pub(super) struct Written<'p> {
    /// The value as written.
    pub text: &'p str,
    /// Where.
    pub span: Span,
    /// The loop over the epochs.
    pub epochs: Span,
    /// How many epochs that is.
    pub run: usize,
    /// The LR in each epoch of the run, as a share of the LRs that are not known.
    pub lrs: Vec<f64>,
    /// The first epoch after the run in which it would be another than ever before, and that LR.
    pub next_change: Option<(usize, f64)>,
}

impl Written<'_> {
    /// Whether it is the same in all epochs of the run.
    pub fn is_constant(&self) -> bool {
        self.lrs.windows(2).all(|pair| pair[0] == pair[1])
    }
}

/// All of them, where nothing else moves the LR.
pub(super) fn written(plan: &Plan) -> Vec<Written<'_>> {
    let mut found = Vec::new();
    collect(&plan.run, None, &mut Vec::new(), &mut found);
    if found.len() != 1 || !plan.script.stepped.is_empty() || !plan.schedules.is_empty() {
        return Vec::new();
    }
    found.into_iter().filter_map(|place| follow(&place)).collect()
}

struct Place<'p> {
    set: &'p SetLr,
    span: Span,
    epochs: Option<(&'p Loop, Span)>,
    arms: Vec<&'p Arm>,
}

fn collect<'p>(
    block: &'p Block,
    epochs: Option<(&'p Loop, Span)>,
    arms: &mut Vec<&'p Arm>,
    found: &mut Vec<Place<'p>>,
) {
    for node in block {
        match &node.action {
            Action::Loop(inner) => {
                let epochs = if inner.turn == Turn::Epoch { Some((inner, node.span)) } else { epochs };
                collect(&inner.body, epochs, arms, found);
            }
            Action::Branch(all) => {
                for arm in all {
                    arms.push(arm);
                    collect(&arm.body, epochs, arms, found);
                    arms.pop();
                }
            }
            Action::SetLr(set) => found.push(Place { set, span: node.span, epochs, arms: arms.clone() }),
            _ => {}
        }
    }
}

fn follow<'p>(place: &Place<'p>) -> Option<Written<'p>> {
    let (epochs, at) = place.epochs?;
    let run = epochs.turns.value.filter(|run| (2.0..=1e5).contains(run))? as usize;
    // By the epoch alone, and not by what it was before.
    let tests: Vec<&[Word]> =
        place.arms.iter().map(|arm| arm.test.as_slice()).filter(|test| !test.is_empty()).collect();
    let is_open = place.arms.iter().any(|arm| arm.test.is_empty() && arm.guard != Guard::Fixed);
    let is_by_epoch = |word: &Word| match word {
        Word::Turn(of) => *of == at,
        Word::Lr => false,
        _ => true,
    };
    let counts = |words: &[Word]| words.iter().any(|word| matches!(word, Word::Turn(_)));
    let all = tests.iter().copied().chain([place.set.value.as_slice()]);
    if is_open || !counts(&place.set.value) || !all.into_iter().flatten().all(is_by_epoch) {
        return None;
    }
    // In the epochs in which it is written at all; in the others it stays.
    let lr = |epoch: usize| {
        for test in &tests {
            if value(test, epoch)? == 0.0 {
                return Some(None);
            }
        }
        Some(Some(value(&place.set.value, epoch)?))
    };
    let lrs: Option<Vec<Option<f64>>> = (0..run).map(lr).collect();
    let lrs: Vec<f64> = lrs?.into_iter().flatten().collect();
    if lrs.len() < 2 {
        return None;
    }
    let is_new = |lr: &f64| lrs.iter().all(|before| (before - lr).abs() > 1e-12 * before.abs());
    let later = (run..run.max(FARTHEST) * 2).map_while(|epoch| Some((epoch, lr(epoch)?)));
    let next_change = later.filter_map(|(epoch, lr)| Some((epoch, lr?))).find(|(_, lr)| is_new(lr));
    Some(Written { text: &place.set.text, span: place.span, epochs: at, run, lrs, next_change })
}

/// The value of an expression in one epoch; what is not known of an LR is taken as 1.
fn value(words: &[Word], epoch: usize) -> Option<f64> {
    let text = spelled(words, &mut |word| match word {
        Word::Number(quantity) => {
            quantity.evaluate(&mut |symbol| symbol.default.or_else(|| is_lr(symbol.name).then_some(1.0)))
        }
        _ => Some(epoch as f64),
    })?;
    scheduler::evaluate_expression(&text).ok()
}

/// In how many epochs of a run conditions hold that depend on the epoch alone.
pub(super) fn epochs_where(arms: &[&Arm], epochs: &Loop, at: Span) -> Option<usize> {
    let run = epochs.turns.value.filter(|run| *run <= 1e5)? as usize;
    let changing: Vec<&&Arm> = arms.iter().filter(|arm| arm.guard != Guard::Fixed || !arm.test.is_empty()).collect();
    let is_by_epoch = |word: &Word| !matches!(word, Word::Lr) && !matches!(word, Word::Turn(of) if *of != at);
    if changing.iter().any(|arm| arm.test.is_empty() || !arm.test.iter().all(is_by_epoch)) {
        return None;
    }
    let mut count = 0;
    for epoch in 0..run {
        let mut holds = true;
        for arm in &changing {
            holds &= value(&arm.test, epoch)? != 0.0;
        }
        count += usize::from(holds);
    }
    Some(count)
}

fn is_lr(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains("lr") || name.contains("learning_rate")
}

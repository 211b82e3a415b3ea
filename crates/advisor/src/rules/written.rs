//! What the rules share about LRs that the source writes by hand, as far as they follow from the epoch.

use crate::plan::{Action, Arm, Block, Guard, Loop, Plan, SetLr, Turn, Word, by_turn};
use crate::quantity::Quantity;
use crate::span::Span;
use scheduler::Lambda;

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
    /// The LR in each epoch of the run in which it is written, as a share of the LRs that are not known.
    pub lrs: Vec<f64>,
    /// Those epochs.
    pub when: Vec<usize>,
    /// The first epoch after the run in which it would be another than ever before.
    pub next_change: Option<usize>,
    /// No factor of it is an option that is 0 or 1 unless somebody asks for more.
    pub is_asked_for: bool,
}

impl Written<'_> {
    /// Whether it is the same in all epochs of the run.
    pub fn is_constant(&self) -> bool {
        self.lrs.windows(2).all(|pair| pair[0] == pair[1])
    }
}

/// All of them, where nothing else moves the LR.
pub(super) fn written(plan: &Plan) -> Vec<Written<'_>> {
    let found = places(plan);
    if found.len() != 1 || !plan.script.stepped.is_empty() || !plan.schedules.is_empty() {
        return Vec::new();
    }
    found.into_iter().filter_map(|place| follow(&place)).collect()
}

/// Whether an LR that is written by hand rises from the first epoch to the second.
pub(super) fn rises(plan: &Plan) -> bool {
    let found = places(plan);
    found.into_iter().filter_map(|place| by_epoch(&place.set.value)).any(|lr| match (lr.call(0), lr.call(1)) {
        (Ok(first), Ok(second)) => first < second,
        _ => false,
    })
}

/// Whether all LRs that are written by hand are multiples of the one in force, as drops are.
pub(super) fn only_multiplies(plan: &Plan) -> bool {
    let found = places(plan);
    found.len() == plan.script.lr_writes.len() && found.iter().all(|place| place.set.value.contains(&Word::Lr))
}

/// Where an LR is written.
pub(super) struct Place<'p> {
    pub set: &'p SetLr,
    pub span: Span,
    /// The loop over epochs around, and where that is.
    pub epochs: Option<(&'p Loop, Span)>,
    /// The loop over the batches of an epoch, where it stands in one.
    pub batches: Option<Span>,
    arms: Vec<&'p Arm>,
}

/// The loops around, over epochs and over batches.
#[derive(Clone, Copy, Default)]
struct Around<'p> {
    epochs: Option<(&'p Loop, Span)>,
    batches: Option<Span>,
}

/// All places in a run.
pub(super) fn places(plan: &Plan) -> Vec<Place<'_>> {
    let mut found = Vec::new();
    collect(&plan.run, Around::default(), &mut Vec::new(), &mut found);
    found
}

fn collect<'p>(block: &'p Block, around: Around<'p>, arms: &mut Vec<&'p Arm>, found: &mut Vec<Place<'p>>) {
    for node in block {
        match &node.action {
            Action::Loop(inner) => {
                let around = match inner.turn {
                    Turn::Epoch => Around { epochs: Some((inner, node.span)), batches: None },
                    Turn::Batch => Around { batches: Some(node.span), ..around },
                    Turn::Other => around,
                };
                collect(&inner.body, around, arms, found);
            }
            Action::Branch(all) => {
                for arm in all {
                    arms.push(arm);
                    collect(&arm.body, around, arms, found);
                    arms.pop();
                }
            }
            Action::SetLr(set) => {
                let Around { epochs, batches } = around;
                found.push(Place { set, span: node.span, epochs, batches, arms: arms.clone() });
            }
            _ => {}
        }
    }
}

fn follow<'p>(place: &Place<'p>) -> Option<Written<'p>> {
    let (epochs, at) = place.epochs?;
    let run = epochs.turns.value.filter(|run| (2.0..=1e5).contains(run))? as usize;
    let tests = tests_by_epoch(&place.arms, at)?;
    let counts = |words: &[Word]| words.iter().any(|word| matches!(word, Word::Turn(_)));
    // A factor of the LR in force that is always 1 leaves it alone; with any other, one LR depends on all before.
    let is_factor = place.set.value.contains(&Word::Lr);
    let words = with_lr_one(&place.set.value);
    if !counts(&words) || !is_by_epoch(&words, at) {
        return None;
    }
    let value = by_epoch(&words)?;
    // In the epochs in which it is written at all; in the others it stays.
    let lr = |epoch: usize| match hold(&tests, epoch)? {
        true => Some(Some(value.call(epoch as i64).ok()?)),
        false => Some(None),
    };
    let lrs: Option<Vec<Option<f64>>> = (0..run).map(lr).collect();
    let (when, lrs): (Vec<usize>, Vec<f64>) =
        lrs?.into_iter().enumerate().filter_map(|(epoch, lr)| Some((epoch, lr?))).unzip();
    if lrs.len() < 2 || is_factor && lrs.iter().any(|factor| *factor != 1.0) {
        return None;
    }
    let is_new = |lr: &f64| lrs.iter().all(|before| (before - lr).abs() > 1e-12 * before.abs());
    let later = (run..run.max(FARTHEST) * 2).map_while(|epoch| Some((epoch, lr(epoch)?)));
    let next_change = later.filter(|(_, lr)| lr.as_ref().is_some_and(is_new)).map(|(epoch, _)| epoch).next();
    let is_off = |word: &Word| match word {
        Word::Number(number) => number.assumed && matches!(number.value, Some(0.0 | 1.0)),
        _ => false,
    };
    let is_asked_for = !place.set.value.iter().any(is_off);
    Some(Written { text: &place.set.text, span: place.span, epochs: at, run, lrs, when, next_change, is_asked_for })
}

/// The same where the LR in force is 1: what it is multiplied with.
fn with_lr_one(words: &[Word]) -> Vec<Word> {
    with_lr(words, 1.0)
}

/// The same where the LR in force is that.
fn with_lr(words: &[Word], lr: f64) -> Vec<Word> {
    let known = |word: &Word| match word {
        Word::Lr => Word::Number(Quantity::number(lr)),
        word => word.clone(),
    };
    words.iter().map(known).collect()
}

/// An LR that each epoch of a run multiplies anew, by a factor of that epoch.
pub(super) struct Compounded {
    /// Where.
    pub span: Span,
    /// The LR after each epoch, as a share of the one at the start.
    pub shares: Vec<f64>,
    /// The factor is not always the same.
    pub changes: bool,
}

/// `group['lr'] *= 0.1 ** (epoch // 30)`, where nothing else moves the LR.
pub(super) fn compounded(plan: &Plan) -> Option<Compounded> {
    let [place] = &places(plan)[..] else { return None };
    let (epochs, at) = place.epochs?;
    let run = epochs.turns.value.filter(|run| (2.0..=1e5).contains(run))? as usize;
    let is_alone = plan.script.stepped.is_empty() && plan.schedules.is_empty() && place.batches.is_none();
    let words = &place.set.value;
    let [once, twice] = [1.0, 2.0].map(|lr| with_lr(words, lr));
    if !is_alone || !words.contains(&Word::Lr) || !is_by_epoch(&once, at) {
        return None;
    }
    let (tests, factor, doubled) = (tests_by_epoch(&place.arms, at)?, by_epoch(&once)?, by_epoch(&twice)?);
    let (mut share, mut factors, mut shares) = (1.0, Vec::new(), Vec::new());
    for epoch in 0..run {
        if hold(&tests, epoch)? {
            let by = factor.call(epoch as i64).ok()?;
            // With a floor or something added it is more than a factor.
            if (doubled.call(epoch as i64).ok()? - 2.0 * by).abs() > 1e-9 * by.abs() {
                return None;
            }
            share *= by;
            factors.push(by);
        }
        shares.push(share);
    }
    let changes = factors.windows(2).any(|pair| pair[0] != pair[1]);
    Some(Compounded { span: place.span, shares, changes })
}

/// An LR that is lowered after every batch of some epochs, while what it depends on is the epoch alone: where, as written, and
/// the loop over the batches.
pub(super) fn repeated(plan: &Plan) -> Vec<(Span, &str, Span)> {
    let is_meant_once = |place: &Place<'_>| {
        let (_, at) = place.epochs?;
        let words = with_lr_one(&place.set.value);
        let tests = tests_by_epoch(&place.arms, at).filter(|tests| !tests.is_empty())?;
        let is_lowered = |epoch: usize| by_epoch(&words)?.call(epoch as i64).ok().map(|factor| factor < 1.0);
        let first = (0..FARTHEST).find(|epoch| hold(&tests, *epoch) == Some(true))?;
        let rests = hold(&tests, first + 1) == Some(false);
        (place.set.value.contains(&Word::Lr) && is_by_epoch(&words, at) && rests && is_lowered(first)?).then_some(())
    };
    let found = places(plan).into_iter().filter(|place| is_meant_once(place).is_some());
    found.filter_map(|place| Some((place.span, place.set.text.as_str(), place.batches?))).collect()
}

/// An expression as a function of the epoch; what is not known of an LR is taken as 1.
fn by_epoch(words: &[Word]) -> Option<Lambda> {
    by_turn(words, &mut |word| match word {
        Word::Number(quantity) => {
            quantity.evaluate(&mut |symbol| symbol.default.or_else(|| is_lr(symbol.name).then_some(1.0)))
        }
        _ => None,
    })
}

/// The conditions of the arms around; `None` where one depends on more than the epoch.
fn tests_by_epoch(arms: &[&Arm], at: Span) -> Option<Vec<Lambda>> {
    let changing = arms.iter().filter(|arm| arm.guard != Guard::Fixed || !arm.test.is_empty());
    let tests: Vec<&[Word]> = changing.map(|arm| arm.test.as_slice()).collect();
    let known = tests.iter().all(|test| !test.is_empty() && is_by_epoch(test, at));
    if known { tests.into_iter().map(by_epoch).collect() } else { None }
}

/// By the epoch alone, and not by what the LR was before.
fn is_by_epoch(words: &[Word], at: Span) -> bool {
    !words.iter().any(|word| matches!(word, Word::Lr) || matches!(word, Word::Turn(of) if *of != at))
}

/// Whether all conditions hold in an epoch.
fn hold(tests: &[Lambda], epoch: usize) -> Option<bool> {
    for test in tests {
        if test.call(epoch as i64).ok()? == 0.0 {
            return Some(false);
        }
    }
    Some(true)
}

/// The epochs of a run in which conditions hold that depend on the epoch alone.
pub(super) fn epochs_where(arms: &[&Arm], epochs: &Loop, at: Span) -> Option<Vec<usize>> {
    let run = epochs.turns.value.filter(|run| *run <= 1e5)? as usize;
    let tests = tests_by_epoch(arms, at)?;
    let each = (0..run).map(|epoch| Some((epoch, hold(&tests, epoch)?)));
    Some(each.collect::<Option<Vec<_>>>()?.into_iter().filter(|(_, holds)| *holds).map(|(epoch, _)| epoch).collect())
}

/// An LR that is written in some epochs alone, of which the run has none.
pub(super) struct Unreached {
    /// Where it is written.
    pub span: Span,
    /// The loop over the epochs.
    pub epochs: Span,
    /// How many epochs that is.
    pub run: usize,
    /// The first epoch in which it would be written.
    pub first: usize,
}

/// All of them, where nothing else moves the LR: `if epoch in [150, 225]:` in a run of 90.
pub(super) fn unreached(plan: &Plan) -> Vec<Unreached> {
    let found = places(plan);
    if !plan.script.stepped.is_empty() || !plan.schedules.is_empty() {
        return Vec::new();
    }
    let never = |place: &Place<'_>| {
        let (epochs, at) = place.epochs?;
        let run = epochs.turns.value.filter(|run| (2.0..=1e5).contains(run))? as usize;
        let tests = tests_by_epoch(&place.arms, at)?;
        let first = (0..run.max(FARTHEST) * 2).find(|epoch| hold(&tests, *epoch) == Some(true));
        first.filter(|first| *first >= run).map(|first| Unreached { span: place.span, epochs: at, run, first })
    };
    let all: Option<Vec<Unreached>> = found.iter().map(never).collect();
    all.unwrap_or_default()
}

fn is_lr(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains("lr") || name.contains("learning_rate")
}

//! Optimizers and schedulers from the facts about them.

use scheduler::{Optimizer, Schedule, notation};

use super::Note;
use super::frameworks::timm_factory;
use super::numbers::Numbers;
use crate::classes::class_named;
use crate::effect::constructor;
use crate::plan::{Library, OptimizerFacts, Plan, ScheduleId};
use crate::timm;

/// torch's default for the optimizers that have one: 1e-3 for Adam and its kin, and for SGD since torch 2.4.
const DEFAULT_LR: f64 = 1e-3;

/// An optimizer; where its LR is missing that is remembered.
pub(super) fn optimizer(facts: &OptimizerFacts, numbers: &mut Numbers<'_>) -> Optimizer {
    let lr = if facts.lr_text.is_empty() && facts.lr.value.is_none() && facts.built {
        let text = format!("The LR of the optimizer is {DEFAULT_LR}, torch's default.");
        numbers.note(Note { span: facts.span, text });
        DEFAULT_LR
    } else {
        numbers.value(&facts.lr, "lr", facts.span).unwrap_or(DEFAULT_LR)
    };
    if facts.class.contains("Adam") {
        Optimizer::adam(&[lr], 0.9)
    } else {
        Optimizer::sgd(&[lr], facts.momentum.value.unwrap_or(0.0))
    }
}

/// A schedule; `Ok(None)` where a number is missing, which is remembered.
///
/// # Errors
/// What cannot be computed, in one sentence.
pub(super) fn schedule(plan: &Plan, id: ScheduleId, numbers: &mut Numbers<'_>) -> Result<Option<Schedule>, Note> {
    let facts = plan.schedule(id);
    let missing_before = numbers.missing.len();
    let told = |text: String| Note { span: facts.span, text };
    let text = match facts.class.as_str() {
        timm::FACTORY | timm::BY_OPTIONS => timm_factory::factory(facts, numbers)?,
        _ => constructor(plan, facts, &mut |argument, quantity, _| {
            numbers.value(quantity, &argument.name, argument.span)
        }),
    };
    match text.map(|text| notation::parse(&text)) {
        Some(Ok(schedule)) => Ok(Some(schedule)),
        Some(Err(error)) => Err(told(format!("{} cannot be built: {}", facts.class, error.message))),
        None if numbers.missing.len() > missing_before => Ok(None),
        None if class_named(&facts.class).is_none() && facts.library == Library::Other => {
            Err(told(format!("What `{}` does to the LR is not known.", facts.class)))
        }
        None => Err(told(format!("Not all arguments of {} can be told from the source.", facts.class))),
    }
}

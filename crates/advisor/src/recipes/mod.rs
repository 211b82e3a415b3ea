//! What to train with: from a situation to a recipe, each line with its reason, its source and how strong that is.
//!
//! ```text
//! Situation --profile--> usual values of the domain --length, batch, goal--> Recipe --code--> a training loop
//!                                                                             |
//!                                                              schedule text, permalink
//! ```
//!
//! * [`Situation`]: what is trained, from what, how long, on what budget, for what.
//! * [`profile`]: the published numbers of each domain.
//! * [`recommend`]: the recipe.

mod alternatives;
mod code;
mod learning_rate;
pub mod profile;
mod recipe;
mod schedule;
mod situation;

pub use recipe::{Alternative, Line, Optimizer, ParameterGroup, Recipe, Run, Topic, Unit};
pub use situation::{Domain, Goal, Invalid, Length, OptimizerKind, Situation, Start};

use crate::source;

/// The recipe for a situation.
///
/// # Errors
/// [`Invalid`] where the situation is out of bounds.
pub fn recommend(situation: &Situation) -> Result<Recipe, Invalid> {
    situation.check()?;
    let profile = profile::of(situation);
    let mut lines = Vec::new();
    let run = schedule::run(situation, &profile, &mut lines);
    let optimizer = learning_rate::optimizer(situation, &profile, &mut lines);
    let groups = learning_rate::groups(situation, &profile, &optimizer, &mut lines);
    let warmup = schedule::warmup(situation, &profile, &optimizer, &run, &mut lines);
    let schedule = schedule::schedule(situation, &profile, &run, warmup, &groups, &mut lines);
    let clipping = clipping(situation, &profile, &mut lines);
    lines.push(Line::new(
        Topic::Logging,
        "the LR of every group at every step, the training loss, the validation loss and the gradient norm",
        "Most schedule mistakes are visible in the logged LR within an epoch: `lrscope diagnose` reads such a log.",
        source::PRACTICE,
    ));
    lines.push(learning_rate::finder_line(situation));
    lines.sort_by_key(|line| line.topic);
    let alternatives = alternatives::of(situation, &profile);
    Ok(Recipe { optimizer, groups, schedule, run, warmup, clipping, lines, alternatives })
}

fn clipping(situation: &Situation, profile: &profile::Profile, lines: &mut Vec<Line>) -> Option<f64> {
    let norm = profile.clipping.or((situation.is_transformer() && situation.goal != Goal::Reproduce).then_some(1.0))?;
    let reason = "One bad batch cannot throw the weights far off. It does not replace warmup under Adam, which divides the \
                  gradient by its own size anyway.";
    lines.push(Line::new(Topic::Clipping, format!("gradient norm to {norm}"), reason, source::CLIPPING));
    Some(norm)
}

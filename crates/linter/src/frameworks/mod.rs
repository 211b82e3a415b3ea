//! Frameworks that run the training loop themselves: what they are told, and what they then do.
//!
//! * `transformers`: training arguments.
//! * `engine`: a loop around what the script has a framework call.
//! * `ignite`: handlers, and when they are called.
//! * `keras`: schedules, optimizers, callbacks, `compile` and `fit`.
//! * `lightning`: the trainer, and what `configure_optimizers` returns.

mod accelerate;
pub mod engine;
pub mod ignite;
pub mod keras;
pub mod lightning;
mod transformers;

pub use transformers::scheduler_type;

use advisor::plan::Owner;

/// What takes the arguments of a call.
#[derive(Clone, Copy, Debug)]
pub struct Taker {
    /// What it is.
    pub owner: Owner,
    /// The parameters that can be given by position, in order.
    pub parameters: &'static [&'static str],
}

/// What takes the arguments of a call of `name`, if they are worth noting.
pub fn taker(name: &str) -> Option<Taker> {
    let (module, last) = name.rsplit_once('.')?;
    let library = module.split('.').next()?;
    transformers::taker(library, last)
        .or_else(|| lightning::taker(library, last))
        .or_else(|| keras::taker(module, last))
        .or_else(|| accelerate::taker(library, last))
}

/// Whether a source may tell one of the frameworks something about the LR: a quick look for words.
pub fn may_concern(has: &dyn Fn(&str) -> bool) -> bool {
    has("lr_scheduler")
        // The module that a trainer is given stands elsewhere.
        || has("ightning") && has(".fit(")
        || has("warmup") && (has("TrainingArguments") || has("Config("))
        || has("keras") && (has("LR") || has("Decay") || has("decay_steps") || has("boundaries"))
}

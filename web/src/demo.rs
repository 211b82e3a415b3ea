//! The switch of each demo that takes the reason away: with it, what the demo claims is not to be seen.

use trainer::experiment::Norm;

use crate::state::State;

/// A change under which a demo's claim does not hold, and why it is offered.
#[derive(Clone, Copy)]
pub struct CounterExample {
    /// Name for tests.
    pub name: &'static str,
    /// What it does, as an order.
    pub title: &'static str,
    /// What then happens, as measured.
    pub then: &'static str,
    /// Whether a state has it.
    pub is_on: fn(&State) -> bool,
    /// Puts it in or takes it back.
    pub set: fn(&mut State, bool),
}

const PRE_LN: CounterExample = CounterExample {
    name: "pre-ln",
    title: "Pre-LN instead",
    then: "Measured: ten of ten seeds learn either way, warmup or not.",
    is_on: |state| state.norm() == Some(Norm::Pre),
    set: |state, on| state.set_norm(if on { Norm::Pre } else { Norm::Post }),
};

const LOWER_LR: CounterExample = CounterExample {
    name: "lower-lr",
    title: "LR 0.006 instead of 0.015",
    then: "Measured: ten of ten seeds learn either way, warmup or not.",
    is_on: |state| has_lr(state, 0.006),
    set: |state, on| if on { replace_lr(state, 0.015, 0.006) } else { replace_lr(state, 0.006, 0.015) },
};

const COOLER: CounterExample = CounterExample {
    name: "cooler",
    title: "LR 0.7 instead of 1.2",
    then: "Measured: 36 of 40 seeds learn either way, constant or OneCycle.",
    is_on: |state| has_lr(state, 0.7),
    set: |state, on| if on { replace_lr(state, 1.2, 0.7) } else { replace_lr(state, 0.7, 1.2) },
};

/// The counter-examples of a demo.
pub fn counter_examples(demo: &str) -> &'static [CounterExample] {
    match demo {
        "warmup" => &[PRE_LN, LOWER_LR],
        "spirals" => &[COOLER],
        _ => &[],
    }
}

fn has_lr(state: &State, lr: f64) -> bool {
    state.schedules.iter().all(|named| named.schedule.peak(named.lr) == lr)
}

fn replace_lr(state: &mut State, from: f64, to: f64) {
    for named in &mut state.schedules {
        if named.schedule.peak(named.lr) == from {
            named.schedule.set_peak(&mut named.lr, to);
        }
    }
}

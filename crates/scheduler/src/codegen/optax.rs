//! optax: a function from the step to the LR.

use super::dialect::Dialect;
use super::{Program, Unsupported};
use crate::class::Library;
use crate::optimizer::MomentumKind;
use crate::schedule::Schedule;

pub(super) fn write(program: &Program<'_>) -> Result<String, Unsupported> {
    if program.by_epoch() {
        return Err(Unsupported(
            "optax counts optimizer steps; write the lengths of the schedule in optimizer steps.".into(),
        ));
    }
    if program.optimizer.groups.len() > 1 {
        return Err(Unsupported(
            "optax has no parameter groups; write one schedule for each, and join them with optax.multi_transform."
                .into(),
        ));
    }
    let schedule = program.schedule;
    let (imports, definition) = if schedule.class().library == Library::Optax {
        ("import optax\n", format!("schedule = {}\n", qualified(schedule)))
    } else {
        let formula = schedule.formula(program.optimizer, 0).ok_or_else(|| Unsupported(super::no_formula(schedule)))?;
        let lr = program.optimizer.default_lr;
        let factor = if formula.is_factor {
            format!("{lr:?} * ({})", Dialect::Jax.write(&formula))
        } else {
            Dialect::Jax.write(&formula)
        };
        ("import jax.numpy as jnp\nimport optax\n", format!("def schedule(step):\n    return {factor}\n"))
    };
    let momentum = program.optimizer.momenta().and_then(|momenta| momenta.first().copied()).unwrap_or(0.0);
    let optimizer = match program.optimizer.momentum_kind {
        MomentumKind::Momentum if momentum != 0.0 => format!("optax.sgd(schedule, momentum={momentum:?})"),
        MomentumKind::Momentum => "optax.sgd(schedule)".to_owned(),
        MomentumKind::Beta1 => format!("optax.adamw(schedule, b1={momentum:?})"),
        MomentumKind::None => "optax.adagrad(schedule)".to_owned(),
    };
    Ok(format!(
        "{imports}\n{definition}\n# The optimizer counts its updates and asks the schedule itself; there is nothing to step.\n\
         optimizer = {optimizer}\n"
    ))
}

/// The call with `optax.` before every function.
fn qualified(schedule: &Schedule) -> String {
    let text = schedule.to_string();
    let children = schedule.children();
    if children.is_empty() {
        return format!("optax.{text}");
    }
    let mut text = format!("optax.{text}");
    for child in children {
        let plain = child.to_string();
        text = text.replacen(&format!("[{plain}"), &format!("[{}", qualified(child)), 1);
        text = text.replacen(&format!(" {plain}"), &format!(" {}", qualified(child)), 1);
    }
    text
}

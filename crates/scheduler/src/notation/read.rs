//! What a constructor call means.

use super::arguments::{Arguments, nearest};
use super::{Expression, Kind, NotationError};
use crate::class::Class;
use crate::error::Exception;
use crate::optimizer::{MomentumKind, Optimizer};
use crate::phases::read_preset;
use crate::schedule::{CLASSES, Resumed, Schedule};
use crate::transformers::read_get_scheduler;

/// The schedule that a constructor call stands for.
///
/// # Errors
/// A class, a parameter or a value that is not understood, with its place.
pub fn read(expression: &Expression) -> Result<Schedule, NotationError> {
    let Kind::Call { function, function_span, arguments, keywords } = &expression.kind else {
        let message = "Expected a schedule such as CosineAnnealingLR(T_max=100).";
        return Err(NotationError::of(Exception::TypeError, message, expression.span));
    };
    let name = last_part(function);
    // The optimizer may also come as a keyword; which one it is plays no part.
    let keywords: Vec<(&str, &Expression)> =
        keywords.iter().map(|(name, value)| (name.as_str(), value)).filter(|(name, _)| *name != "optimizer").collect();
    if name == "get_scheduler" {
        return read_get_scheduler(expression.span, &arguments.iter().collect::<Vec<_>>(), &keywords);
    }
    let positional = match arguments.first() {
        Some(first) if is_optimizer(first) => &arguments[1..],
        _ => &arguments[..],
    };
    if let Some(schedule) = read_preset(name, expression.span, positional, &keywords) {
        return schedule;
    }
    let Some(class) = class(function) else {
        return Err(NotationError::of(Exception::NameError, unknown_class(name), *function_span));
    };
    let given = Arguments::new(class, expression.span, positional.iter(), keywords)?;
    let schedule = Schedule::read(class.name, &given)
        .unwrap_or_else(|| Err(NotationError::of(Exception::NameError, unknown_class(name), *function_span)))?;
    match given.optional::<i64>("last_epoch")? {
        None | Some(-1) => Ok(schedule),
        Some(last_epoch) => Ok(Schedule::Resumed(Resumed { schedule: Box::new(schedule), last_epoch })),
    }
}

/// The class of a dotted name. Only Keras' callback shares its last part with a class of another library.
fn class(function: &str) -> Option<&'static Class> {
    let name = last_part(function);
    let keras = function.contains("keras") || function.contains("callbacks");
    CLASSES
        .iter()
        .find(|class| keras && class.name.contains('.') && last_part(class.name) == name)
        .or_else(|| CLASSES.iter().find(|class| class.name == name))
}

fn unknown_class(name: &str) -> String {
    let known =
        || CLASSES.iter().map(|class| class.name).chain(crate::phases::PRESETS.iter().map(|preset| preset.name));
    match nearest(name, known()) {
        Some(near) => format!("`{name}` is not a schedule; did you mean {near}?"),
        None => format!("`{name}` is not a schedule; write one such as CosineAnnealingLR(T_max=100)."),
    }
}

fn last_part(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// Whether a first positional argument is the optimizer: a variable, or an optimizer built in place.
fn is_optimizer(expression: &Expression) -> bool {
    match &expression.kind {
        Kind::Name(name) => !name.starts_with("math."),
        Kind::Call { function, .. } => {
            !function.starts_with("math.")
                && last_part(function).starts_with(|first: char| first.is_ascii_uppercase())
                && class(function).is_none()
        }
        _ => false,
    }
}

/// The optimizer that a constructor call such as `SGD(momentum=0.9)` stands for, with a parameter group for each LR.
///
/// # Errors
/// An optimizer or a parameter that is not known, with its place.
pub fn read_optimizer(expression: &Expression, lrs: &[f64]) -> Result<Optimizer, NotationError> {
    const KNOWN: [(&str, MomentumKind); 12] = [
        ("SGD", MomentumKind::Momentum),
        ("RMSprop", MomentumKind::Momentum),
        ("Adam", MomentumKind::Beta1),
        ("AdamW", MomentumKind::Beta1),
        ("Adamax", MomentumKind::Beta1),
        ("NAdam", MomentumKind::Beta1),
        ("RAdam", MomentumKind::Beta1),
        ("SparseAdam", MomentumKind::Beta1),
        ("Adagrad", MomentumKind::None),
        ("Adadelta", MomentumKind::None),
        ("ASGD", MomentumKind::None),
        ("Rprop", MomentumKind::None),
    ];
    let (name, keywords): (_, &[_]) = match &expression.kind {
        Kind::Name(name) => (name, &[]),
        Kind::Call { function, keywords, .. } => (function, keywords),
        _ => {
            return Err(NotationError::of(
                Exception::TypeError,
                "Expected an optimizer such as SGD(momentum=0.9).",
                expression.span,
            ));
        }
    };
    let name = last_part(name);
    let Some((_, kind)) = KNOWN.iter().find(|(known, _)| *known == name) else {
        let message = match nearest(name, KNOWN.iter().map(|(known, _)| *known)) {
            Some(near) => format!("`{name}` is not a known optimizer; did you mean {near}?"),
            None => format!("`{name}` is not a known optimizer; write SGD(momentum=0.9) or Adam(betas=(0.9, 0.999))."),
        };
        return Err(NotationError::of(Exception::TypeError, message, expression.span));
    };
    let mut momentum = if *kind == MomentumKind::Beta1 { 0.9 } else { 0.0 };
    for (keyword, value) in keywords {
        let number = match (keyword.as_str(), kind, &value.kind) {
            ("momentum", MomentumKind::Momentum, _) => value,
            ("betas", MomentumKind::Beta1, Kind::Tuple(betas) | Kind::List(betas)) if betas.len() == 2 => &betas[0],
            ("betas" | "momentum", ..) => {
                return Err(NotationError::of(
                    Exception::TypeError,
                    format!("`{keyword}` does not fit {name}."),
                    value.span,
                ));
            }
            _ => continue,
        };
        momentum = crate::lambda::constant(number)?.float();
    }
    Ok(Optimizer::new(lrs, *kind, momentum))
}

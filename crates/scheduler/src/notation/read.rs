//! What a constructor call means: signatures and defaults of `torch.optim.lr_scheduler` (torch 2.15).

use super::arguments::{Arguments, nearest};
use super::{Expression, Kind, NotationError};
use crate::lambda::Lambda;
use crate::optimizer::{MomentumKind, Optimizer};
use crate::schedule::{CyclicLR, OneCycleLR, PerGroup, ReduceLROnPlateau, Schedule};

/// The classes that are read, with the names of their parameters after the optimizer.
const SIGNATURES: [(&str, &[&str]); 15] = [
    ("ConstantLR", &["factor", "total_iters", "last_epoch"]),
    ("LinearLR", &["start_factor", "end_factor", "total_iters", "last_epoch"]),
    ("ExponentialLR", &["gamma", "last_epoch"]),
    ("StepLR", &["step_size", "gamma", "last_epoch"]),
    ("MultiStepLR", &["milestones", "gamma", "last_epoch"]),
    ("PolynomialLR", &["total_iters", "power", "last_epoch"]),
    ("CosineAnnealingLR", &["T_max", "eta_min", "last_epoch"]),
    ("CosineAnnealingWarmRestarts", &["T_0", "T_mult", "eta_min", "last_epoch"]),
    ("LambdaLR", &["lr_lambda", "last_epoch"]),
    ("MultiplicativeLR", &["lr_lambda", "last_epoch"]),
    (
        "CyclicLR",
        &[
            "base_lr",
            "max_lr",
            "step_size_up",
            "step_size_down",
            "mode",
            "gamma",
            "scale_fn",
            "scale_mode",
            "cycle_momentum",
            "base_momentum",
            "max_momentum",
            "last_epoch",
        ],
    ),
    (
        "OneCycleLR",
        &[
            "max_lr",
            "total_steps",
            "epochs",
            "steps_per_epoch",
            "pct_start",
            "anneal_strategy",
            "cycle_momentum",
            "base_momentum",
            "max_momentum",
            "div_factor",
            "final_div_factor",
            "three_phase",
            "last_epoch",
        ],
    ),
    ("SequentialLR", &["schedulers", "milestones", "last_epoch"]),
    ("ChainedScheduler", &["schedulers", "optimizer"]),
    ("ReduceLROnPlateau", &["mode", "factor", "patience", "threshold", "threshold_mode", "cooldown", "min_lr", "eps"]),
];

/// The schedule that a constructor call stands for.
///
/// # Errors
/// A class, a parameter or a value that is not understood, with its place.
pub fn read(expression: &Expression) -> Result<Schedule, NotationError> {
    let Kind::Call { function, function_span, arguments, keywords } = &expression.kind else {
        let message = "Expected a schedule such as CosineAnnealingLR(T_max=100).";
        return Err(NotationError::new(message, expression.span));
    };
    let name = last_part(function);
    let Some((class, parameters)) = SIGNATURES.iter().find(|(class, _)| *class == name) else {
        let classes = || SIGNATURES.iter().map(|(class, _)| *class);
        let message = match nearest(name, classes()) {
            Some(near) => format!("`{name}` is not a schedule; did you mean {near}?"),
            None => {
                format!("`{name}` is not a schedule; the known ones are {}.", classes().collect::<Vec<_>>().join(", "))
            }
        };
        return Err(NotationError::new(message, *function_span));
    };
    let positional = match arguments.first() {
        Some(first) if is_optimizer(first) => &arguments[1..],
        _ => &arguments[..],
    };
    // The optimizer may also come as a keyword; which one it is plays no part.
    let keywords: Vec<_> = keywords.iter().filter(|(keyword, _)| keyword != "optimizer").cloned().collect();
    let given = Arguments::new(class, expression.span, positional, &keywords, parameters)?;
    schedule(class, &given)
}

fn schedule(class: &str, given: &Arguments<'_>) -> Result<Schedule, NotationError> {
    if let Some(last_epoch) = given.get("last_epoch")
        && given.integer("last_epoch")? != Some(-1)
    {
        let message = "Resuming with `last_epoch` is not supported; leave it out to start at step 0.";
        return Err(NotationError::new(message, last_epoch.span));
    }
    Ok(match class {
        "ConstantLR" => Schedule::ConstantLR {
            factor: given.float("factor", 1.0 / 3.0)?,
            total_iters: given.float("total_iters", 5.0)?,
        },
        "LinearLR" => Schedule::LinearLR {
            start_factor: given.float("start_factor", 1.0 / 3.0)?,
            end_factor: given.float("end_factor", 1.0)?,
            total_iters: given.float("total_iters", 5.0)?,
        },
        "ExponentialLR" => Schedule::ExponentialLR { gamma: given.required_float("gamma")? },
        "StepLR" => {
            Schedule::StepLR { step_size: given.required_float("step_size")?, gamma: given.float("gamma", 0.1)? }
        }
        "MultiStepLR" => {
            Schedule::MultiStepLR { milestones: given.integers("milestones")?, gamma: given.float("gamma", 0.1)? }
        }
        "PolynomialLR" => {
            Schedule::PolynomialLR { total_iters: given.float("total_iters", 5.0)?, power: given.float("power", 1.0)? }
        }
        "CosineAnnealingLR" => {
            Schedule::CosineAnnealingLR { t_max: given.required_float("T_max")?, eta_min: given.float("eta_min", 0.0)? }
        }
        "CosineAnnealingWarmRestarts" => {
            given.required("T_0")?;
            Schedule::CosineAnnealingWarmRestarts {
                t_0: given.integer("T_0")?.unwrap_or_default(),
                t_mult: given.integer("T_mult")?.unwrap_or(1),
                eta_min: given.float("eta_min", 0.0)?,
            }
        }
        "LambdaLR" => Schedule::LambdaLR { lr_lambda: lambdas(given.required("lr_lambda")?)? },
        "MultiplicativeLR" => Schedule::MultiplicativeLR { lr_lambda: lambdas(given.required("lr_lambda")?)? },
        "CyclicLR" => Schedule::CyclicLR(CyclicLR {
            base_lr: given.required_per_group("base_lr")?,
            max_lr: given.required_per_group("max_lr")?,
            step_size_up: given.float("step_size_up", 2000.0)?,
            step_size_down: given.get("step_size_down").map(|_| given.float("step_size_down", 0.0)).transpose()?,
            mode: given.text("mode", "triangular")?,
            gamma: given.float("gamma", 1.0)?,
            scale_fn: given.get("scale_fn").map(Lambda::read).transpose()?,
            scale_mode: given.text("scale_mode", "cycle")?,
            cycle_momentum: given.boolean("cycle_momentum", true)?,
            base_momentum: given.per_group("base_momentum", 0.8)?,
            max_momentum: given.per_group("max_momentum", 0.9)?,
        }),
        "OneCycleLR" => Schedule::OneCycleLR(OneCycleLR {
            max_lr: given.required_per_group("max_lr")?,
            total_steps: given.integer("total_steps")?,
            epochs: given.integer("epochs")?,
            steps_per_epoch: given.integer("steps_per_epoch")?,
            pct_start: given.strict_float("pct_start", 0.3)?,
            anneal_strategy: given.text("anneal_strategy", "cos")?,
            cycle_momentum: given.boolean("cycle_momentum", true)?,
            base_momentum: given.per_group("base_momentum", 0.85)?,
            max_momentum: given.per_group("max_momentum", 0.95)?,
            div_factor: given.float("div_factor", 25.0)?,
            final_div_factor: given.float("final_div_factor", 1e4)?,
            three_phase: given.boolean("three_phase", false)?,
        }),
        "SequentialLR" => {
            Schedule::SequentialLR { schedules: children(given)?, milestones: given.integers("milestones")? }
        }
        "ChainedScheduler" => Schedule::ChainedScheduler { schedules: children(given)? },
        _ => {
            let default = ReduceLROnPlateau::default();
            Schedule::ReduceLROnPlateau(ReduceLROnPlateau {
                mode: given.text("mode", &default.mode)?,
                factor: given.float("factor", default.factor)?,
                patience: given.integer("patience")?.unwrap_or(default.patience),
                threshold: given.float("threshold", default.threshold)?,
                threshold_mode: given.text("threshold_mode", &default.threshold_mode)?,
                cooldown: given.integer("cooldown")?.unwrap_or(default.cooldown),
                min_lr: given.per_group("min_lr", 0.0)?,
                eps: given.float("eps", default.eps)?,
            })
        }
    })
}

fn children(given: &Arguments<'_>) -> Result<Vec<Schedule>, NotationError> {
    let schedulers = given.required("schedulers")?;
    match &schedulers.kind {
        Kind::List(items) | Kind::Tuple(items) => items.iter().map(read).collect(),
        _ => Err(NotationError::new("`schedulers` must be a list of schedules.", schedulers.span)),
    }
}

fn lambdas(value: &Expression) -> Result<PerGroup<Lambda>, NotationError> {
    match &value.kind {
        Kind::List(items) | Kind::Tuple(items) => {
            items.iter().map(Lambda::read).collect::<Result<_, _>>().map(PerGroup::Each)
        }
        _ => Lambda::read(value).map(PerGroup::All),
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
            let name = last_part(function);
            !function.starts_with("math.")
                && name.starts_with(char::is_uppercase)
                && !SIGNATURES.iter().any(|(class, _)| *class == name)
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
        _ => return Err(NotationError::new("Expected an optimizer such as SGD(momentum=0.9).", expression.span)),
    };
    let name = last_part(name);
    let Some((_, kind)) = KNOWN.iter().find(|(known, _)| *known == name) else {
        let message = match nearest(name, KNOWN.iter().map(|(known, _)| *known)) {
            Some(near) => format!("`{name}` is not a known optimizer; did you mean {near}?"),
            None => format!("`{name}` is not a known optimizer; write SGD(momentum=0.9) or Adam(betas=(0.9, 0.999))."),
        };
        return Err(NotationError::new(message, expression.span));
    };
    let mut momentum = if *kind == MomentumKind::Beta1 { 0.9 } else { 0.0 };
    for (keyword, value) in keywords {
        let number = match (keyword.as_str(), kind, &value.kind) {
            ("momentum", MomentumKind::Momentum, _) => value,
            ("betas", MomentumKind::Beta1, Kind::Tuple(betas) | Kind::List(betas)) if betas.len() == 2 => &betas[0],
            ("betas" | "momentum", ..) => {
                return Err(NotationError::new(format!("`{keyword}` does not fit {name}."), value.span));
            }
            _ => continue,
        };
        momentum = crate::lambda::constant(number)?.float();
    }
    Ok(Optimizer::new(lrs, *kind, momentum))
}

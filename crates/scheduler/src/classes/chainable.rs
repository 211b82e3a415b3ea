//! The classes that compute one parameter group's next LR from the LR in force or from its base LR.

use std::f64::consts::PI;

use super::Moment;
use crate::error::{ScheduleError, type_error, value_error};
use crate::lambda::Lambda;
use crate::python::{divide, modulo};
use crate::schedule::{PerGroup, Schedule};

/// What a formula may look at.
pub(super) struct State {
    /// torch's `last_epoch`.
    pub step: i64,
    pub moment: Moment,
    /// Index of the parameter group.
    pub group: usize,
    pub base_lr: f64,
    /// The LR in force.
    pub lr: f64,
}

/// What torch's constructor rejects.
pub(super) fn check(schedule: &Schedule, groups: usize) -> Result<(), ScheduleError> {
    match schedule {
        Schedule::ConstantLR { factor, .. } if *factor > 1.0 || *factor < 0.0 => {
            Err(value_error("Constant multiplicative factor expected to be between 0 and 1."))
        }
        Schedule::LinearLR { start_factor, .. } if *start_factor > 1.0 || *start_factor <= 0.0 => {
            Err(value_error("Starting multiplicative factor expected to be greater than 0 and less or equal to 1."))
        }
        Schedule::LinearLR { end_factor, .. } if *end_factor > 1.0 || *end_factor < 0.0 => {
            Err(value_error("Ending multiplicative factor expected to be between 0 and 1."))
        }
        Schedule::LambdaLR { lr_lambda: PerGroup::Each(lambdas) }
        | Schedule::MultiplicativeLR { lr_lambda: PerGroup::Each(lambdas) }
            if lambdas.len() != groups =>
        {
            Err(value_error(format!("Expected {groups} lr_lambdas, but got {}", lambdas.len())))
        }
        _ => Ok(()),
    }
}

/// The LR after this step.
pub(super) fn next(schedule: &Schedule, state: &State) -> Result<f64, ScheduleError> {
    if state.moment == Moment::Restart
        && let Some(lr) = at_restart(schedule, state)
    {
        return lr;
    }
    let (lr, step) = (state.lr, state.step as f64);
    let constructing = state.moment == Moment::Construction;
    match schedule {
        Schedule::ConstantLR { factor, total_iters } => match state.step {
            0 => Ok(lr * factor),
            _ if step != *total_iters => Ok(lr),
            _ => Ok(lr * divide(1.0, *factor)?),
        },
        Schedule::LinearLR { start_factor, end_factor, total_iters } => {
            if state.step == 0 {
                return Ok(lr * start_factor);
            }
            if constructing || step > *total_iters {
                return Ok(lr);
            }
            let rise = end_factor - start_factor;
            Ok(lr * (1.0 + divide(rise, total_iters * start_factor + (step - 1.0) * rise)?))
        }
        Schedule::ExponentialLR { gamma } => Ok(if constructing { lr } else { lr * gamma }),
        Schedule::StepLR { step_size, gamma } => {
            Ok(if state.step == 0 || modulo(step, *step_size)? != 0.0 { lr } else { lr * gamma })
        }
        Schedule::MultiStepLR { milestones, gamma } => {
            let times = milestones.iter().filter(|&&milestone| milestone == state.step).count();
            Ok(if times == 0 { lr } else { lr * gamma.powf(times as f64) })
        }
        Schedule::PolynomialLR { total_iters, power } => {
            if constructing || step > *total_iters {
                return Ok(lr);
            }
            let ratio = divide(1.0 - divide(step, *total_iters)?, 1.0 - divide(step - 1.0, *total_iters)?)?;
            Ok(lr * ratio.powf(*power))
        }
        Schedule::CosineAnnealingLR { t_max, eta_min } => {
            if constructing {
                return Ok(lr);
            }
            if modulo(step - 1.0 - t_max, 2.0 * t_max)? == 0.0 {
                return Ok(lr + (state.base_lr - eta_min) * (1.0 - (PI / t_max).cos()) / 2.0);
            }
            let here = 1.0 + (PI * step / t_max).cos();
            let before = 1.0 + (PI * (step - 1.0) / t_max).cos();
            Ok(divide(here, before)? * (lr - eta_min) + eta_min)
        }
        Schedule::LambdaLR { lr_lambda } => Ok(state.base_lr * factor(lr_lambda, state)?),
        Schedule::MultiplicativeLR { lr_lambda } => {
            if constructing {
                return Ok(lr);
            }
            Ok(lr * factor(lr_lambda, state)?)
        }
        other => Err(type_error(format!("{} has no formula of its own", other.name()))),
    }
}

/// torch's `_get_closed_form_lr` at step 0, for the classes that have one.
fn at_restart(schedule: &Schedule, state: &State) -> Option<Result<f64, ScheduleError>> {
    let base_lr = state.base_lr;
    Some(match schedule {
        Schedule::ConstantLR { factor, total_iters } => {
            Ok(base_lr * (factor + f64::from(0.0 >= *total_iters) * (1.0 - factor)))
        }
        Schedule::LinearLR { start_factor, end_factor, total_iters } => {
            divide((end_factor - start_factor) * total_iters.min(0.0), *total_iters)
                .map(|rise| base_lr * (start_factor + rise))
        }
        Schedule::ExponentialLR { .. } => Ok(base_lr),
        Schedule::StepLR { step_size, gamma } => modulo(0.0, *step_size).map(|_| base_lr * gamma.powf(0.0)),
        Schedule::MultiStepLR { milestones, gamma } => {
            let passed = milestones.iter().filter(|&&milestone| milestone <= 0).count();
            Ok(base_lr * gamma.powf(passed as f64))
        }
        Schedule::PolynomialLR { total_iters, power } => {
            divide(total_iters.min(0.0), *total_iters).map(|progress| base_lr * (1.0 - progress).powf(*power))
        }
        Schedule::CosineAnnealingLR { t_max, eta_min } => {
            divide(PI * 0.0, *t_max).map(|angle| eta_min + (base_lr - eta_min) * (1.0 + angle.cos()) / 2.0)
        }
        _ => return None,
    })
}

fn factor(lambdas: &PerGroup<Lambda>, state: &State) -> Result<f64, ScheduleError> {
    match lambdas {
        PerGroup::All(lambda) => lambda.call(state.step),
        // `check` has made sure that there is one for each group.
        PerGroup::Each(lambdas) => lambdas[state.group].call(state.step),
    }
}

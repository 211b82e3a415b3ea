//! The schedulers of mmengine that are like none of torch's.
//!
//! As in `mmengine.optim.scheduler.param_scheduler`, mmengine 0.10.

use std::f64::consts::PI;

use super::super::Stopped;
use super::told::Told;
use crate::plan::{Argument, ArgumentValue};

/// The LR after a step: from the count of steps since the entry began and the LR before it.
pub(super) type Next = Box<dyn Fn(f64, f64) -> f64>;

/// The rule of a class of mmengine's own; `None` where it is one of torch's. The entry is `length` long, and one of
/// what it counts in is `each` of what it is stepped in.
pub(super) fn own(told: &mut Told<'_, '_, '_>, lr: f64, length: f64, each: f64) -> Result<Option<Next>, Stopped> {
    let class = told.settings.class.trim_end_matches("LR").trim_end_matches("ParamScheduler");
    match class {
        "Poly" => Ok(Some(poly(told, lr, length))),
        "CosineRestart" => restarts(told, lr, each).map(Some),
        _ => Ok(None),
    }
}

/// `eta_min`, or `eta_min_ratio` of the LR of the optimizer.
pub(super) fn floor(told: &mut Told<'_, '_, '_>, lr: f64) -> f64 {
    match told.maybe("eta_min_ratio") {
        Some(ratio) => lr * ratio,
        None => told.or("eta_min", 0.0),
    }
}

/// A power of what is left of the range, down to `eta_min`.
fn poly(told: &mut Told<'_, '_, '_>, lr: f64, length: f64) -> Next {
    let (power, floor, last) = (told.or("power", 1.0), floor(told, lr), length - 1.0);
    Box::new(move |count, lr| {
        if count == 0.0 {
            return lr;
        }
        (lr - floor) * (1.0 - 1.0 / (last - count + 1.0)).powf(power) + floor
    })
}

/// Half cosines one after the other, each with a length and a share of the LR.
fn restarts(told: &mut Told<'_, '_, '_>, base_lr: f64, each: f64) -> Result<Next, Stopped> {
    let floor = floor(told, base_lr);
    let periods: Vec<f64> = numbers(told, "periods").into_iter().map(|period| period * each).collect();
    let weights = match told.settings.argument("restart_weights") {
        Some(_) => numbers(told, "restart_weights"),
        None => vec![1.0],
    };
    if periods.len() != weights.len() || periods.iter().any(|period| *period <= 0.0) {
        return Err(told.refused("periods and restart_weights should have the same length.".to_owned()));
    }
    Ok(Box::new(move |count, lr| {
        let mut step = count;
        for (period, weight) in periods.iter().zip(&weights) {
            if step < *period {
                return match step {
                    0.0 => base_lr * weight,
                    _ => {
                        (1.0 + (PI * step / period).cos()) / (1.0 + (PI * (step - 1.0) / period).cos()) * (lr - floor)
                            + floor
                    }
                };
            }
            step -= period;
        }
        lr
    }))
}

/// The numbers of a list.
fn numbers(told: &mut Told<'_, '_, '_>, name: &str) -> Vec<f64> {
    let argument = told.settings.argument(name);
    let Some(Argument { value: ArgumentValue::Numbers(all), span, .. }) = argument else { return Vec::new() };
    all.iter().filter_map(|quantity| told.numbers.value(quantity, name, *span)).collect()
}

//! The schedules that axolotl has beside those of transformers.
//!
//! As in `SchedulerMixin.create_scheduler`, `axolotl.utils.schedulers` and `TrainerBuilderBase`, axolotl 0.19.

use std::f64::consts::PI;

use super::super::Stopped;
use super::told::Told;
use crate::effect::number;

/// Share of the run that is a warmup, and the most steps of it, where the config says nothing.
const DEFAULT_WARMUP: (f64, f64) = (0.03, 100.0);

/// A schedule, and the LR of the optimizer that it goes by: 1 where it tells the LR itself.
pub(super) struct Own {
    pub lr: f64,
    pub constructor: String,
}

/// Steps of the warmup.
pub(super) fn warmup(told: &mut Told<'_, '_, '_>, steps: f64) -> f64 {
    let warmup = match (told.maybe("warmup_steps"), told.maybe("warmup_ratio")) {
        (Some(share), _) if share < 1.0 => (steps * share).ceil(),
        (Some(steps), _) => steps.trunc(),
        (None, Some(ratio)) => (ratio * steps).trunc().max(0.0),
        (None, None) => {
            let (share, most) = DEFAULT_WARMUP;
            let warmup = (share * steps).trunc().min(most);
            told.note(format!(
                "The warmup has {} steps, the default: 3 % of the run, at most 100. Other releases have others.",
                number(warmup)
            ));
            warmup
        }
    };
    if warmup == 1.0 { 2.0 } else { warmup }
}

/// The schedule of axolotl's own that a config asks for; `None` where it is one of transformers.
///
/// # Errors
/// What is not followed, in one sentence.
pub(super) fn own(
    told: &mut Told<'_, '_, '_>,
    name: &str,
    lr: f64,
    warmup: f64,
    steps: f64,
) -> Result<Option<Own>, Stopped> {
    if told.maybe("jagged_restart_steps").is_some_and(|steps| steps != 0.0) {
        return Err(told.refused("The restarts of jagged_restart_steps are not followed.".to_owned()));
    }
    let floor = told.or("cosine_min_lr_ratio", 0.0);
    let constant = told.or("cosine_constant_lr_ratio", 0.0);
    let (w, n) = (number(warmup), number(steps));
    let (each, left) = (number(warmup.max(1.0)), number((steps - warmup).max(1.0)));
    let function = match name {
        "one_cycle" => return one_cycle(told, lr, warmup / steps, &n).map(Some),
        // The name stands for a cosine, too, which its floor asks for.
        "rex" => return Ok(Some(Own { lr: 1.0, constructor: rex(lr, lr * floor, warmup, steps) })),
        "cosine" if told.is_on("lr_quadratic_warmup", false)? => {
            format!(
                "(t / {each}) ** 2 if t < {w} else max(0.0, 0.5 * (1.0 + math.cos({PI} * 0.5 * 2.0 * ((t - {w}) / {left}))))"
            )
        }
        "cosine" if floor != 0.0 && constant != 0.0 => {
            let end = (steps * constant).trunc();
            let (left, end) = (number((end - warmup).max(1.0)), number(end));
            let scale = format!("0.5 * (1.0 + math.cos({PI} * 0.5 * 2.0 * ((min(t, {end}) - {w}) / {left})))");
            format!("t / {each} if t < {w} else max(0, (1 - {floor}) * {scale}) + {floor}")
        }
        "cosine" if floor != 0.0 => {
            let scale = format!("(0.5 * (1.0 + math.cos({PI} * ((t - {w}) / {left}))))");
            format!("t / {each} if t < {w} else (1 - {floor}) * {scale} + {floor}")
        }
        _ => return Ok(None),
    };
    Ok(Some(Own { lr, constructor: format!("LambdaLR(lr_lambda=lambda t: {function})") }))
}

/// torch's OneCycleLR, which rises as long as the warmup.
fn one_cycle(told: &mut Told<'_, '_, '_>, lr: f64, share: f64, steps: &str) -> Result<Own, Stopped> {
    let mut constructor = format!("OneCycleLR(max_lr={}, total_steps={steps}", number(lr));
    let given = told.inside("lr_scheduler_kwargs.");
    for (name, default) in [("pct_start", number(share)), ("anneal_strategy", "'cos'".to_owned())] {
        if given.iter().all(|(key, _)| *key != name) {
            constructor += &format!(", {name}={default}");
        }
    }
    for (key, argument) in given {
        constructor += &format!(", {key}={}", told.literal(argument)?);
    }
    Ok(Own { lr, constructor: constructor + ")" })
}

/// The reflected exponential (Chen et al. 2021, arXiv:2107.04197). It counts from 1: its first step is that of index 1.
fn rex(high: f64, low: f64, warmup: f64, steps: f64) -> String {
    let (w, left) = (number(warmup), steps - warmup);
    let (rise, floor) = (format!("{} * (t + 1) / {w}", number(high)), number(low / high));
    let fall = match left > 0.0 {
        true => {
            let n = number(left);
            let z = format!("(({n} - (t + 1 - {w})) / {n})");
            let factor = format!("{floor} + (1.0 - {floor}) * ({z} / (0.1 + 0.9 * {z}))");
            format!("({} * ({factor}) if t + 1 - {w} < {n} else {})", number(high), number(low))
        }
        false => number(low),
    };
    let function = if warmup >= 1.0 { format!("{rise} if t + 1 <= {w} else {fall}") } else { fall };
    format!("LambdaLR(lr_lambda=lambda t: {function})")
}

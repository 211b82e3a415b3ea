//! The schedules of transformers.

use super::{Formula, Scope, f, n};
use crate::python::number;
use crate::schedule::Schedule;
use crate::transformers;

impl Scope<'_> {
    pub(super) fn transformers(&self, schedule: &Schedule) -> Option<Formula> {
        use transformers::{
            ConstantWithWarmup, CosineWarmupWithMinLr, CosineWithHardRestarts, CosineWithMinLr, CosineWithWarmup,
            InverseSqrt, LinearWithWarmup, PolynomialDecayWithWarmup,
        };
        let warmup = |warmup: crate::Steps, rest: &str| match warmup.0 {
            0.0 => Formula::factor(rest),
            _ => Formula::factor(&format!("step / {0} if step < {0} else {rest}", n(warmup))),
        };
        let progress = |warmup: crate::Steps, total: crate::Steps| {
            format!("(step - {}) / {}", n(warmup), number((total.0 - warmup.0).max(1.0)))
        };
        let floor = |min_lr: Option<f64>, rate: Option<f64>| {
            rate.or_else(|| min_lr.map(|min_lr| min_lr / self.optimizer.default_lr))
        };
        match schedule {
            Schedule::ConstantSchedule(_) => Formula::factor("1.0"),
            Schedule::ConstantWithWarmup(ConstantWithWarmup { num_warmup_steps }) => warmup(*num_warmup_steps, "1.0"),
            Schedule::LinearWithWarmup(LinearWithWarmup { num_warmup_steps: w, num_training_steps: t }) => {
                warmup(*w, &format!("max(0.0, ({} - step) / {})", n(*t), number((t.0 - w.0).max(1.0))))
            }
            Schedule::CosineWithWarmup(CosineWithWarmup { num_warmup_steps: w, num_training_steps: t, num_cycles }) => {
                let angle = format!("math.pi * {} * 2 * {}", f(*num_cycles), progress(*w, *t));
                warmup(*w, &format!("max(0.0, 0.5 * (1 + math.cos({angle})))"))
            }
            Schedule::CosineWithHardRestarts(CosineWithHardRestarts {
                num_warmup_steps: w,
                num_training_steps: t,
                num_cycles,
            }) => {
                let turns = format!("({} * ({})) % 1.0", f(*num_cycles), progress(*w, *t));
                warmup(*w, &format!("0.0 if step >= {} else 0.5 * (1 + math.cos(math.pi * ({turns})))", n(*t)))
            }
            Schedule::PolynomialDecayWithWarmup(PolynomialDecayWithWarmup {
                num_warmup_steps: w,
                num_training_steps: t,
                lr_end,
                power,
            }) if t.0 > w.0 => {
                let (lr, end) = (f(self.optimizer.default_lr), f(*lr_end));
                let left = format!("(1 - (min(step, {}) - {}) / {})", n(*t), n(*w), number(t.0 - w.0));
                warmup(*w, &format!("(({lr} - {end}) * {left} ** {} + {end}) / {lr}", f(*power)))
            }
            Schedule::InverseSqrt(InverseSqrt { num_warmup_steps: w, timescale }) => {
                let scale = timescale.map_or(if w.0 == 0.0 { 10_000.0 } else { w.0 }, |scale| scale.0);
                warmup(*w, &format!("1 / math.sqrt((step + {}) / {})", number(scale - w.0), number(scale)))
            }
            Schedule::CosineWithMinLr(CosineWithMinLr {
                num_warmup_steps: w,
                num_training_steps: t,
                num_cycles,
                min_lr,
                min_lr_rate,
            }) => {
                let rate = f(floor(*min_lr, *min_lr_rate)?);
                let angle = format!("math.pi * {} * 2 * {}", f(*num_cycles), progress(*w, *t));
                warmup(*w, &format!("max(0.0, 0.5 * (1 + math.cos({angle})) * (1 - {rate}) + {rate})"))
            }
            Schedule::CosineWarmupWithMinLr(CosineWarmupWithMinLr {
                num_warmup_steps: w,
                num_training_steps: t,
                num_cycles,
                min_lr,
                min_lr_rate,
                warmup_lr_rate,
            }) => {
                let rate = f(floor(*min_lr, *min_lr_rate)?);
                let progress = format!("(step - {} + 1) / {}", n(*w), number((t.0 - w.0).max(1.0)));
                let angle = format!("math.pi * {} * 2 * {progress}", f(*num_cycles));
                let rest = format!("max(0.0, 0.5 * (1 + math.cos({angle})) * (1 - {rate}) + {rate})");
                let rise = match warmup_lr_rate {
                    None => format!("(step + 1) / {}", number(w.0.max(1.0))),
                    Some(start) => {
                        format!("{0} + (1 - {0}) * step / {1}", f(*start), number((w.0 - 1.0).max(1.0)))
                    }
                };
                Formula::factor(&format!("{rise} if step < {} else {rest}", n(*w)))
            }
            Schedule::WarmupStableDecay(wsd) => warmup_stable_decay(wsd),
            _ => None,
        }
    }
}

fn warmup_stable_decay(wsd: &transformers::WarmupStableDecay) -> Option<Formula> {
    let (warmup, decay) = (wsd.num_warmup_steps.0, wsd.num_decay_steps.0);
    let stable = wsd
        .num_stable_steps
        .map(|steps| steps.0)
        .or_else(|| wsd.num_training_steps.map(|total| total.0 - warmup - decay))?;
    let (ratio, end) = (f(wsd.min_lr_ratio), warmup + stable);
    let scaled = |factor: &str| format!("({factor}) * (1 - {ratio}) + {ratio}");
    let rise = format!("step / {}", number(warmup.max(1.0)));
    let rise = match wsd.warmup_type.as_str() {
        "linear" => rise,
        "cosine" => format!("0.5 * (1 - math.cos(math.pi * {rise}))"),
        _ => format!("1 - math.sqrt(1 - {rise})"),
    };
    let fall = format!("(step - {}) / {}", number(end), number(decay.max(1.0)));
    let fall = match wsd.decay_type.as_str() {
        "linear" => format!("1 - {fall}"),
        "cosine" => format!("0.5 * (1 + math.cos(math.pi * {} * 2 * {fall}))", f(wsd.num_cycles)),
        _ => format!("1 - math.sqrt({fall})"),
    };
    let tail = format!("{} if step < {} else {ratio}", scaled(&fall), number(end + decay));
    let middle = format!("1.0 if step < {} else {tail}", number(end));
    if warmup <= 0.0 {
        return Formula::factor(&middle);
    }
    Formula::factor(&format!("{} if step < {} else {middle}", scaled(&rise), number(warmup)))
}

//! The schedules of optax.

use super::{Formula, f, joined, n};
use crate::optax;
use crate::python::number;
use crate::schedule::Schedule;

pub(super) fn formula(schedule: &Schedule) -> Option<Formula> {
    let polynomial = |from: f64, to: f64, power: f64, steps: crate::Steps, begin: crate::Steps| {
        if steps.0 <= 0.0 {
            return Formula::lr(&f(from));
        }
        let since = if begin.0 <= 0.0 { "step".to_owned() } else { format!("max(0, step - {})", n(begin)) };
        let left = format!("(1 - min({since}, {0}) / {0})", n(steps));
        let left = if power == 1.0 { left } else { format!("{left} ** {}", f(power)) };
        Formula::lr(&format!("({} - {}) * {left} + {}", f(from), f(to), f(to)))
    };
    match schedule {
        Schedule::OptaxConstantSchedule(constant) => Formula::lr(&f(constant.value)),
        Schedule::LinearSchedule(optax::LinearSchedule {
            init_value,
            end_value,
            transition_steps,
            transition_begin,
        }) => polynomial(*init_value, *end_value, 1.0, *transition_steps, *transition_begin),
        Schedule::PolynomialSchedule(optax::PolynomialSchedule {
            init_value,
            end_value,
            power,
            transition_steps,
            transition_begin,
        }) => polynomial(*init_value, *end_value, *power, *transition_steps, *transition_begin),
        Schedule::WarmupConstantSchedule(optax::WarmupConstantSchedule { init_value, peak_value, warmup_steps }) => {
            polynomial(*init_value, *peak_value, 1.0, *warmup_steps, crate::Steps(0.0))
        }
        Schedule::CosineDecaySchedule(cosine) => {
            let wave = format!("0.5 * (1 + math.cos(math.pi * min(step, {0}) / {0}))", n(cosine.decay_steps));
            let wave = if cosine.exponent == 1.0 { wave } else { format!("({wave}) ** {}", f(cosine.exponent)) };
            Formula::lr(&format!("{} * ((1 - {1}) * {wave} + {1})", f(cosine.init_value), f(cosine.alpha)))
        }
        Schedule::OptaxExponentialDecay(decay) => {
            let optax::OptaxExponentialDecay { init_value, transition_steps, decay_rate, staircase, end_value, .. } =
                decay.clone();
            if transition_steps.0 <= 0.0 || decay_rate == 0.0 {
                return Formula::lr(&f(init_value));
            }
            let since = format!("max(0, step - {})", number(decay.transition_begin.0.max(0.0)));
            let operator = if staircase { "//" } else { "/" };
            let decayed =
                format!("{} * {} ** ({since} {operator} {})", f(init_value), f(decay_rate), n(transition_steps));
            Formula::lr(&match end_value {
                Some(end) if decay_rate < 1.0 => format!("max({decayed}, {})", f(end)),
                Some(end) => format!("min({decayed}, {})", f(end)),
                None => decayed,
            })
        }
        Schedule::PiecewiseConstantSchedule(piecewise) => {
            let (mut value, mut text) = (piecewise.init_value, String::new());
            for (boundary, scale) in piecewise.boundaries_and_scales.iter().flat_map(|boundaries| &boundaries.0) {
                text += &format!("{} if step < {boundary} else ", f(value));
                value *= scale;
            }
            Formula::lr(&(text + &f(value)))
        }
        Schedule::PiecewiseInterpolateSchedule(piecewise) => {
            let boundaries = piecewise.boundaries_and_scales.clone().map(|boundaries| boundaries.0).unwrap_or_default();
            interpolated(piecewise.interpolate_type == "linear", piecewise.init_value, &boundaries)
        }
        Schedule::LinearOnecycleSchedule(cycle) => interpolated(true, cycle.first(), &cycle.boundaries()),
        Schedule::CosineOnecycleSchedule(cycle) => interpolated(false, cycle.first(), &cycle.boundaries()),
        Schedule::WarmupCosineDecaySchedule(schedule) => formula(&schedule.joined().into()),
        Schedule::WarmupExponentialDecaySchedule(schedule) => formula(&schedule.joined().into()),
        Schedule::SgdrSchedule(sgdr) => {
            let mut start = 0;
            let mut cycles = Vec::new();
            for cycle in &sgdr.cosine_kwargs.0 {
                cycles.push((start, formula(&cycle.clone().into())?));
                start += cycle.decay_steps.0 as i64;
            }
            joined(cycles)
        }
        Schedule::JoinSchedules(join) => {
            let parts = join.schedules.iter().map(formula).collect::<Option<Vec<_>>>()?;
            joined([0].into_iter().chain(join.boundaries.iter().copied()).zip(parts))
        }
        _ => None,
    }
}

/// Lines or half cosines between values that multiply up.
fn interpolated(linear: bool, first: f64, boundaries: &[(i64, f64)]) -> Option<Formula> {
    let (mut from, mut start, mut text) = (first, 0, String::new());
    for (boundary, scale) in boundaries {
        let to = from * scale;
        let progress = format!("(step - {start}) / {}", (boundary - start).max(1));
        let value = if linear {
            format!("{} * {progress} + {}", f(to - from), f(from))
        } else {
            format!("{} + {} * (math.cos(math.pi * {progress}) + 1)", f(to), f((from - to) / 2.0))
        };
        text += &format!("{value} if step < {boundary} else ");
        (from, start) = (to, *boundary);
    }
    Formula::lr(&(text + &f(from)))
}

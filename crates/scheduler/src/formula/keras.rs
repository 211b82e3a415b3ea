//! The schedules of Keras.

use super::{Formula, f, n};
use crate::keras;
use crate::schedule::Schedule;

pub(super) fn formula(schedule: &Schedule) -> Option<Formula> {
    match schedule {
        Schedule::ExponentialDecay(keras::ExponentialDecay {
            initial_learning_rate,
            decay_steps,
            decay_rate,
            staircase,
        }) => {
            let operator = if *staircase { "//" } else { "/" };
            Formula::lr(&format!(
                "{} * {} ** (step {operator} {})",
                f(*initial_learning_rate),
                f(*decay_rate),
                n(*decay_steps)
            ))
        }
        Schedule::InverseTimeDecay(keras::InverseTimeDecay {
            initial_learning_rate,
            decay_steps,
            decay_rate,
            staircase,
        }) => {
            let operator = if *staircase { "//" } else { "/" };
            let time = format!("(step {operator} {})", n(*decay_steps));
            Formula::lr(&format!("{} / (1 + {} * {time})", f(*initial_learning_rate), f(*decay_rate)))
        }
        Schedule::PiecewiseConstantDecay(keras::PiecewiseConstantDecay { boundaries, values })
            if boundaries.windows(2).all(|pair| pair[0] < pair[1]) =>
        {
            let stretches = boundaries.iter().zip(values);
            let text: String =
                stretches.map(|(last, value)| format!("{} if step <= {last} else ", f(*value))).collect();
            Formula::lr(&(text + &f(*values.last()?)))
        }
        Schedule::PolynomialDecay(decay) if !decay.cycle => {
            let (first, last, steps) =
                (f(decay.initial_learning_rate), f(decay.end_learning_rate), n(decay.decay_steps));
            let left = format!("(1 - min(step, {steps}) / {steps})");
            Formula::lr(&format!("({first} - {last}) * {left} ** {} + {last}", f(decay.power)))
        }
        Schedule::CosineDecay(decay) => {
            let (alpha, steps) = (f(decay.alpha), n(decay.decay_steps));
            let fall = |from: f64, step: &str| {
                let wave = format!("0.5 * (1 + math.cos(math.pi * min({step}, {steps}) / {steps}))");
                format!("{} * ((1 - {alpha}) * {wave} + {alpha})", f(from))
            };
            let (first, warmup) = (decay.initial_learning_rate, n(decay.warmup_steps));
            Formula::lr(&match decay.warmup_target {
                None => fall(first, "step"),
                Some(target) => {
                    let rise = format!("{} * step / {warmup} + {}", f(target - first), f(first));
                    format!("{rise} if step < {warmup} else {}", fall(target, &format!("(step - {warmup})")))
                }
            })
        }
        Schedule::CosineDecayRestarts(decay) => {
            let (first, alpha, steps) = (f(decay.initial_learning_rate), f(decay.alpha), n(decay.first_decay_steps));
            let (growth, height) = (f(decay.t_mul), f(decay.m_mul));
            let (restarts, progress) = if decay.t_mul == 1.0 {
                (format!("(step // {steps})"), format!("(step % {steps}) / {steps}"))
            } else {
                // The small addition undoes the rounding of the logarithm at exact powers.
                let inside = format!("1 - step / {steps} * (1 - {growth})");
                let restarts = format!("math.floor(math.log({inside}) / math.log({growth}) + 1e-6)");
                let passed = format!("{growth} ** {restarts}");
                let since = format!("(step / {steps} - (1 - {passed}) / (1 - {growth}))");
                (restarts.clone(), format!("{since} / {passed}"))
            };
            let wave = format!("0.5 * {height} ** {restarts} * (1 + math.cos(math.pi * {progress}))");
            Formula::lr(&format!("{first} * ((1 - {alpha}) * {wave} + {alpha})"))
        }
        _ => None,
    }
}

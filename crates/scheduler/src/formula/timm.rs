//! The schedulers of timm.

use super::{Formula, Scope, boxed, f, n};
use crate::lambda::{Lambda, Term, Value};
use crate::notation::Comparison;
use crate::python::number;
use crate::schedule::Schedule;
use crate::timm;

impl Scope<'_> {
    pub(super) fn timm(&self, schedule: &Schedule) -> Option<Formula> {
        let lr = f(self.base_lr);
        let warmup = |steps: crate::Steps, start: f64, prefix: bool, rest: &dyn Fn(&str) -> String| {
            let step = if prefix && steps.0 > 0.0 { format!("(step - {})", n(steps)) } else { "step".to_owned() };
            let rest = rest(&step);
            if steps.0 == 0.0 {
                return Formula::lr(&rest);
            }
            let (start, steps) = (f(start), n(steps));
            Formula::lr(&format!("{start} + step * ({lr} - {start}) / {steps} if step < {steps} else {rest}"))
        };
        match schedule {
            Schedule::CosineLRScheduler(cosine) if cosine.is_plain() => {
                let (length, limit, k) = (n(cosine.t_initial), cosine.cycle_limit, f(cosine.k_decay));
                let (min, decay) = (f(cosine.lr_min), f(cosine.cycle_decay));
                warmup(cosine.warmup_t, cosine.warmup_lr_init, cosine.warmup_prefix, &|step| {
                    let progress = match cosine.k_decay {
                        1.0 => format!("({step} % {length}) / {length}"),
                        _ => format!("(({step} % {length}) / {length}) ** {k}"),
                    };
                    let top = format!("{lr} * {decay} ** ({step} // {length})");
                    let curve = format!("{min} + 0.5 * ({top} - {min}) * (1 + math.cos(math.pi * {progress}))");
                    format!("({curve} if {step} < {length} * {limit} else {min})")
                })
            }
            Schedule::PolyLRScheduler(poly) if poly.is_plain() => {
                let (length, limit, k) = (n(poly.t_initial), poly.cycle_limit, f(poly.k_decay));
                let (min, decay, power) = (f(poly.lr_min), f(poly.cycle_decay), f(poly.power));
                warmup(poly.warmup_t, poly.warmup_lr_init, poly.warmup_prefix, &|step| {
                    let left = format!("(1 - (({step} % {length}) / {length}) ** {k})");
                    let top = format!("{lr} * {decay} ** ({step} // {length})");
                    let curve = format!("{min} + ({top} - {min}) * {left} ** {power}");
                    format!("({curve} if {step} < {length} * {limit} else {min})")
                })
            }
            Schedule::StepLRScheduler(decay) if decay.is_plain() => {
                let (rate, length) = (f(decay.decay_rate), n(decay.decay_t));
                warmup(decay.warmup_t, decay.warmup_lr_init, decay.warmup_prefix, &|step| {
                    format!("{lr} * {rate} ** ({step} // {length})")
                })
            }
            Schedule::WSDLRScheduler(wsd) if wsd.is_plain() => self.timm_wsd(wsd),
            Schedule::MultiStepLRScheduler(steps) if steps.is_plain() => {
                let rate = f(steps.decay_rate);
                warmup(steps.warmup_t, steps.warmup_lr_init, steps.warmup_prefix, &|step| {
                    // A milestone acts one step early.
                    let passed = |milestone: &i64| format!("(1 if {step} >= {} else 0)", milestone - 1);
                    let passed: Vec<String> = steps.decay_t.iter().map(passed).collect();
                    if passed.is_empty() { lr.clone() } else { format!("{lr} * {rate} ** ({})", passed.join(" + ")) }
                })
            }
            // The warmup of the others aims at the LR; this one's at where the schedule is when it ends.
            Schedule::TanhLRScheduler(tanh) if tanh.is_plain() && (tanh.warmup_t.0 == 0.0 || tanh.warmup_prefix) => {
                let (length, limit, min) = (n(tanh.t_initial), tanh.cycle_limit, f(tanh.lr_min));
                let (decay, lb, ub) = (f(tanh.cycle_decay), f(tanh.lb), f(tanh.ub));
                let formula = warmup(tanh.warmup_t, tanh.warmup_lr_init, tanh.warmup_prefix, &|step| {
                    let progress = format!("({step} % {length}) / {length}");
                    let top = format!("{lr} * {decay} ** ({step} // {length})");
                    let place = format!("{lb} * (1 - {progress}) + {ub} * {progress}");
                    let curve = format!("{min} + 0.5 * ({top} - {min}) * (1 - math.tanh({place}))");
                    format!("({curve} if {step} < {length} * {limit} else {min})")
                });
                // Step 0 is written by the constructor, and is the LR itself.
                if tanh.warmup_t.0 > 0.0 {
                    formula
                } else {
                    formula.and_then(|formula| starting_at(self.base_lr, formula))
                }
            }
            _ => None,
        }
    }

    fn timm_wsd(&self, wsd: &timm::WSDLRScheduler) -> Option<Formula> {
        let (lr, min, start) = (f(self.base_lr), f(wsd.lr_min), f(wsd.warmup_lr_init));
        let warmup = wsd.warmup_t.0;
        let since = format!("(step - {})", number(warmup));
        let timescale = number(wsd.stable_timescale.unwrap_or(wsd.warmup_t).0);
        let stable = match wsd.stable_fn.as_str() {
            "constant" => lr.clone(),
            "rsqrt" => format!("{lr} * (1 + {since} / {timescale}) ** -0.5"),
            _ => format!("{lr} * (1 + {since} / {timescale}) ** -{}", f(wsd.stable_power)),
        };
        let decay_start = warmup + wsd.t_initial.0 - wsd.decay_t.0;
        let progress = format!("min(1.0, max(0.0, (step - {}) / {}))", number(decay_start), n(wsd.decay_t));
        let decay = match wsd.decay_fn.as_str() {
            "linear" => format!("(1 - {progress})"),
            "1-sqrt" => format!("(1 - math.sqrt({progress}))"),
            "cosine" => format!("0.5 * (1 + math.cos(math.pi * {progress}))"),
            "power" => format!("(1 - {progress} ** {})", f(wsd.decay_power)),
            _ => format!("({0} ** {progress} - {0}) / (1 - {0})", f(wsd.decay_ratio)),
        };
        let body = format!("{min} + (max({stable}, {min}) - {min}) * {decay}");
        if warmup == 0.0 {
            return Formula::lr(&body);
        }
        let steps = number(warmup);
        Formula::lr(&format!("{start} + step * ({lr} - {start}) / {steps} if step < {steps} else {body}"))
    }
}

/// The same, but for step 0.
fn starting_at(first: f64, formula: Formula) -> Option<Formula> {
    let test = Term::Compare(Box::new(Term::Parameter), vec![(Comparison::Equal, Term::Value(Value::Integer(0)))]);
    let body =
        Term::Conditional { test: Box::new(test), value: boxed(first), otherwise: Box::new(formula.lambda.body) };
    Some(Formula { lambda: Lambda { body, ..formula.lambda }, ..formula })
}

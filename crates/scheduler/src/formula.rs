//! A schedule as one expression of the step: for code in frameworks that do not have its class, and for showing.
//!
//! The expressions are those of the closed forms. They are written as Python and read by the notation, so that what is
//! printed is what has been tested.

use crate::lambda::{Lambda, Term, Value};
use crate::notation::{BinaryOperator, Comparison, PerGroup};
use crate::optimizer::Optimizer;
use crate::phases::{Phase, Phases, Points, Shape};
use crate::python::number;
use crate::schedule::Schedule;
use crate::{keras, optax, timm, torch, transformers};

/// The LR as an expression of the step.
#[derive(Clone, Debug, PartialEq)]
pub struct Formula {
    pub(crate) lambda: Lambda,
    /// Whether it is a factor of the LR that the optimizer was built with, rather than the LR itself.
    pub is_factor: bool,
}

impl Formula {
    fn factor(text: &str) -> Option<Self> {
        Some(Self { lambda: read(text)?, is_factor: true })
    }

    fn lr(text: &str) -> Option<Self> {
        Some(Self { lambda: read(text)?, is_factor: false })
    }

    /// As the LR itself, for an optimizer built with `base_lr`.
    fn absolute(self, base_lr: f64) -> Self {
        if !self.is_factor {
            return self;
        }
        let body = Term::Binary(BinaryOperator::Multiply, boxed(base_lr), Box::new(self.lambda.body));
        Self { lambda: Lambda { body, ..self.lambda }, is_factor: false }
    }

    /// As a factor of `base_lr`; `None` where that is 0.
    pub(crate) fn relative(self, base_lr: f64) -> Option<Self> {
        if self.is_factor {
            return Some(self);
        }
        if base_lr == 0.0 {
            return None;
        }
        let body = Term::Binary(BinaryOperator::Divide, Box::new(self.lambda.body), boxed(base_lr));
        Some(Self { lambda: Lambda { body, ..self.lambda }, is_factor: true })
    }

    /// The LR at `step`.
    ///
    /// # Errors
    /// What Python raises.
    pub fn at(&self, step: i64, base_lr: f64) -> Result<f64, crate::ScheduleError> {
        let value = self.lambda.call(step)?;
        Ok(if self.is_factor { base_lr * value } else { value })
    }
}

/// As Python: `lambda step: ...`.
impl std::fmt::Display for Formula {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.lambda.fmt(formatter)
    }
}

fn boxed(value: f64) -> Box<Term> {
    Box::new(Term::Value(Value::Float(value)))
}

fn read(body: &str) -> Option<Lambda> {
    Lambda::parse(&format!("lambda step: {body}")).ok()
}

/// A float as Python source, in brackets where it is negative.
fn f(value: f64) -> String {
    if value < 0.0 { format!("({value:?})") } else { format!("{value:?}") }
}

/// A number of steps.
fn n(steps: crate::Steps) -> String {
    number(steps.0)
}

impl Schedule {
    /// The LR of parameter group `group` as an expression of the step; `None` where there is none: for schedules that
    /// listen to a metric, that are resumed, or whose steps must be replayed.
    pub fn formula(&self, optimizer: &Optimizer, group: usize) -> Option<Formula> {
        // What the constructor refuses has no formula.
        let mut after = optimizer.clone();
        self.start(&mut after).ok()?;
        let before = optimizer.groups.get(group)?;
        let base_lr = before.initial_lr.unwrap_or(before.lr);
        // OneCycleLR among others changes what those after it start from, and not those before it.
        if !self.children().is_empty() && after.groups[group].initial_lr.is_some_and(|initial| initial != base_lr) {
            return None;
        }
        let scope = Scope { optimizer, base_lr, group };
        scope.of(self)
    }
}

struct Scope<'a> {
    optimizer: &'a Optimizer,
    base_lr: f64,
    group: usize,
}

impl Scope<'_> {
    fn of(&self, schedule: &Schedule) -> Option<Formula> {
        match schedule {
            Schedule::ConstantLR(constant) => constant_lr(constant),
            Schedule::LinearLR(linear) => {
                let total = whole(linear.total_iters.0)?;
                let (start, end) = (f(linear.start_factor), f(linear.end_factor));
                Formula::factor(&format!("{start} + ({end} - {start}) * min(step, {total}) / {total}"))
            }
            Schedule::ExponentialLR(exponential) => Formula::factor(&format!("{} ** step", f(exponential.gamma))),
            Schedule::StepLR(step) => {
                Formula::factor(&format!("{} ** (step // {})", f(step.gamma), whole(step.step_size.0)?))
            }
            Schedule::MultiStepLR(steps) => multi_step(steps, 0),
            Schedule::PolynomialLR(polynomial) => {
                let (total, power) = (whole(polynomial.total_iters.0)?, f(polynomial.power));
                Formula::factor(&format!("(1 - min(step, {total}) / {total}) ** {power}"))
            }
            Schedule::CosineAnnealingLR(cosine) => {
                self.cosine(cosine.eta_min, &format!("step / {}", whole(cosine.t_max.0)?))
            }
            Schedule::CosineAnnealingWarmRestarts(restarts) => self.warm_restarts(restarts),
            Schedule::LambdaLR(lambda) => self.lambda(&lambda.lr_lambda),
            Schedule::MultiplicativeLR(multiplicative) => match &multiplicative.lr_lambda {
                PerGroup::All(lambda) if lambda.is_constant() => {
                    Formula::factor(&format!("{} ** step", f(lambda.call(0).ok()?)))
                }
                _ => None,
            },
            Schedule::CyclicLR(cyclic) => self.cyclic(cyclic),
            Schedule::OneCycleLR(one_cycle) => self.one_cycle(one_cycle),
            Schedule::SWALR(swa) => self.swa(swa),
            Schedule::SequentialLR(sequential) => self.sequential(sequential),
            Schedule::ChainedScheduler(chained) => self.chained(chained),
            Schedule::Phases(phases) => Formula::factor(&phases_text(phases)?),
            Schedule::Points(points) => Formula::factor(&points_text(points)?),
            _ => self
                .transformers(schedule)
                .or_else(|| self.timm(schedule))
                .or_else(|| optax_formula(schedule))
                .or_else(|| keras_formula(schedule)),
        }
    }

    /// A cosine from the LR to `eta_min`, which is an LR and not a factor.
    fn cosine(&self, eta_min: f64, progress: &str) -> Option<Formula> {
        if eta_min == 0.0 {
            return Formula::factor(&format!("(1 + math.cos(math.pi * {progress})) / 2"));
        }
        let (lr, eta_min) = (f(self.base_lr), f(eta_min));
        Formula::lr(&format!("{eta_min} + ({lr} - {eta_min}) * (1 + math.cos(math.pi * {progress})) / 2"))
    }

    fn warm_restarts(&self, restarts: &torch::CosineAnnealingWarmRestarts) -> Option<Formula> {
        let (t_0, t_mult) = (restarts.t_0, restarts.t_mult);
        if t_mult == 1 {
            return self.cosine(restarts.eta_min, &format!("(step % {t_0}) / {t_0}"));
        }
        // The number of restarts; the small addition undoes the rounding of the logarithm at exact powers.
        let cycle = format!("math.floor(math.log(step * {} / {t_0} + 1, {t_mult}) + 1e-9)", t_mult - 1);
        let growth = format!("{t_mult} ** {cycle}");
        let since = format!("(step - {t_0} * ({growth} - 1) / {})", t_mult - 1);
        self.cosine(restarts.eta_min, &format!("{since} / ({t_0} * {growth})"))
    }

    fn lambda(&self, lambdas: &PerGroup<Lambda>) -> Option<Formula> {
        let lambda = match lambdas {
            PerGroup::All(lambda) => lambda,
            PerGroup::Each(lambdas) => lambdas.get(self.group)?,
        };
        Some(Formula { lambda: lambda.clone(), is_factor: true })
    }

    fn per_group(&self, values: &PerGroup) -> Option<f64> {
        match values {
            PerGroup::All(value) => Some(*value),
            PerGroup::Each(values) => values.get(self.group).copied(),
        }
    }

    fn cyclic(&self, cyclic: &torch::CyclicLR) -> Option<Formula> {
        let up = cyclic.step_size_up.0;
        let total = up + cyclic.step_size_down.map_or(up, |down| down.0);
        let (base, max) = (f(self.per_group(&cyclic.base_lr)?), f(self.per_group(&cyclic.max_lr)?));
        let (total, up) = (number(total), number(up));
        let position = format!("(step % {total})");
        let height =
            format!("({position} / {up} if {position} <= {up} else ({total} - {position}) / ({total} - {up}))");
        let scale = match (&cyclic.scale_fn, cyclic.mode.as_str()) {
            (Some(_), _) => return None,
            (None, "triangular2") => format!(" / 2 ** (step // {total})"),
            (None, "exp_range") => format!(" * {} ** step", f(cyclic.gamma)),
            (None, _) => String::new(),
        };
        Formula::lr(&format!("{base} + ({max} - {base}) * {height}{scale}"))
    }

    fn one_cycle(&self, one_cycle: &torch::OneCycleLR) -> Option<Formula> {
        let max = self.per_group(&one_cycle.max_lr)?;
        let initial = max / one_cycle.div_factor;
        let min = initial / one_cycle.final_div_factor;
        let (total, share) = (one_cycle.length()? as f64, one_cycle.pct_start.0);
        let rise_end = share * total - 1.0;
        let mut phases = vec![(rise_end, initial, max)];
        if one_cycle.three_phase {
            phases.push((2.0 * share * total - 2.0, max, initial));
            phases.push((total - 1.0, initial, min));
        } else {
            phases.push((total - 1.0, max, min));
        }
        let last = phases.len() - 1;
        let (mut text, mut start) = (String::new(), 0.0);
        for (index, (end, from, to)) in phases.into_iter().enumerate() {
            if end == start {
                return None;
            }
            let progress = format!("(step - {}) / {}", number(start), number(end - start));
            let (from, to) = (f(from), f(to));
            let value = if one_cycle.anneal_strategy == "linear" {
                format!("({to} - {from}) * {progress} + {from}")
            } else {
                format!("{to} + ({from} - {to}) / 2 * (math.cos(math.pi * {progress}) + 1)")
            };
            text += &if index == last { value } else { format!("{value} if step <= {} else ", number(end)) };
            start = end;
        }
        Formula::lr(&text)
    }

    fn swa(&self, swa: &torch::SWALR) -> Option<Formula> {
        let end = f(self.per_group(&swa.swa_lr)?);
        if swa.anneal_epochs == 0 {
            return Formula::lr(&end);
        }
        let progress = format!("min(step, {0}) / {0}", swa.anneal_epochs);
        let alpha = match swa.anneal_strategy.as_str() {
            "linear" => progress,
            _ => format!("(1 - math.cos(math.pi * {progress})) / 2"),
        };
        let lr = f(self.base_lr);
        Formula::lr(&format!("{lr} + ({end} - {lr}) * ({alpha})"))
    }

    fn sequential(&self, sequential: &torch::SequentialLR) -> Option<Formula> {
        let milestones = &sequential.milestones;
        let in_order = milestones.first().is_none_or(|first| *first > 0) && milestones.windows(2).all(|m| m[0] < m[1]);
        // SWALR starts from whatever is in force. Schedules of schedules do not go back to their start when torch hands
        // over to them, nor before the first step.
        let starts_elsewhere = |child: &Schedule| matches!(child, Schedule::SWALR(_));
        if !in_order
            || sequential.schedulers.iter().skip(1).any(starts_elsewhere)
            || sequential.schedulers.iter().any(|child| !child.children().is_empty())
        {
            return None;
        }
        let child = |(index, child): (usize, &Schedule)| match child {
            // SequentialLR hands over by the closed form, in which negative milestones act too.
            Schedule::MultiStepLR(steps) if index > 0 => multi_step(steps, i64::MIN),
            _ => self.of(child),
        };
        let children: Vec<Formula> = sequential.schedulers.iter().enumerate().map(child).collect::<Option<_>>()?;
        // One LR among factors makes all of them LRs.
        let all_factors = children.iter().all(|child| child.is_factor);
        let mut bodies: Vec<Term> = Vec::new();
        for (index, child) in children.into_iter().enumerate() {
            let child = if all_factors { child } else { child.absolute(self.base_lr) };
            bodies.push(match index.checked_sub(1).map(|before| milestones[before]) {
                None => child.lambda.body,
                Some(start) => child.lambda.body.substitute(&Term::Binary(
                    BinaryOperator::Subtract,
                    Box::new(Term::Parameter),
                    Box::new(Term::Value(Value::Integer(start))),
                )),
            });
        }
        let mut body = bodies.pop()?;
        for (before, milestone) in bodies.into_iter().zip(milestones).rev() {
            let test = Term::Compare(
                Box::new(Term::Parameter),
                vec![(Comparison::Less, Term::Value(Value::Integer(*milestone)))],
            );
            body = Term::Conditional { test: Box::new(test), value: Box::new(before), otherwise: Box::new(body) };
        }
        Some(Formula { lambda: Lambda { parameter: "step".into(), body }, is_factor: all_factors })
    }

    /// A product of factors. Whatever overwrites or adds has no such form.
    fn chained(&self, chained: &torch::ChainedScheduler) -> Option<Formula> {
        let mut product: Option<Term> = None;
        for child in &chained.schedulers {
            let multiplies = matches!(
                child,
                Schedule::ConstantLR(_)
                    | Schedule::LinearLR(_)
                    | Schedule::ExponentialLR(_)
                    | Schedule::StepLR(_)
                    | Schedule::MultiStepLR(_)
                    | Schedule::PolynomialLR(_)
            );
            let factor = self.of(child).filter(|formula| multiplies && formula.is_factor)?.lambda.body;
            product = Some(match product {
                None => factor,
                Some(before) => Term::Binary(BinaryOperator::Multiply, Box::new(before), Box::new(factor)),
            });
        }
        Some(Formula { lambda: Lambda { parameter: "step".into(), body: product? }, is_factor: true })
    }

    fn transformers(&self, schedule: &Schedule) -> Option<Formula> {
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

    fn timm(&self, schedule: &Schedule) -> Option<Formula> {
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

/// One LR formula after another; each counts from its boundary.
fn joined(first: Formula, later: impl DoubleEndedIterator<Item = (i64, Formula)>) -> Option<Formula> {
    let mut parts = vec![(0, first.lambda.body)];
    for (start, part) in later {
        let since = Term::Binary(
            BinaryOperator::Subtract,
            Box::new(Term::Parameter),
            Box::new(Term::Value(Value::Integer(start))),
        );
        parts.push((start, part.lambda.body.substitute(&since)));
    }
    // The nested conditions need boundaries in order.
    if parts.windows(2).any(|pair| pair[0].0 >= pair[1].0) {
        return None;
    }
    let (mut until, mut body) = parts.pop()?;
    for (start, part) in parts.into_iter().rev() {
        let test =
            Term::Compare(Box::new(Term::Parameter), vec![(Comparison::Less, Term::Value(Value::Integer(until)))]);
        body = Term::Conditional { test: Box::new(test), value: Box::new(part), otherwise: Box::new(body) };
        until = start;
    }
    Some(Formula { lambda: Lambda { parameter: "step".into(), body }, is_factor: false })
}

fn whole(length: f64) -> Option<String> {
    (length >= 1.0 && length.fract() == 0.0).then(|| number(length))
}

fn constant_lr(constant: &torch::ConstantLR) -> Option<Formula> {
    if constant.factor == 1.0 {
        return Formula::factor("1.0");
    }
    // A factor of 0 has no way back.
    let total = whole(constant.total_iters.0).filter(|_| constant.factor != 0.0)?;
    Formula::factor(&format!("{} if step < {total} else 1.0", f(constant.factor)))
}

/// The milestones before `first` do not act.
fn multi_step(steps: &torch::MultiStepLR, first: i64) -> Option<Formula> {
    let passed: Vec<String> = (steps.milestones.iter().filter(|milestone| **milestone >= first))
        .map(|milestone| format!("(1 if step >= {milestone} else 0)"))
        .collect();
    if passed.is_empty() {
        return Formula::factor("1.0");
    }
    Formula::factor(&format!("{} ** ({})", f(steps.gamma), passed.join(" + ")))
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

fn phase_text(phase: &Phase, start: f64) -> String {
    let since = if start == 0.0 { "step".to_owned() } else { format!("(step - {})", number(start)) };
    let progress = format!("{since} / {}", n(phase.steps));
    let (from, to) = (f(phase.start), f(phase.end));
    if phase.start == phase.end && phase.shape != Shape::InversePower {
        return from;
    }
    let way = match phase.shape {
        Shape::Linear => progress,
        Shape::Cosine => format!("(1 - math.cos(math.pi * {progress})) / 2"),
        Shape::OneMinusSqrt => format!("math.sqrt({progress})"),
        Shape::Square => format!("({progress}) ** 2"),
        Shape::Polynomial => format!("1 - (1 - {progress}) ** {}", f(phase.power)),
        Shape::Rex => format!("{since} / (2 * {} - {since})", n(phase.steps)),
        Shape::MirrorCosine => format!("2 * {progress} - (1 - math.cos(math.pi * {progress})) / 2"),
        Shape::Exponential => return format!("{from} * {} ** ({progress})", f(phase.end / phase.start)),
        Shape::InversePower => {
            return format!("{from} * (1 + {since} / {}) ** -{}", n(phase.timescale), f(phase.power));
        }
    };
    format!("{from} + ({to} - {from}) * ({way})")
}

fn phases_text(phases: &Phases) -> Option<String> {
    if phases.repeat != 1 {
        return None;
    }
    let (mut text, mut start) = (String::new(), 0.0);
    for phase in phases.phases.iter().filter(|phase| phase.steps.0 > 0.0) {
        let end = start + phase.steps.0;
        text += &format!("{} if step < {} else ", phase_text(phase, start), number(end));
        start = end;
    }
    Some(text + &f(phases.last()))
}

fn points_text(points: &Points) -> Option<String> {
    let list = &points.points.0;
    let (first, last) = (list.first()?, list.last()?);
    let mut text = format!("{} if step < {} else ", f(first.1), number(first.0));
    for pair in list.windows(2) {
        let ((begin, from), (end, to)) = (pair[0], pair[1]);
        let progress = format!("(step - {}) / {}", number(begin), number(end - begin));
        let value = match points.interpolation.as_str() {
            "linear" => format!("{} + {} * {progress}", f(from), f(to - from)),
            "cosine" => format!("{} + {} * (1 - math.cos(math.pi * {progress})) / 2", f(from), f(to - from)),
            "log" => format!("{} * {} ** ({progress})", f(from), f(to / from)),
            _ => f(from),
        };
        text += &format!("{value} if step < {} else ", number(end));
    }
    Some(text + &f(last.1))
}

fn optax_formula(schedule: &Schedule) -> Option<Formula> {
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
        Schedule::WarmupCosineDecaySchedule(schedule) => optax_formula(&schedule.joined().into()),
        Schedule::WarmupExponentialDecaySchedule(schedule) => optax_formula(&schedule.joined().into()),
        Schedule::SgdrSchedule(sgdr) => {
            let mut start = 0;
            let mut cycles = Vec::new();
            for cycle in &sgdr.cosine_kwargs.0 {
                cycles.push((start, optax_formula(&cycle.clone().into())?));
                start += cycle.decay_steps.0 as i64;
            }
            let mut cycles = cycles.into_iter();
            let (_, first) = cycles.next()?;
            joined(first, cycles)
        }
        Schedule::JoinSchedules(join) => {
            let mut parts = join.schedules.iter().map(optax_formula).collect::<Option<Vec<_>>>()?.into_iter();
            let first = parts.next()?;
            joined(first, join.boundaries.iter().copied().zip(parts).collect::<Vec<_>>().into_iter())
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

fn keras_formula(schedule: &Schedule) -> Option<Formula> {
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

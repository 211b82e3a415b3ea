//! The schedulers of torch.

use super::{Formula, Scope, f, joined, whole};
use crate::lambda::{Lambda, Term};
use crate::notation::{BinaryOperator, PerGroup};
use crate::python::number;
use crate::schedule::Schedule;
use crate::torch;

impl Scope<'_> {
    pub(super) fn torch(&self, schedule: &Schedule) -> Option<Formula> {
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
            _ => None,
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
        // SWALR starts from whatever is in force. Schedules of schedules do not go back to their start when torch hands
        // over to them, nor before the first step.
        let starts_elsewhere = |child: &Schedule| matches!(child, Schedule::SWALR(_));
        if sequential.schedulers.iter().skip(1).any(starts_elsewhere)
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
        let children = children.into_iter().map(|child| if all_factors { child } else { child.absolute(self.base_lr) });
        joined([0].into_iter().chain(sequential.milestones.iter().copied()).zip(children))
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

//! A schedule as canonical text: keywords, no optimizer, nothing that equals its default.

use std::fmt::{self, Display};

use crate::python::number;
use crate::schedule::{CyclicLR, OneCycleLR, PerGroup, ReduceLROnPlateau, Schedule};

impl Display for Schedule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut call = Call::default();
        match self {
            Self::ConstantLR { factor, total_iters } => {
                // With factor 1 the length plays no part.
                call.unless(1.0 / 3.0, "factor", *factor);
                if *factor != 1.0 {
                    call.unless(5.0, "total_iters", *total_iters);
                }
            }
            Self::LinearLR { start_factor, end_factor, total_iters } => {
                call.unless(1.0 / 3.0, "start_factor", *start_factor);
                call.unless(1.0, "end_factor", *end_factor);
                call.unless(5.0, "total_iters", *total_iters);
            }
            Self::ExponentialLR { gamma } => call.push("gamma", decimal(*gamma)),
            Self::StepLR { step_size, gamma } => {
                call.push("step_size", number(*step_size));
                call.unless(0.1, "gamma", *gamma);
            }
            Self::MultiStepLR { milestones, gamma } => {
                call.push("milestones", list(milestones));
                call.unless(0.1, "gamma", *gamma);
            }
            Self::PolynomialLR { total_iters, power } => {
                call.unless(5.0, "total_iters", *total_iters);
                call.unless(1.0, "power", *power);
            }
            Self::CosineAnnealingLR { t_max, eta_min } => {
                call.push("T_max", number(*t_max));
                call.unless(0.0, "eta_min", *eta_min);
            }
            Self::CosineAnnealingWarmRestarts { t_0, t_mult, eta_min } => {
                call.push("T_0", t_0);
                call.unless_same(&1, "T_mult", t_mult);
                call.unless(0.0, "eta_min", *eta_min);
            }
            Self::LambdaLR { lr_lambda } | Self::MultiplicativeLR { lr_lambda } => match lr_lambda {
                PerGroup::All(one) => call.push("lr_lambda", one),
                PerGroup::Each(several) => call.push("lr_lambda", list(several)),
            },
            Self::CyclicLR(parameters) => cyclic(&mut call, parameters),
            Self::OneCycleLR(parameters) => one_cycle(&mut call, parameters),
            Self::SequentialLR { schedules, milestones } => {
                call.0.push(list(schedules));
                call.push("milestones", list(milestones));
            }
            Self::ChainedScheduler { schedules } => call.0.push(list(schedules)),
            Self::ReduceLROnPlateau(parameters) => plateau(&mut call, parameters),
        }
        write!(formatter, "{}({})", self.name(), call.0.join(", "))
    }
}

fn cyclic(call: &mut Call, parameters: &CyclicLR) {
    call.push("base_lr", groups(&parameters.base_lr));
    call.push("max_lr", groups(&parameters.max_lr));
    call.unless(2000.0, "step_size_up", parameters.step_size_up);
    if let Some(step_size_down) = parameters.step_size_down {
        call.push("step_size_down", number(step_size_down));
    }
    call.text_unless("triangular", "mode", &parameters.mode);
    call.unless(1.0, "gamma", parameters.gamma);
    if let Some(scale_fn) = &parameters.scale_fn {
        call.push("scale_fn", scale_fn);
    }
    call.text_unless("cycle", "scale_mode", &parameters.scale_mode);
    call.momentum(parameters.cycle_momentum, (0.8, &parameters.base_momentum), (0.9, &parameters.max_momentum));
}

fn one_cycle(call: &mut Call, parameters: &OneCycleLR) {
    call.push("max_lr", groups(&parameters.max_lr));
    let lengths = [
        ("total_steps", parameters.total_steps),
        ("epochs", parameters.epochs),
        ("steps_per_epoch", parameters.steps_per_epoch),
    ];
    for (name, length) in lengths {
        if let Some(length) = length {
            call.push(name, length);
        }
    }
    if parameters.pct_start != 0.3 {
        // torch wants a float here, also where it is whole.
        call.push("pct_start", format!("{:?}", parameters.pct_start));
    }
    call.text_unless("cos", "anneal_strategy", &parameters.anneal_strategy);
    call.momentum(parameters.cycle_momentum, (0.85, &parameters.base_momentum), (0.95, &parameters.max_momentum));
    call.unless(25.0, "div_factor", parameters.div_factor);
    call.unless(1e4, "final_div_factor", parameters.final_div_factor);
    call.unless_same(&false, "three_phase", &parameters.three_phase);
}

fn plateau(call: &mut Call, parameters: &ReduceLROnPlateau) {
    let default = ReduceLROnPlateau::default();
    call.text_unless(&default.mode, "mode", &parameters.mode);
    call.unless(default.factor, "factor", parameters.factor);
    call.unless_same(&default.patience, "patience", &parameters.patience);
    call.unless(default.threshold, "threshold", parameters.threshold);
    call.text_unless(&default.threshold_mode, "threshold_mode", &parameters.threshold_mode);
    call.unless_same(&default.cooldown, "cooldown", &parameters.cooldown);
    call.groups_unless(0.0, "min_lr", &parameters.min_lr);
    call.unless(default.eps, "eps", parameters.eps);
}

/// The arguments of a call as they are written down.
#[derive(Default)]
struct Call(Vec<String>);

impl Call {
    fn push(&mut self, name: &str, value: impl Display) {
        self.0.push(format!("{name}={value}"));
    }

    fn unless(&mut self, default: f64, name: &str, value: f64) {
        if value != default {
            self.push(name, decimal(value));
        }
    }

    fn unless_same<T: PartialEq + Python>(&mut self, default: &T, name: &str, value: &T) {
        if value != default {
            self.push(name, value.python());
        }
    }

    fn text_unless(&mut self, default: &str, name: &str, value: &str) {
        if value != default {
            self.push(name, format!("'{value}'"));
        }
    }

    fn groups_unless(&mut self, default: f64, name: &str, value: &PerGroup) {
        if *value != PerGroup::All(default) {
            self.push(name, groups(value));
        }
    }

    fn momentum(&mut self, cycle: bool, base: (f64, &PerGroup), max: (f64, &PerGroup)) {
        self.unless_same(&true, "cycle_momentum", &cycle);
        self.groups_unless(base.0, "base_momentum", base.1);
        self.groups_unless(max.0, "max_momentum", max.1);
    }
}

/// Values that Python writes differently from Rust.
trait Python {
    fn python(&self) -> String;
}

impl Python for bool {
    fn python(&self) -> String {
        if *self { "True" } else { "False" }.into()
    }
}

impl Python for i64 {
    fn python(&self) -> String {
        self.to_string()
    }
}

/// A float as short as it can be without losing a bit; lengths stay whole.
fn decimal(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() >= 2.0 { number(value) } else { format!("{value:?}") }
}

fn groups(value: &PerGroup) -> String {
    match value {
        PerGroup::All(value) => decimal(*value),
        PerGroup::Each(values) => {
            format!("[{}]", values.iter().map(|value| decimal(*value)).collect::<Vec<_>>().join(", "))
        }
    }
}

fn list<T: Display>(items: &[T]) -> String {
    format!("[{}]", items.iter().map(T::to_string).collect::<Vec<_>>().join(", "))
}

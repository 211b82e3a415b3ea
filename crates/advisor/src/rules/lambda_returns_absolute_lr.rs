//! A `LambdaLR` function that returns an LR instead of a factor.

use crate::effect::{Drawing, Length, rough};
use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{ArgumentValue, FunctionFacts, Plan, ScheduleFacts};
use crate::quantity::Quantity;
use crate::rule::Rule;

/// The rule.
pub static RULE: Rule = Rule {
    name: "lambda-returns-absolute-lr",
    code: "LRS624",
    severity: Severity::Error,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "The function of a `LambdaLR` returns a learning rate. It should return a factor.",
        why: "`LambdaLR` multiplies what the function returns with the LR of the optimizer: an LR of 0.01 becomes 0.0001.",
        example: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=args.lr)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lr_lambda=lambda epoch: args.lr * 0.95 ** epoch)
",
        instead: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=args.lr)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lr_lambda=lambda epoch: 0.95 ** epoch)
",
        fine: "With a base LR of 1 the factor is the LR, which is a known idiom. Functions whose values are small only for a \
               part of the run are left alone.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[
            // Whatever the LR of the optimizer is.
            "
import torch
def train(model, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: 0.001 * 0.95 ** epoch)
    for epoch in range(100):
        for x, y in train_loader:
            loss(model(x), y).backward()
            optimizer.step()
        scheduler.step()
",
            // The LR of the optimizer is one of its values.
            "
import torch
def train(model, warmup):
    def rate(step):
        return model.width ** -0.5 * min((step + 1) ** -0.5, (step + 1) * warmup ** -1.5)
    optimizer = torch.optim.Adam(model.parameters(), lr=rate(0), betas=(0.9, 0.98), eps=1e-9)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, rate)
    for batch in train_loader:
        loss(batch).backward()
        optimizer.step()
        scheduler.step()
",
            // The optimizer is out of sight; from one LR to another it is no factor of any.
            "
import numpy as np
import torch
def build(optimizer, total=10000, lr_min=1e-6, lr=1e-3):
    def cosine(step, lr_max):
        return lr_min + (lr_max - lr_min) * 0.5 * (1 + np.cos(step / total * np.pi))
    return torch.optim.lr_scheduler.LambdaLR(optimizer, lr_lambda=lambda step: cosine(step, lr))
",
            // By a function that is given the LR.
            "
import math
import torch
def get_lr(step, total_steps, lr_max, lr_min):
    return lr_min + (lr_max - lr_min) * 0.5 * (1 + math.cos(step / total_steps * math.pi))
optimizer = torch.optim.SGD(model.parameters(), args.learning_rate)
scheduler = torch.optim.lr_scheduler.LambdaLR(
    optimizer, lr_lambda=lambda step: get_lr(step, args.epochs * len(train_loader), args.learning_rate, 1e-3)
)
",
            "
import torch
def sweep(model, train_loader):
    min_lr, max_lr, steps = 1e-6, 1e-1, 100
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-6)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda x: min_lr * (max_lr / min_lr) ** (x / steps))
",
        ],
        pass: &[
            // Groups with relative LRs, made out of sight.
            "
import torch
from backbones import Classifier
model, head = Classifier(), Classifier()
parameters = model.get_parameters() + head.get_parameters()
optimizer = torch.optim.SGD(parameters, args.lr, momentum=0.9)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda x: args.lr * (1 + 0.001 * x) ** -0.75)
",
            // From one LR to another, each as a share of the first.
            "
import torch
def build(optimizer, warmup_steps, init_lr, max_lr, final_lr):
    def lr_lambda(step):
        if step < warmup_steps:
            return step * (max_lr - init_lr) / warmup_steps / init_lr + 1
        return max_lr * 0.999 ** (step - warmup_steps) / init_lr
    return torch.optim.lr_scheduler.LambdaLR(optimizer, lr_lambda)
scheduler = build(torch.optim.Adam(model.parameters(), lr=1e-4), 100, 1e-4, 1e-3, 1e-4)
",
            // A warmup longer than most runs.
            "
import argparse
import torch
parser = argparse.ArgumentParser()
parser.add_argument('--lr', type=float, default=1e-3)
parser.add_argument('--warm_up', type=int, default=500000)
args = parser.parse_args()
optimizer = torch.optim.Adam(model.parameters(), lr=args.lr)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: min(1., s / args.warm_up))
for epoch in range(100):
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
        scheduler.step()
        print(scheduler.get_last_lr())
",
            // As a share of the LR.
            "
import argparse
import math
import torch
def get_lr(step, total_steps, lr_max, lr_min):
    return lr_min + (lr_max - lr_min) * 0.5 * (1 + math.cos(step / total_steps * math.pi))
parser = argparse.ArgumentParser()
parser.add_argument('--learning-rate', type=float, default=0.1)
args = parser.parse_args()
optimizer = torch.optim.SGD(model.parameters(), args.learning_rate)
scheduler = torch.optim.lr_scheduler.LambdaLR(
    optimizer, lr_lambda=lambda step: get_lr(step, args.epochs * len(train_loader), 1, 1e-6 / args.learning_rate)
)
",
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), args.lr)
scheduler = torch.optim.lr_scheduler.LambdaLR(
    optimizer, lambda e: (e * (args.lr - args.warmup_lr) / args.warmup + args.warmup_lr) / args.lr
)
",
            "
import torch
low, high, steps = 1e-6, 1, 100
optimizer = torch.optim.SGD(model.parameters(), lr=1)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda x: low * (high / low) ** (x / steps))
",
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=args.lr)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, step / 500))
",
        ],
    },
    check,
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    for schedule in plan.schedules.iter().filter(|schedule| schedule.class == "LambdaLR") {
        let Some(argument) = schedule.argument("lr_lambda") else { continue };
        let ArgumentValue::Function(function) = &argument.value else { continue };
        let Some(optimizer) = schedule.optimizer.map(|id| plan.optimizer(id)) else { continue };
        let base = optimizer.lr.value;
        if base == Some(1.0) || optimizer.foreign_groups {
            continue;
        }
        // A function that is right for another optimizer, whose LR is 1, is one of relative LRs.
        let drives_one = |other: &ScheduleFacts| {
            let base = other.optimizer.and_then(|id| plan.optimizer(id).lr.value);
            base == Some(1.0) && other.argument("lr_lambda").is_some_and(|given| given.text == argument.text)
        };
        if plan.schedules.iter().any(drives_one) {
            continue;
        }
        let by_name = !optimizer.lr_text.is_empty()
            && optimizer.lr_text.parse::<f64>().is_err()
            && function.factors.contains(&optimizer.lr_text);
        // `Adam(lr=rate(0))`, and `LambdaLR(optimizer, rate)`.
        let by_call = optimizer.lr_text.strip_prefix(&argument.text).is_some_and(|rest| rest.starts_with('('));
        let by_value = match base {
            Some(base) => base > 0.0 && base < 0.5 && stays_at_lr(plan, schedule, function, base),
            // Where the optimizer is out of sight a curve counts for 1.
            None => function.factors.iter().any(|factor| is_lr(factor)) && stays_at_lr(plan, schedule, function, 1.0),
        };
        // Nor does a decay that begins at a thousandth count for one, whatever the LR of the optimizer is called.
        let by_value =
            by_value || base.is_none() && (is_lr(&optimizer.lr_text) || !optimizer.built) && decays_from_lr(function);
        // A multiple of another LR than that of the optimizer is an LR all the same.
        let by_other = base.is_some_and(|base| base > 0.0 && base < 1.0) && function.factors.iter().any(|f| is_lr(f));
        let sweeps = sweeps_rates(function) && optimizer.lr_text != "1" && base.is_some_and(|base| base < 0.1);
        if !(by_name || by_call || by_other || by_value || sweeps)
            || findings.iter().any(|f| f.span == schedule.span && f.rule.code == RULE.code)
        {
            continue;
        }
        let mut finding = RULE.finding(
            argument.span,
            "The function returns a learning rate, but LambdaLR takes it for a factor.",
            match base {
                Some(base) => format!("It is multiplied with the LR of the optimizer, {}.", rough(base)),
                None => "It is multiplied with the LR of the optimizer.".to_owned(),
            },
            "Return a factor, which is 1 at the base LR; or give the optimizer lr=1.",
        );
        if !optimizer.lr_text.is_empty() {
            finding.related.push((optimizer.span, "the base LR".to_owned()));
        }
        findings.push(finding);
    }
}

/// `args.learning_rate`, `lr_max`: the name of an LR.
fn is_lr(name: &str) -> bool {
    let last = name.rsplit(['.', '[']).next().unwrap_or_default().trim_end_matches(']').trim_matches(['"', '\'']);
    matches!(last, "lr" | "learning_rate" | "base_lr" | "init_lr" | "initial_lr" | "max_lr" | "peak_lr" | "lr_max")
}

/// Whether the function never gets anywhere near a factor of 1: it stays where LRs are.
fn stays_at_lr(plan: &Plan, schedule: &ScheduleFacts, function: &FunctionFacts, base: f64) -> bool {
    const STEPS: f64 = 2000.0;
    const LOW: f64 = 0.05;
    let Some(lambda) = function.lambda(&mut |quantity| quantity.value) else { return false };
    // A long warmup gets to 1 in the end: `min(1, step / 500_000)`.
    let gets_to_one = |lambda: scheduler::Lambda| {
        let mut steps = [100_000, 1_000_000, 10_000_000].into_iter();
        steps.any(|step| lambda.call(step).is_ok_and(|factor| (0.5..=1.0).contains(&factor)))
    };
    if scheduler::Lambda::parse(&lambda).is_ok_and(gets_to_one) {
        return false;
    }
    let length = Length::of(Some(&Quantity::one()), Some(&Quantity::number(STEPS)));
    let drawing = Drawing::new(plan, schedule, &length);
    let Some(lrs) = drawing.draw(plan, schedule, &length, STEPS, &|_, _, value| value) else { return false };
    let highest = lrs.iter().map(|lr| lr / base).fold(0.0, f64::max);
    // A decay starts at its highest value, a warmup ends there; both are 1 for a factor.
    highest > 0.0 && highest < LOW
}

/// Whether the function is never higher than at step 0, where it is as low as LRs are: `0.001 * 0.95 ** epoch`.
fn decays_from_lr(function: &FunctionFacts) -> bool {
    const HIGHEST: f64 = 0.02;
    let Some(lambda) = function.lambda(&mut |quantity| quantity.value) else { return false };
    let Ok(lambda) = scheduler::Lambda::parse(&lambda) else { return false };
    let Ok(first) = lambda.call(0) else { return false };
    let is_lower = |step| lambda.call(step).is_ok_and(|factor| factor <= first);
    first > 0.0 && first < HIGHEST && [1, 10, 100, 1_000, 100_000].into_iter().all(is_lower)
}

/// `low * (high / low) ** (x / steps)`: a sweep from one rate to another.
fn sweeps_rates(function: &FunctionFacts) -> bool {
    let is_rate = |factor: &String| {
        let lower = factor.to_ascii_lowercase();
        ["min_lr", "start_lr", "lr_min", "lr_start", "init_lr", "base_lr", "initial_lr", "low_lr"]
            .contains(&lower.as_str())
    };
    function.factors.iter().any(is_rate)
}

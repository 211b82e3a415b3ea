//! A decay that leaves nothing of the LR long before the end.

use crate::classes::PLATEAU;
use crate::effect::{number, rough};
use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{Driver, Plan, ScheduleFacts, ScheduleId, Turn};
use crate::rule::{READS_SOURCES, Rule};
use crate::rules::run::{self, Stepped, schedules, value_or};
use crate::rules::written;
use crate::sites::{Site, arms, sites};
use crate::span::Span;

/// The rule.
pub static RULE: Rule = Rule {
    name: "lr-vanishes",
    code: "LRS621",
    severity: Severity::Warning,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "StepLR, MultiStepLR, ExponentialLR or a decay written by hand brings the LR below a millionth of its start well before the run ends.",
        why: "From there on the weights no longer change: the rest of the run costs time and does nothing.",
        example: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=5, gamma=0.1)
for epoch in range(50):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
        instead: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=20, gamma=0.1)
for epoch in range(50):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
        fine: "Where the number of epochs is not known, nothing is reported.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[
            // Drops that are multiplied in again.
            "
import torch
optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
def adjust_lr(optimizer, epoch, rate=0.1, every=50):
    decay = rate ** (epoch // every)
    for group in optimizer.param_groups:
        group['lr'] *= decay
for epoch in range(1, 100):
    adjust_lr(optimizer, epoch)
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
",
            // Stepped in the first epochs alone.
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=1e-4)
scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.95)
for epoch in range(2000):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    if epoch < 500:
        scheduler.step()
",
            "
import argparse
import torch
from agent import Agent
parser = argparse.ArgumentParser()
parser.add_argument('--epochs', type=int, default=50)
args = parser.parse_args()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=5, gamma=0.1)
Agent(model).train(loss_fn, args.epochs, optimizer, scheduler)
",
        ],
        pass: &[
            // Written in the second half alone, and down to nothing at its end.
            "
def train(optimizer, lr):
    for epoch in range(200):
        if epoch >= 100:
            for group in optimizer.param_groups:
                group['lr'] = lr * (1 - (epoch - 100) / 99)
        for x, y in train_loader:
            loss(x, y).backward()
            optimizer.step()
",
            // Who chooses the other schedule does not keep the factor of the first.
            "
import argparse, torch
parser = argparse.ArgumentParser()
parser.add_argument('--schedule', default='step')
parser.add_argument('--gamma', default=0.1, type=float)
parser.add_argument('--epochs', default=90, type=int)
args = parser.parse_args()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
if args.schedule == 'step':
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30, gamma=args.gamma)
else:
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=args.gamma)
for epoch in range(args.epochs):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.95)
for epoch in range(100):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
        ],
    },
    check,
};

/// Below this share of the base LR nothing is learned.
const NOTHING: f64 = 1e-6;
/// Epochs of a run whose length is not known.
const MANY: f64 = 50.0;
/// The part of the run that may be lost without a word.
const TAIL: f64 = 0.8;

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    for stepped in run::stepped(plan) {
        // A tenth of it after each step or two cannot be meant, however long the run is.
        if stepped.calls.value.is_none()
            && !stepped.per_step
            && plan.driver == Driver::Source
            && falls_at_once(stepped.schedule)
        {
            report(stepped.schedule, None, "epochs", findings);
        }
        if let Some(run) = stepped.calls.value
            && !plan.is_part(stepped.id)
            && !(READS_SOURCES && is_choice_with_defaults(plan, stepped.id))
        {
            // `if epoch < 500: scheduler.step()` steps in some epochs alone.
            let when = if READS_SOURCES && stepped.held_back { epochs_of(&stepped) } else { Some(Vec::new()) };
            if let Some(when) = when {
                let unit = if stepped.per_step { "steps" } else { "epochs" };
                report(stepped.schedule, Some((run, &when)), unit, findings);
            }
        }
    }
    if READS_SOURCES {
        by_hand(plan, findings);
        compounded(plan, findings);
        handed_on(plan, findings);
    }
}

/// `lr * 0.1 ** epoch`.
fn by_hand(plan: &Plan, findings: &mut Vec<Finding>) {
    for written in written::written(plan) {
        let most = written.lrs.iter().copied().fold(0.0, f64::max);
        let vanishes = |(lr, epoch): (&f64, &usize)| (*lr < most * NOTHING).then_some(*epoch);
        let at = written.lrs.iter().zip(&written.when).find_map(vanishes);
        let Some(at) = at.filter(|at| *at >= 1 && (*at as f64) < written.run as f64 * TAIL) else { continue };
        if !RULE.is_among(findings, written.span) {
            findings.push(vanished(written.span, at as f64, Some(written.run as f64), "epochs"));
        }
    }
}

/// `group['lr'] *= 0.1 ** (epoch // 30)`: what has been multiplied in is multiplied in again.
fn compounded(plan: &Plan, findings: &mut Vec<Finding>) {
    let Some(found) = written::compounded(plan) else { return };
    let run = found.shares.len() as f64;
    let most = found.shares.iter().copied().fold(1.0, f64::max);
    let Some(at) = found.shares.iter().position(|share| *share < most * NOTHING) else { return };
    if (at as f64) < run * TAIL && !RULE.is_among(findings, found.span) {
        let mut finding = vanished(found.span, at as f64, Some(run), "epochs");
        if found.changes {
            finding.why = "The factor holds all drops so far, and each epoch multiplies the LR by it again.".into();
            finding.help = "Compute the LR from the one of the very start: group['lr'] = lr * factor.".into();
        }
        findings.push(finding);
    }
}

/// Given to code out of sight together with a number of epochs.
fn handed_on(plan: &Plan, findings: &mut Vec<Finding>) {
    for (id, schedule) in schedules(plan) {
        if plan.script.stepped.contains(&id) || schedule.class == PLATEAU {
            continue;
        }
        let epochs = plan.script.epochs_handed_on.iter().find(|(other, _)| *other == id);
        if let Some(run) = epochs.and_then(|(_, epochs)| epochs.value) {
            report(schedule, Some((run, &[])), "epochs", findings);
        }
    }
}

/// The epochs in which a schedule is stepped, where conditions on the epoch tell.
fn epochs_of(stepped: &Stepped<'_>) -> Option<Vec<usize>> {
    let (epochs, at, within) = stepped.site.innermost_loop()?;
    let conditions: Vec<_> = arms(within).collect();
    written::epochs_where(&conditions, epochs, at).filter(|_| epochs.turn == Turn::Epoch)
}

/// `StepLR(step_size=1)` with its factor of 0.1.
fn falls_at_once(schedule: &ScheduleFacts) -> bool {
    let size = run::number(schedule, "step_size").filter(|size| size.is_literal()).and_then(|size| size.value);
    let gamma = value_or(schedule, "gamma", 0.1);
    schedule.class == "StepLR" && size.is_some_and(|size| size <= 2.0) && gamma.is_some_and(|gamma| gamma <= 0.1)
}

/// Whether it is one of several that options choose from, and falls by a default: who chooses it will give its factor, too.
fn is_choice_with_defaults(plan: &Plan, id: ScheduleId) -> bool {
    let is_default = run::number(plan.schedule(id), "gamma").is_some_and(|gamma| gamma.assumed);
    let is_choice = |site: Site<'_>| site.step.schedules.len() > 1 && site.step.schedules.contains(&id);
    is_default && sites(plan).into_iter().any(is_choice)
}

/// The run is told by its length and by the turns in which the schedule is stepped; none stand for all.
fn report(schedule: &ScheduleFacts, run: Option<(f64, &[usize])>, unit: &str, findings: &mut Vec<Finding>) {
    let Some(gamma) = value_or(schedule, "gamma", 0.1).filter(|gamma| *gamma > 0.0 && *gamma < 1.0) else { return };
    // How many drops it takes, and when the last of them comes.
    let drops = (NOTHING.ln() / gamma.ln()).ceil();
    let at = match schedule.class.as_str() {
        "StepLR" => run::number(schedule, "step_size").and_then(|size| size.value).map(|size| size * drops),
        "ExponentialLR" => Some(drops),
        "MultiStepLR" => {
            let milestones =
                schedule.argument("milestones").map(|argument| argument.value.quantities()).unwrap_or_default();
            milestones.get(drops as usize - 1).and_then(|milestone| milestone.value)
        }
        _ => None,
    };
    let at = at.filter(|at| *at >= 1.0).and_then(|at| match run {
        Some((_, when)) if !when.is_empty() => when.get(at as usize - 1).map(|turn| *turn as f64),
        _ => Some(at),
    });
    let run = run.map(|(run, _)| run);
    let Some(at) = at.filter(|at| *at < run.unwrap_or(MANY) * TAIL) else { return };
    if RULE.is_among(findings, schedule.span) {
        return;
    }
    findings.push(vanished(schedule.span, at, run, unit));
}

fn vanished(span: Span, at: f64, run: Option<f64>, unit: &str) -> Finding {
    RULE.finding(
        span,
        match run {
            Some(run) => {
                format!("After {} of {} {unit} less than a millionth of the LR is left.", number(at), number(run))
            }
            None => format!("After {} {unit} less than a millionth of the LR is left.", number(at)),
        },
        match run {
            Some(run) => format!("The last {} % of the run change nothing.", rough((1.0 - at / run) * 100.0)),
            None => "All later ones change nothing.".to_owned(),
        },
        "Drop the LR less often or by less.",
    )
}

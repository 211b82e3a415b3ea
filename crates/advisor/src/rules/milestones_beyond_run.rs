//! Drops of the LR that the run does not get to.

use crate::effect::{Drawing, Length, number};
use crate::finding::{Confidence, Effect, Finding, Severity};
use crate::plan::{Argument, Plan};
use crate::quantity::{Quantity, Unit};
use crate::rule::{READS_SOURCES, Rule};
use crate::rules::run::{self, Stepped};
use crate::rules::written;
use crate::sites::epoch_loops;

/// The rule.
pub static RULE: Rule = Rule {
    name: "milestones-beyond-run",
    code: "LRS403",
    severity: Severity::Warning,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "A milestone of `MultiStepLR`, the first drop of `StepLR`, or the first change of an LR that is written by hand, \
               comes after the end of the run.",
        why: "The LR is dropped less often than planned, or never. The last drop, to the lowest LR, is what settles the \
              weights.",
        example: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[60, 120, 160])
for epoch in range(100):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
        instead: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[50, 75])
for epoch in range(100):
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
            // In epochs that never come, by the defaults.
            "
import argparse
import torch
parser = argparse.ArgumentParser()
parser.add_argument('--epochs', default=90, type=int)
parser.add_argument('--start-epoch', default=0, type=int)
parser.add_argument('--schedule', type=int, nargs='+', default=[150, 225])
args = parser.parse_args()
state = {k: v for k, v in args._get_kwargs()}
optimizer = torch.optim.SGD(model.parameters(), lr=args.lr)
def adjust_learning_rate(optimizer, epoch):
    global state
    if epoch in args.schedule:
        state['lr'] *= args.gamma
        for group in optimizer.param_groups:
            group['lr'] = state['lr']
start_epoch = args.start_epoch
for epoch in range(start_epoch, args.epochs):
    adjust_learning_rate(optimizer, epoch)
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
",
            // A factor of the LR in force.
            "
import torch
optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
def adjust_lr(optimizer, epoch, decay_rate=0.1, decay_epoch=50):
    decay = decay_rate ** (epoch // decay_epoch)
    for group in optimizer.param_groups:
        group['lr'] *= decay
for epoch in range(1, 20):
    adjust_lr(optimizer, epoch)
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
",
            // By a function out of sight.
            "
import argparse
import torch
from utils.utils import adjust_lr
parser = argparse.ArgumentParser()
parser.add_argument('--epoch', type=int, default=20, help='epoch number')
parser.add_argument('--decay_rate', type=float, default=0.1)
parser.add_argument('--decay_epoch', type=int, default=50, help='every n epochs decay learning rate')
opt = parser.parse_args()
optimizer = torch.optim.Adam(model.parameters(), opt.lr)
for epoch in range(1, opt.epoch):
    adjust_lr(optimizer, opt.lr, epoch, opt.decay_rate, opt.decay_epoch)
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
",
            // In steps, and stepped per epoch.
            "
import lightning.pytorch as pl
import torch
class Module(pl.LightningModule):
    def training_step(self, batch, index):
        return self.loss(batch)
    def configure_optimizers(self):
        optimizer = torch.optim.Adam(self.parameters(), lr=1e-4)
        return [optimizer], [torch.optim.lr_scheduler.StepLR(optimizer, step_size=1e5, gamma=0.1)]
",
            "
import argparse
import torch
parser = argparse.ArgumentParser()
parser.add_argument('--epochs', type=int, default=5)
args = parser.parse_args()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=100)
for epoch in range(args.epochs):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
def adjust_learning_rate(optimizer, epoch):
    lr = 0.1 * (0.1 ** (epoch // 50))
    for group in optimizer.param_groups:
        group['lr'] = lr
for epoch in range(5):
    adjust_learning_rate(optimizer, epoch)
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
",
        ],
        pass: &[
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
def adjust_learning_rate(optimizer, epoch):
    for group in optimizer.param_groups:
        group['lr'] = 0.1 * 0.1 ** (epoch // 50)
for epoch in range(60):
    adjust_learning_rate(optimizer, epoch)
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
",
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[100, 150])
for epoch in range(1, 201):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
        ],
    },
    check,
};

/// A schedule that goes out of sight together with the number of epochs. Drops far behind them may be counted in steps.
fn handed_on(plan: &Plan, findings: &mut Vec<Finding>) {
    const MOST: f64 = 20.0;
    for (id, epochs) in &plan.script.epochs_handed_on {
        let schedule = plan.schedule(*id);
        let Some((run, argument)) = epochs.value.filter(|run| *run > 1.0).zip(schedule.argument("step_size")) else {
            continue;
        };
        let [size] = argument.value.quantities() else { continue };
        let is_beyond = size.value.is_some_and(|size| (run..=run * MOST).contains(&size)) && !size.unit.is_steps();
        if schedule.class != "StepLR" || !is_beyond || plan.is_part(*id) || RULE.is_among(findings, argument.span) {
            continue;
        }
        findings.push(RULE.finding(
            argument.span,
            format!("The {} epochs that go with it end before the first drop.", number(run)),
            "Stepped once per epoch, the LR never changes.",
            "Move the drops into the run, for example to a half and three quarters of it.",
        ));
    }
}

/// A decay by a function out of sight, every so many epochs that the run does not have.
fn decays_out_of_sight(plan: &Plan, findings: &mut Vec<Finding>) {
    // A number that is not known may be the largest.
    let length = |epochs: &&Quantity| epochs.value.unwrap_or(f64::INFINITY);
    let lengths = epoch_loops(&plan.run).into_iter().map(|(epochs, _)| &epochs.turns);
    let Some(epochs) = lengths.max_by(|a, b| length(a).total_cmp(&length(b))) else { return };
    let Some(run) = epochs.value.filter(|run| *run > 1.0) else { return };
    for (span, text, every) in &plan.script.decays_every {
        if every.value.is_none_or(|every| every <= run) || RULE.is_among(findings, *span) {
            continue;
        }
        findings.push(RULE.finding(
            *span,
            format!("The run ends after {} epochs, before the first decay.", number(run)),
            format!("`{text}` is {}.{}", number(every.value.unwrap_or_default()), run::where_from([every, epochs])),
            "Decay more often, for example every third of the run.",
        ));
    }
}

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    if READS_SOURCES {
        handed_on(plan, findings);
        decays_out_of_sight(plan, findings);
        by_hand(plan, findings);
    }
    for stepped in run::stepped(plan) {
        let name = match stepped.schedule.class.as_str() {
            "MultiStepLR" => "milestones",
            "StepLR" => "step_size",
            _ => continue,
        };
        let Some(argument) = stepped.schedule.argument(name) else { continue };
        let lengths = argument.value.quantities();
        let Some(run) = stepped.calls.value else {
            let is_far = |length: &Quantity| length.is_literal() && length.value.is_some_and(|value| value >= LONGEST);
            if !stepped.per_step
                && !lengths.is_empty()
                && lengths.iter().all(is_far)
                && !RULE.is_among(findings, argument.span)
            {
                findings.push(far_beyond(&stepped, argument));
            }
            continue;
        };
        let steps_for_epochs = !stepped.per_step && lengths.iter().any(|length| length.unit.is_steps());
        let epochs_for_steps = stepped.per_step && lengths.iter().any(|length| length.unit == Unit::Epochs);
        if steps_for_epochs || epochs_for_steps || plan.is_part(stepped.id) {
            continue;
        }
        let values: Vec<f64> = lengths.iter().filter_map(|length| length.value).collect();
        // One epoch that goes on with a run, or tries something out.
        let is_try = run::goes_on(stepped.schedule) || values.iter().any(|value| *value < 3.0);
        if run <= 1.0 && is_try {
            continue;
        }
        let beyond = |value: f64| if name == "step_size" { value >= run } else { value > run };
        let Some(last) = values.iter().copied().find(|value| beyond(*value)) else { continue };
        let all = values.iter().all(|value| beyond(*value));
        if RULE.is_among(findings, argument.span) {
            continue;
        }
        let unit = if stepped.per_step { "steps" } else { "epochs" };
        let mut finding = RULE.finding(
            argument.span,
            format!("The run ends after {} {unit}, before the drop at {}.", number(run), number(last)),
            format!(
                "{}{}",
                if all { "The LR never changes." } else { "The LR does not get to its lowest value." },
                run::where_from(lengths.iter().chain([&stepped.calls]))
            ),
            "Move the drops into the run, for example to a half and three quarters of it.",
        );
        finding.related.push((stepped.site.span, "stepped here".to_owned()));
        finding.effect = effect(plan, &stepped, argument, run, &values);
        findings.push(finding);
    }
}

/// No run has as many epochs.
const LONGEST: f64 = 10_000.0;

/// A length that can only be meant in steps, counted in epochs.
fn far_beyond(stepped: &Stepped<'_>, argument: &Argument) -> Finding {
    let mut finding = RULE.finding(
        argument.span,
        format!("No run has {} epochs, which is how this length is counted.", argument.text),
        "The scheduler is stepped once per epoch: the LR never changes.",
        "Step it after every optimizer step, or give it a number of epochs.",
    );
    finding.related.push((stepped.site.span, "stepped here".to_owned()));
    finding
}

/// `lr * 0.1 ** (epoch // 50)` in five epochs.
fn by_hand(plan: &Plan, findings: &mut Vec<Finding>) {
    for written in written::written(plan) {
        let Some(at) = written.next_change.filter(|_| written.is_constant()) else { continue };
        if RULE.is_among(findings, written.span) {
            continue;
        }
        let mut finding = RULE.finding(
            written.span,
            format!("The run ends after {} epochs, before the LR changes at {at}.", written.run),
            format!("`{}` is the same in all of them.", written.text),
            "Move the changes into the run, for example to a half and three quarters of it.",
        );
        finding.related.push((written.epochs, "the epochs of the run".to_owned()));
        findings.push(finding);
    }
    for unreached in written::unreached(plan) {
        if RULE.is_among(findings, unreached.span) {
            continue;
        }
        let mut finding = RULE.finding(
            unreached.span,
            format!(
                "The run ends after {} epochs, and the LR is first changed in that of number {}.",
                unreached.run, unreached.first
            ),
            "All of it trains with the LR that it begins with.",
            "Move the changes into the run, for example to a half and three quarters of it.",
        );
        finding.related.push((unreached.epochs, "the epochs of the run".to_owned()));
        findings.push(finding);
    }
}

fn effect(plan: &Plan, stepped: &Stepped<'_>, argument: &Argument, run: f64, values: &[f64]) -> Option<Effect> {
    let (one, epochs) = (Quantity::one(), Quantity::number(run));
    let length = Length::of(Some(&epochs), Some(&one));
    let drawing = Drawing::new(plan, stepped.schedule, &length);
    let longest = values.iter().copied().reduce(f64::max)?;
    // As if all had been planned for a run that ends a little after the last of them.
    let scale = run / (longest * 1.25);
    let draw = |factor: f64| {
        drawing.draw(plan, stepped.schedule, &length, run, &|other, _, value| {
            if std::ptr::eq(other, argument) { value * factor } else { value }
        })
    };
    let (written, intended) = (draw(1.0)?, draw(scale)?);
    Some(Effect {
        summary: format!(
            "The run ends with an LR of {}; with the same drops inside the run it would be {}.",
            crate::effect::rough(*written.last()?),
            crate::effect::rough(*intended.last()?)
        ),
        assumed: drawing.assumed,
        unit: if stepped.per_step { "step" } else { "epoch" },
        written,
        intended,
    })
}

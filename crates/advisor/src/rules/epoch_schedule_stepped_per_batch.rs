//! A schedule whose length counts epochs, stepped at every batch.

use super::units::{self, GivenLength, length_called_epochs, length_in};
use crate::classes::PLATEAU;
use crate::effect::{Drawing, Length, names, number, rough};
use crate::finding::{Confidence, Effect, Finding, Severity};
use crate::plan::{Driver, Evidence, Guard, Plan, ScheduleId};
use crate::quantity::{Quantity, Unit};
use crate::rule::{READS_SOURCES, Rule};
use crate::rules::written;
use crate::sites::{Cadence, Frame, Site, sites};

/// The rule.
pub static RULE: Rule = Rule {
    name: "epoch-schedule-stepped-per-batch",
    code: "LRS101",
    severity: Severity::Warning,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "A schedule whose length is in epochs is stepped after every batch.",
        why: "A scheduler counts calls of `step()` and knows nothing of epochs. With `T_max=100` epochs and 390 batches \
              per epoch, the LR is 0 after batch 100, back at its start after batch 200, and so on, some two hundred \
              times in the run; a decay by `StepLR` is over within the first epoch.",
        example: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=num_epochs)
for epoch in range(num_epochs):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
        scheduler.step()
",
        instead: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=num_epochs)
for epoch in range(num_epochs):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
        fine: "The class says nothing: a cosine stepped per batch is right when `T_max` is in batches \
               (`epochs * len(train_loader)`). The rule reports only where both the unit of the length and the place of \
               `step()` are known.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[
            // What is skipped is skipped with the optimizer; the name of the milestones says what they count.
            "
import torch
optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, train_params['epoch_milestones'], gamma=0.1)
for epoch in range(train_params['num_epochs']):
    for x, y in train_loader:
        if len(x) == 0:
            continue
        loss(model(x), y).backward()
        optimizer.step()
        scheduler.step()
",
            // One example at a time.
            "
import torch
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[300, 600, 1000])
for epoch in range(2000):
    order = list(range(len(dataset)))
    shuffle(order)
    for i in order:
        loss(model(dataset[i])).backward()
        optimizer.step()
        scheduler.step()
",
            // By hand.
            "
import torch
optimizer = torch.optim.Adam(model.parameters(), lr=args.lr)
def train(epoch):
    for x, y in train_loader:
        optimizer.zero_grad()
        if epoch % 40 == 0:
            optimizer.param_groups[0]['lr'] = optimizer.param_groups[0]['lr'] * 0.1
        loss(model(x), y).backward()
        optimizer.step()
for epoch in range(1, args.epochs + 1):
    train(epoch)
",
            "
import torch
optimizer = torch.optim.Adadelta(model.parameters(), lr=1.0)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.7)
for epoch in range(14):
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
        scheduler.step()
",
            // A plateau of batches.
            "
import torch
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=3)
for epoch in range(30):
    for x, y in train_loader:
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        scheduler.step(metrics=evaluate(model))
",
            // The interval is Lightning's.
            "
import torch
import lightning as L
class Model(L.LightningModule):
    def configure_optimizers(self):
        optimizer = torch.optim.AdamW(self.parameters(), lr=1e-3)
        scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=self.trainer.max_epochs)
        return {'optimizer': optimizer, 'lr_scheduler': {'scheduler': scheduler, 'interval': 'step'}}
",
            // The length is a literal that equals the number of epochs.
            "
from torch.optim import SGD, lr_scheduler
opt = SGD(model.parameters(), lr=0.1)
sched = lr_scheduler.CosineAnnealingLR(opt, T_max=100)
for epoch in range(100):
    for batch in train_loader:
        opt.step()
        sched.step()
",
            // Milestones worked out from the epochs; the steps are in a function called per epoch.
            "
import torch, argparse
parser = argparse.ArgumentParser()
parser.add_argument('--epochs', type=int, default=90)
args = parser.parse_args()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, [int(args.epochs * 0.5), int(args.epochs * 0.75)])
def train(epoch):
    for i, (x, y) in enumerate(trainloader):
        optimizer.step()
        scheduler.step()
for epoch in range(args.epochs):
    train(epoch)
",
        ],
        pass: &[
            // Out of sight it may count batches, whatever it is called here.
            "
import torch
from utils import restart_multiplier
optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda ep: restart_multiplier(ep, steps))
for epoch in range(100):
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
        scheduler.step()
",
            // Steps, in a run without an end.
            "
import torch
optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=10000, gamma=0.94)
for epoch in range(1000000):
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
        scheduler.step()
",
            // One batch is an epoch.
            "
import torch
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[300, 1000])
for epoch in range(5000):
    for batch in train_loader:
        loss(model(batch)).backward()
        optimizer.step()
        scheduler.step()
        break
",
            // Whoever asks Lightning for the interval `step` has steps in mind, unless a name tells otherwise.
            "
import torch
import lightning as L
class Model(L.LightningModule):
    def configure_optimizers(self):
        optimizer = torch.optim.AdamW(self.parameters(), lr=1e-3)
        scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.99)
        return [optimizer], [{'scheduler': scheduler, 'interval': 'step'}]
",
            "
import torch
opt = torch.optim.SGD(net.parameters(), lr=0.1)
sched = torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=epochs * len(train_loader))
for epoch in range(epochs):
    for batch in train_loader:
        opt.step()
        sched.step()
",
            // A literal that may well count iterations.
            "
import torch
opt = torch.optim.SGD(net.parameters(), lr=0.1)
sched = torch.optim.lr_scheduler.StepLR(opt, 10000)
for epoch in range(100):
    for batch in train_loader:
        opt.step()
        sched.step()
",
            // The documented use of warm restarts: an argument that is a fraction of the epoch.
            "
import torch
opt = torch.optim.SGD(net.parameters(), lr=0.1)
sched = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(opt, T_0=num_epochs)
for epoch in range(num_epochs):
    for i, batch in enumerate(train_loader):
        opt.step()
        sched.step(epoch + i / len(train_loader))
",
            // Full batch: an epoch is one step.
            "
import torch
opt = torch.optim.Adam(net.parameters(), lr=0.01)
sched = torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=200)
for epoch in range(200):
    loss(net(x)).backward()
    opt.step()
    sched.step()
",
        ],
    },
    check,
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    if READS_SOURCES {
        by_hand(plan, findings);
    }
    for site in sites(plan) {
        let Cadence::PerStep(loop_span) = site.cadence() else { continue };
        if let Some(finding) = plateau(plan, &site, loop_span) {
            findings.push(finding);
            continue;
        }
        if site.step.or_unknown || site.step.arguments != Some(0) || site.step.schedules.is_empty() {
            continue;
        }
        if let [only] = site.step.schedules[..]
            && let Some(finding) = by_numbers(plan, only, &site, loop_span)
        {
            findings.push(finding);
            continue;
        }
        let in_epochs = |id: &ScheduleId| length_in_epochs(plan, *id, &site);
        let Some(lengths) = site.step.schedules.iter().map(in_epochs).collect::<Option<Vec<_>>>() else { continue };
        let Some(length) = lengths.first() else { continue };
        let class = names(plan, &site.step.schedules);
        let mut finding = RULE.finding(
            site.span,
            format!("{class} counts epochs but is stepped after every batch."),
            format!(
                "`{}={}` is a number of epochs; `step()` here runs once per batch, so the schedule is through after \
                 that many batches.",
                length.argument.name, length.argument.text,
            ),
            match plan.driver {
                Driver::Source | Driver::Unseen => format!(
                    "Step it once per epoch, after the loop over the batches; or count batches: \
                     `{}={} * len(train_loader)`.",
                    length.argument.name, length.argument.text,
                ),
                Driver::Lightning => format!(
                    "Give it the interval `epoch`; or count batches: `{}=self.trainer.estimated_stepping_batches`.",
                    length.argument.name,
                ),
            },
        );
        finding.related.push((length.argument.span, "a length in epochs".to_owned()));
        if plan.driver == Driver::Source {
            finding.related.push((loop_span, "one turn of this loop is a batch".to_owned()));
        }
        if let [only] = site.step.schedules[..] {
            finding.effect = effect(plan, only, &site);
        }
        findings.push(finding);
    }
}

/// `if epoch % 40 == 0: group['lr'] *= 0.1` among the batches.
fn by_hand(plan: &Plan, findings: &mut Vec<Finding>) {
    for (span, text, batches) in written::repeated(plan) {
        if RULE.is_among(findings, span) {
            continue;
        }
        let mut finding = RULE.finding(
            span,
            format!("`{text}` is written after every batch of the epochs in which it is meant once."),
            "Each time it lowers the LR further, which is next to nothing after a few batches.",
            "Write it once per epoch, outside of the loop over the batches.",
        );
        finding.related.push((batches, "one turn of this loop is a batch".to_owned()));
        findings.push(finding);
    }
}

/// A plateau that loses its patience within the batches of a minute.
fn plateau(plan: &Plan, site: &Site<'_>, loop_span: crate::Span) -> Option<Finding> {
    /// torch's default.
    const PATIENCE: f64 = 10.0;
    /// As many batches of noise say nothing about progress.
    const FEW: f64 = 50.0;
    let [only] = site.step.schedules[..] else { return None };
    let schedule = plan.schedule(only);
    let in_turn = |frame: &Frame<'_>| match frame {
        Frame::Arm(arm) => arm.guard == Guard::Fixed,
        Frame::Loop(..) => true,
    };
    let is_told = site.step.arguments == Some(1) && plan.driver == Driver::Source && !site.step.or_unknown;
    if schedule.class != PLATEAU
        || schedule.evidence != Evidence::Proved
        || !is_told
        || !site.frames.iter().all(in_turn)
    {
        return None;
    }
    let patience = match schedule.argument("patience") {
        Some(argument) => argument.value.quantities().first()?.value?,
        None => PATIENCE,
    };
    if patience > FEW {
        return None;
    }
    let mut finding = RULE.finding(
        site.span,
        "ReduceLROnPlateau counts epochs without progress but is stepped after every batch.",
        format!(
            "The loss of single batches goes up and down: {} of them without a new best cut the LR, long before progress ends.",
            number(patience + 1.0)
        ),
        "Step it once per epoch, with the metric of the validation.",
    );
    finding.related.push((schedule.span, "built here".to_owned()));
    finding.related.push((loop_span, "one turn of this loop is a batch".to_owned()));
    Some(finding)
}

/// A schedule whose numbers are those of epochs: after each batch they would be used up in the first epoch.
fn by_numbers(plan: &Plan, id: ScheduleId, site: &Site<'_>, loop_span: crate::Span) -> Option<Finding> {
    /// Fewer steps than any training has, where the number of epochs is not known.
    const FEW: f64 = 100.0;
    /// No schedule is as long as this in epochs, whatever a run without an end has for their number.
    const MANY: f64 = 2000.0;
    // Lightning steps per batch only where the interval says so, in so many words.
    if plan.driver == Driver::Lightning {
        return None;
    }
    let schedule = plan.schedule(id);
    let epochs = site.epochs()?;
    let most = epochs.value.unwrap_or(FEW).clamp(2.0, MANY);
    let literal = |name: &str| {
        let argument = schedule.argument(name)?;
        let values = argument.value.quantities();
        let last = values.last()?.value?;
        let bare = values.iter().all(|value| matches!(value.unit, Unit::Bare | Unit::Unknown | Unit::Epochs));
        (bare && last <= most && last > 1.0).then_some((argument, last))
    };
    let number_of = |name: &str| schedule.argument(name)?.value.quantities().first()?.value;
    let (span, told) = match schedule.class.as_str() {
        // A drop at each step is an ExponentialLR.
        "StepLR" if number_of("step_size") != Some(1.0) => {
            literal("step_size").map(|(argument, last)| (argument.span, format!("step_size={last}")))?
        }
        "MultiStepLR" => {
            literal("milestones").map(|(argument, _)| (argument.span, format!("milestones={}", argument.text)))?
        }
        "CosineAnnealingLR" if epochs.value.is_some() => {
            literal("T_max").map(|(argument, last)| (argument.span, format!("T_max={last}")))?
        }
        "ExponentialLR" | "StepLR" => {
            let (gamma, value) = (schedule.argument("gamma")?, number_of("gamma")?);
            (value > 0.0 && value <= 0.99).then(|| (gamma.span, format!("gamma={value}")))?
        }
        "LambdaLR" => {
            let argument = schedule.argument("lr_lambda")?;
            let crate::plan::ArgumentValue::Function(function) = &argument.value else { return None };
            let parameter = function.parameters.first()?.to_ascii_lowercase();
            // What is computed out of sight may count anything.
            (parameter.contains("epoch") || parameter == "ep" && !function.body.is_empty())
                .then(|| (argument.span, format!("a function of `{parameter}`")))?
        }
        _ => return None,
    };
    let mut finding = RULE.finding(
        site.span,
        format!("{} counts epochs but is stepped after every batch.", schedule.class),
        format!("With {told}, the schedule is through after a few batches of the first epoch."),
        "Step it once per epoch, after the loop over the batches; or count in batches.",
    );
    finding.related.push((span, "numbers of epochs".to_owned()));
    finding.related.push((loop_span, "one turn of this loop is a batch".to_owned()));
    finding.effect = effect(plan, id, site);
    Some(finding)
}

/// The length, where it is proved to be in epochs: by its unit, or by being the same number as the epochs of the run.
fn length_in_epochs<'p>(plan: &'p Plan, id: ScheduleId, site: &Site<'p>) -> Option<GivenLength<'p>> {
    let epochs = site.epochs();
    length_in(plan, id, &|quantity| {
        quantity.unit == Unit::Epochs || epochs.is_some_and(|epochs| equals_epochs(quantity, epochs))
    })
    .or_else(|| length_called_epochs(plan, id))
}

/// A bare number that equals the number of epochs, where that is large enough not to be chance.
fn equals_epochs(quantity: &Quantity, epochs: &Quantity) -> bool {
    const TOO_COMMON: f64 = 3.0;
    quantity.unit == Unit::Bare && quantity.value.is_some_and(|value| value > TOO_COMMON && epochs.value == Some(value))
}

fn effect(plan: &Plan, id: ScheduleId, site: &Site<'_>) -> Option<Effect> {
    let schedule = plan.schedule(id);
    let length = Length::of(site.epochs(), units::steps_per_epoch(plan));
    let drawing = Drawing::new(plan, schedule, &length);
    // The first epoch and the first moment of the second show what happens; later ones repeat it.
    let steps = length.steps_per_epoch + 1.0;
    let written = drawing.draw(plan, schedule, &length, steps, &|_, _, value| value)?;
    let intended = drawing.draw(plan, schedule, &length, steps, &|_, _, value| value * length.steps_per_epoch)?;
    let lowest = written.iter().copied().fold(f64::INFINITY, f64::min);
    let highest = written.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    // The first time that it is as good as there: later periods may come a rounding error closer.
    let near = lowest + (highest - lowest) * 1e-6;
    let lowest_at = written.iter().position(|lr| *lr <= near)?;
    let (back_at, back) = highest_of(&written[lowest_at..])?;
    let end = *written.last()?;
    let then = if end > near {
        format!("swings back to {} by the end of epoch 1", rough(end))
    } else if back > near {
        format!("swings back to {} by batch {}", rough(back), lowest_at + back_at)
    } else {
        "stays there for the rest of the run".to_owned()
    };
    Some(Effect {
        summary: format!(
            "The LR is down to {} after batch {} and {then}; meant was {} at the end of epoch 1.",
            rough(lowest),
            lowest_at,
            rough(*intended.last()?),
        ),
        assumed: drawing.assumed,
        unit: "step",
        written,
        intended,
    })
}

/// The highest value and where it first comes.
fn highest_of(values: &[f64]) -> Option<(usize, f64)> {
    let highest = values.iter().copied().reduce(f64::max)?;
    values.iter().position(|value| *value == highest).map(|at| (at, highest))
}

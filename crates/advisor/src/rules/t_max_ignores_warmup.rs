//! A warmup, and after it a schedule as long as the whole run.

use crate::classes::GRADUAL_WARMUP;
use crate::effect::{Drawing, Length, number, rough};
use crate::finding::{Confidence, Effect, Finding, Severity};
use crate::fix::{Change, Fix};
use crate::origin::Symbol;
use crate::plan::{Argument, ArgumentValue, Plan, ScheduleFacts};
use crate::quantity::Quantity;
use crate::rule::Rule;
use crate::rules::run;
use crate::sites::{Cadence, Site, sites};

/// The rule.
pub static RULE: Rule = Rule {
    name: "t-max-ignores-warmup",
    code: "LRS401",
    severity: Severity::Warning,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "A `SequentialLR` goes through a warmup and then into a schedule that is as long as the whole run, so that \
               the run ends before the schedule does.",
        why: "The second schedule counts from the milestone on. After 5 epochs of warmup a cosine with `T_max=100` is cut \
              off after 95: the last epoch trains at 0.9 % of the base LR instead of 0.03 %. The longer the warmup, \
              the higher the LR at which training stops.",
        example: "
import torch
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
warmup = LinearLR(optimizer, start_factor=0.01, total_iters=5)
cosine = CosineAnnealingLR(optimizer, T_max=100)
scheduler = SequentialLR(optimizer, [warmup, cosine], milestones=[5])
for epoch in range(100):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
        instead: "
import torch
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
warmup = LinearLR(optimizer, start_factor=0.01, total_iters=5)
cosine = CosineAnnealingLR(optimizer, T_max=95)
scheduler = SequentialLR(optimizer, [warmup, cosine], milestones=[5])
for epoch in range(100):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
        fine: "A schedule that is shorter than the rest of the run, or whose length or whose run is not known, is not \
               reported.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[
            // Built here, stepped elsewhere.
            "
import torch
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR
def build_scheduler(optimizer, cfg):
    warmup = LinearLR(optimizer, start_factor=0.1, total_iters=cfg.warmup_epochs)
    cosine = CosineAnnealingLR(optimizer, T_max=cfg.epochs)
    return SequentialLR(optimizer, [warmup, cosine], milestones=[cfg.warmup_epochs])
",
            // A warmup that is a share of the run.
            "
import torch
from torch.optim.lr_scheduler import CosineAnnealingLR
from scheduler import GradualWarmupScheduler
def train(args):
    optimizer = torch.optim.AdamW(model.parameters(), lr=args.lr)
    cosine = CosineAnnealingLR(optimizer, T_max=args.max_epoch, eta_min=0)
    warmup = GradualWarmupScheduler(optimizer, multiplier=args.multiplier, warm_epoch=args.max_epoch // 10, after_scheduler=cosine)
    for e in range(args.max_epoch):
        for batch in train_loader:
            optimizer.zero_grad()
            loss(batch).backward()
            optimizer.step()
        warmup.step()
",
            // By Lightning.
            "
import lightning.pytorch as pl
import torch
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR
class Module(pl.LightningModule):
    def training_step(self, batch, index):
        return self.loss(batch)
    def configure_optimizers(self):
        optimizer = torch.optim.AdamW(self.parameters(), lr=self.config['base_lr'])
        warmup = LinearLR(optimizer, start_factor=0.5, total_iters=self.config['warmup_epochs'])
        cosine = CosineAnnealingLR(optimizer, T_max=self.config['epochs'])
        scheduler = SequentialLR(optimizer, [warmup, cosine], milestones=[self.config['warmup_epochs']])
        return {'optimizer': optimizer, 'lr_scheduler': scheduler}
",
            // By the package that has a class for it.
            "
import torch
from warmup_scheduler import GradualWarmupScheduler
def main(args, train_loader):
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3)
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=args.epochs)
    scheduler = GradualWarmupScheduler(optimizer, multiplier=1, total_epoch=5, after_scheduler=cosine)
    for epoch in range(1, args.epochs + 1):
        for batch in train_loader:
            optimizer.step()
        scheduler.step(epoch)
",
            // Counted from 1, and maybe resumed.
            "
import torch
from torch.optim import lr_scheduler
def main(args, train_loader, start_epoch):
    opt = torch.optim.AdamW(net.parameters(), lr=1e-3)
    warmup = lr_scheduler.LinearLR(opt, start_factor=0.1, total_iters=10)
    cosine = lr_scheduler.CosineAnnealingLR(opt, T_max=args.epochs)
    sched = lr_scheduler.SequentialLR(opt, [warmup, cosine], milestones=[10])
    for epoch in range(start_epoch, args.epochs + 1):
        for batch in train_loader:
            opt.step()
        sched.step()
",
            // No number is known: the symbols say it.
            "
import torch
from torch.optim import lr_scheduler
def main(args, train_loader):
    opt = torch.optim.AdamW(net.parameters(), lr=1e-3)
    sched = lr_scheduler.SequentialLR(opt, schedulers=[
        lr_scheduler.LinearLR(opt, start_factor=0.1, total_iters=args.warmup_epochs),
        lr_scheduler.CosineAnnealingLR(opt, T_max=args.epochs),
    ], milestones=[args.warmup_epochs])
    for epoch in range(args.epochs):
        for batch in train_loader:
            opt.step()
        sched.step()
",
            // In steps.
            "
import torch
from torch.optim import lr_scheduler
def main(num_epochs, train_loader):
    opt = torch.optim.AdamW(net.parameters(), lr=1e-3)
    total_steps = num_epochs * len(train_loader)
    warmup = lr_scheduler.LinearLR(opt, start_factor=0.1, total_iters=500)
    cosine = lr_scheduler.CosineAnnealingLR(opt, T_max=total_steps)
    sched = lr_scheduler.SequentialLR(opt, [warmup, cosine], milestones=[500])
    for epoch in range(num_epochs):
        for batch in train_loader:
            opt.step()
            sched.step()
",
        ],
        pass: &[
            "
import torch
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR
def build_scheduler(optimizer, cfg):
    warmup = LinearLR(optimizer, start_factor=0.1, total_iters=cfg.warmup_epochs)
    cosine = CosineAnnealingLR(optimizer, T_max=cfg.epochs - cfg.warmup_epochs)
    return SequentialLR(optimizer, [warmup, cosine], milestones=[cfg.warmup_epochs])
",
            "
import torch
from torch.optim import lr_scheduler
def main(args, train_loader):
    opt = torch.optim.AdamW(net.parameters(), lr=1e-3)
    warmup = lr_scheduler.LinearLR(opt, start_factor=0.1, total_iters=args.warmup_epochs)
    cosine = lr_scheduler.CosineAnnealingLR(opt, T_max=args.epochs - args.warmup_epochs)
    sched = lr_scheduler.SequentialLR(opt, [warmup, cosine], milestones=[args.warmup_epochs])
    for epoch in range(args.epochs):
        for batch in train_loader:
            opt.step()
        sched.step()
",
            "
import torch
from torch.optim import lr_scheduler
opt = torch.optim.AdamW(net.parameters(), lr=1e-3)
warmup = lr_scheduler.LinearLR(opt, total_iters=5)
cosine = lr_scheduler.CosineAnnealingLR(opt, T_max=100)
sched = lr_scheduler.SequentialLR(opt, [warmup, cosine], milestones=[5])
for epoch in range(105):
    for batch in train_loader:
        opt.step()
    sched.step()
",
        ],
    },
    check,
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    for site in sites(plan) {
        if site.step.or_unknown {
            continue;
        }
        let [id] = site.step.schedules[..] else { continue };
        let sequence = plan.schedule(id);
        // The other takes the epoch, too.
        let most = usize::from(sequence.class == GRADUAL_WARMUP);
        if site.step.arguments.is_none_or(|count| count > most) {
            continue;
        }
        let Some(overrun) = overrun(plan, sequence, Some(&site)) else { continue };
        report(plan, sequence, &overrun, Some(&site), findings);
    }
    // What is stepped out of sight.
    for (_, sequence) in run::schedules(plan).filter(|(id, _)| !plan.script.stepped.contains(id)) {
        if let Some(overrun) = overrun(plan, sequence, None) {
            report(plan, sequence, &overrun, None, findings);
        }
    }
}

fn report(
    plan: &Plan,
    sequence: &ScheduleFacts,
    overrun: &Overrun<'_>,
    site: Option<&Site<'_>>,
    findings: &mut Vec<Finding>,
) {
    if RULE.is_among(findings, overrun.argument.span) {
        return;
    }
    let Overrun { argument, milestone, run, by } = overrun;
    let (name, text) = (&argument.name, &argument.text);
    let mut finding = RULE.finding(
        argument.span,
        format!("`{name}={text}` spans the whole run and leaves no room for the warmup before it."),
        match by {
            Some(by) => format!(
                "The schedule starts only after the warmup, so the run ends {} steps of it early and the LR does \
                     not get to its end.",
                number(*by)
            ),
            None => "The schedule starts only after the warmup, so the run ends before it does and the LR does not \
                         get to its end."
                .to_owned(),
        },
        match run.value.zip(milestone.value).filter(|_| run.is_literal()) {
            Some((run, milestone)) => format!("Take the warmup off: {name}={}.", number(run - milestone)),
            None => format!("Take the warmup off: {name}={text} - the length of the warmup."),
        },
    );
    if let Some(milestones) = sequence.argument("milestones") {
        finding.related.push((milestones.span, "the warmup ends here".to_owned()));
    }
    if let Some((run, milestone)) = run.value.zip(milestone.value).filter(|_| run.is_literal()) {
        let length = number(run - milestone);
        finding.fix = Some(Fix::not_safe(
            format!("Set {name} to {length}"),
            Change::Replace { span: argument.span, text: length },
        ));
    }
    finding.effect = site.and_then(|site| effect(plan, sequence, site, overrun));
    findings.push(finding);
}

struct Overrun<'p> {
    /// The length of the last part.
    argument: &'p Argument,
    /// When it starts.
    milestone: &'p Quantity,
    /// How long the run is, in calls of `step()`.
    run: Quantity,
    /// By how many calls the schedule is too long, where known.
    by: Option<f64>,
}

/// The last part of a sequence, if the run certainly ends before it does because of what came before it.
/// Without a place where it is stepped the run is told by the name of the length alone.
fn overrun<'p>(plan: &'p Plan, sequence: &'p ScheduleFacts, site: Option<&Site<'p>>) -> Option<Overrun<'p>> {
    if !matches!(sequence.class.as_str(), "SequentialLR" | GRADUAL_WARMUP) {
        return None;
    }
    let last = plan.schedule(*sequence.parts.last()?);
    let argument = match last.class.as_str() {
        "CosineAnnealingLR" => last.argument("T_max")?,
        "LinearLR" | "PolynomialLR" => last.argument("total_iters")?,
        _ => return None,
    };
    let ArgumentValue::Number(length) = &argument.value else { return None };
    let milestone = match sequence.class.as_str() {
        GRADUAL_WARMUP => {
            let names = ["total_epoch", "warm_epoch", "warmup_epoch", "warmup_epochs", "total_warmup_epoch"];
            names.iter().find_map(|name| run::number(sequence, name))?
        }
        _ => sequence.argument("milestones")?.value.quantities().last()?,
    };
    let run = match site.map(|site| (site, site.cadence())) {
        Some((_, Cadence::PerEpoch(epochs, _))) => epochs.turns.clone(),
        Some((site, Cadence::PerStep(_))) => site.epochs()?.times(&batches(site)?),
        Some((_, Cadence::Unknown)) => return None,
        None => Quantity::unknown(),
    };
    let run = if run.value.is_none() && !run.has_form() && is_whole_run(length) { length.clone() } else { run };
    let by = length.plus(milestone).minus(&run);
    // A schedule that goes into a second period on purpose, or is cut far short, is another matter: what is reported
    // is a length that was taken from the run.
    if !(length.same(&run) || length.value.is_some() && length.value == run.value) {
        return None;
    }
    let starts_later = match milestone.value {
        Some(value) => value > 0.0,
        // An option for a warmup of which nobody knows the default.
        None => !milestone.same(&Quantity::number(0.0)) && milestone.has_form() || is_share(milestone, length),
    };
    starts_later.then_some(Overrun { argument, milestone, run, by: by.value.filter(|by| *by > 0.0) })
}

/// `epochs // 10` of `epochs`: a part that is there whenever the run is long.
fn is_share(milestone: &Quantity, length: &Quantity) -> bool {
    let Some((symbols, _)) = length.factors() else { return false };
    let mut of_long_run = |symbol: Symbol<'_>| symbols.iter().any(|of| of == symbol.name).then_some(100.0);
    milestone.evaluate(&mut of_long_run).is_some_and(|milestone| milestone > 0.0)
}

/// `args.epochs`, `num_epochs * len(loader)`: by its name it is as long as the run.
fn is_whole_run(length: &Quantity) -> bool {
    const NAMES: [&str; 20] = [
        "epochs",
        "num_epochs",
        "n_epochs",
        "nepochs",
        "max_epochs",
        "max_epoch",
        "total_epochs",
        "total_epoch",
        "train_epochs",
        "num_train_epochs",
        "total_steps",
        "max_steps",
        "num_steps",
        "train_steps",
        "num_training_steps",
        "total_iters",
        "max_iters",
        "max_iter",
        "t_total",
        "estimated_stepping_batches",
    ];
    let is_whole = |symbol: &String| {
        let last = symbol.rsplit(['.', ':', '[']).next().unwrap_or_default().trim_end_matches(']');
        NAMES.contains(&last.to_ascii_lowercase().as_str())
    };
    length.factors().is_some_and(|(symbols, factor)| factor == 1.0 && symbols.iter().any(is_whole))
}

/// The number of batches in the loop around a place.
fn batches(site: &Site<'_>) -> Option<Quantity> {
    site.frames.iter().rev().find_map(|frame| match frame {
        crate::sites::Frame::Loop(inner, _) => Some(inner.turns.clone()),
        crate::sites::Frame::Arm(_) => None,
    })
}

fn effect(plan: &Plan, sequence: &ScheduleFacts, site: &Site<'_>, overrun: &Overrun<'_>) -> Option<Effect> {
    let batches = batches(site);
    let per_step = matches!(site.cadence(), Cadence::PerStep(_));
    let length = Length::of(site.epochs(), if per_step { batches.as_ref() } else { Some(&ONE) });
    let drawing = Drawing::new(plan, sequence, &length);
    let turns = length.epochs * if per_step { length.steps_per_epoch } else { 1.0 };
    let milestone = overrun.milestone.value?;
    let written = drawing.draw(plan, sequence, &length, turns, &|_, _, value| value)?;
    let intended = drawing.draw(plan, sequence, &length, turns, &|argument, _, value| {
        if std::ptr::eq(argument, overrun.argument) { value - milestone } else { value }
    })?;
    Some(Effect {
        summary: format!(
            "The last step of the run trains with an LR of {}; meant was {}.",
            rough(*written.last()?),
            rough(*intended.last()?),
        ),
        assumed: drawing.assumed,
        unit: if per_step { "step" } else { "epoch" },
        written,
        intended,
    })
}

/// Where an epoch is what is counted.
static ONE: Quantity = Quantity::one();

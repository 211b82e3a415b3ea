//! A schedule whose length counts steps, stepped once per epoch.

use super::deprecated_epoch_argument::is_only_metric;
use super::units::{self, GivenLength, length_in};
use crate::effect::{Drawing, Length, names, rough};
use crate::finding::{Confidence, Effect, Finding, Severity};
use crate::plan::{Driver, Library, Plan, ScheduleId};
use crate::quantity::Unit;
use crate::rule::Rule;
use crate::sites::{Cadence, Frame, Site, contains_optimizer_step, sites};

/// The rule.
pub static RULE: Rule = Rule {
    name: "step-schedule-stepped-per-epoch",
    code: "LRS102",
    severity: Severity::Warning,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "A schedule whose length is in batches or optimizer steps is stepped once per epoch.",
        why: "A scheduler counts calls of `step()`. With `T_max=len(train_loader)` and one call per epoch, a run of 100 \
              epochs goes through 100 of, say, 390 steps: the LR never comes down. `OneCycleLR` does not even leave its \
              warmup.",
        example: "
import torch
optimizer = torch.optim.Adam(model.parameters(), lr=3e-4)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=len(train_loader))
for epoch in range(num_epochs):
    for images, _ in train_loader:
        loss(images).backward()
        optimizer.step()
    if epoch >= 10:
        scheduler.step()
",
        instead: "
import torch
optimizer = torch.optim.Adam(model.parameters(), lr=3e-4)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=num_epochs)
for epoch in range(num_epochs):
    for images, _ in train_loader:
        loss(images).backward()
        optimizer.step()
    scheduler.step()
",
        fine: "Lengths of which the unit is not known (a plain number) are not judged. A loop over epochs that updates \
               the weights once per turn, without a loop over batches, makes an epoch a step.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[
            // Behind a condition of something else; the loader is one of two.
            "
import torch
def train(config, net, loaders=None):
    if not loaders:
        train_loader, val_loader = get_loaders(config)
    else:
        train_loader = loaders[0]
    optimizer = torch.optim.AdamW(net.parameters(), lr=config.learning_rate)
    if config.scheduler == 'onecycle':
        scheduler = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, max_lr=config.learning_rate, epochs=config.epochs, steps_per_epoch=len(train_loader))
    else:
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
    if config.model == 'large':
        for epoch in range(config.epochs):
            for x, y in train_loader:
                optimizer.zero_grad()
                loss(net(x), y).backward()
                optimizer.step()
            scheduler.step()
",
            "
import lightning.pytorch as pl
import torch
from transformers import get_linear_schedule_with_warmup
class Module(pl.LightningModule):
    def training_step(self, batch, index):
        return self.loss(batch)
    def configure_optimizers(self):
        optimizer = torch.optim.AdamW(self.parameters(), lr=self.lr)
        scheduler = get_linear_schedule_with_warmup(optimizer, **self.cfg.sched)
        return [optimizer], [scheduler]
",
            // The number of batches by the data set and the size of a batch.
            "
import lightning.pytorch as pl
import torch
from transformers import get_linear_schedule_with_warmup
class Module(pl.LightningModule):
    def training_step(self, batch, index):
        return self.loss(batch)
    def configure_optimizers(self):
        optimizer = torch.optim.AdamW(self.parameters(), lr=self.lr)
        steps = len(self.train_set) // self.hparams.batch_size * self.hparams.max_epochs
        scheduler = get_linear_schedule_with_warmup(optimizer, num_warmup_steps=0, num_training_steps=steps)
        returned = [optimizer]
        if self.hparams.scheduler:
            returned = ([optimizer], [scheduler])
        return returned
",
            // One of two.
            "
import torch
opt = torch.optim.SGD(model.parameters(), lr=0.1)
if args.net == 'swin':
    sched = torch.optim.lr_scheduler.OneCycleLR(opt, max_lr=0.1, epochs=20, steps_per_epoch=len(train_loader))
else:
    sched = torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=20)
for epoch in range(20):
    for batch in train_loader:
        opt.step()
    sched.step()
",
            "
import lightning.pytorch as pl
import torch
from torch.optim.lr_scheduler import OneCycleLR
class Module(pl.LightningModule):
    def training_step(self, batch, index):
        return self.loss(batch)
    def configure_optimizers(self):
        optimizer = torch.optim.AdamW(self.parameters(), lr=self.lr)
        return [optimizer], [OneCycleLR(optimizer, **self.one_cycle)]
",
            // Lightning steps once per epoch unless told otherwise.
            "
import torch
import lightning as L
class Model(L.LightningModule):
    def configure_optimizers(self):
        optimizer = torch.optim.AdamW(self.parameters(), lr=1e-3)
        scheduler = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, max_lr=1e-3, total_steps=self.trainer.estimated_stepping_batches
        )
        return [optimizer], [scheduler]
",
            "
from torch.optim.lr_scheduler import OneCycleLR
import torch
opt = torch.optim.SGD(model.parameters(), lr=0.1)
sched = OneCycleLR(opt, max_lr=0.1, epochs=10, steps_per_epoch=len(train_loader))
for epoch in range(10):
    for batch in train_loader:
        opt.step()
    sched.step()
",
            // Built by a helper, stepped by a method.
            "
import torch
class Trainer:
    def __init__(self, model, train_loader, epochs):
        self.train_loader = train_loader
        self.epochs = epochs
        self.opt = torch.optim.SGD(model.parameters(), lr=0.1)
        self.sched = self.build(self.opt)
    def build(self, opt):
        return torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=self.epochs * len(self.train_loader))
    def run_epoch(self):
        for batch in self.train_loader:
            self.opt.step()
    def fit(self):
        for epoch in range(self.epochs):
            self.run_epoch()
            self.sched.step()
",
            "
import torch
from transformers import get_linear_schedule_with_warmup
def main(model, train_dataloader, num_epochs):
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-5)
    total_steps = len(train_dataloader) * num_epochs
    scheduler = get_linear_schedule_with_warmup(optimizer, 0, total_steps)
    for epoch in range(num_epochs):
        for batch in train_dataloader:
            optimizer.step()
        scheduler.step()
",
        ],
        pass: &[
            // Each where it belongs.
            "
import torch
opt = torch.optim.SGD(model.parameters(), lr=0.1)
if args.net == 'swin':
    sched = torch.optim.lr_scheduler.OneCycleLR(opt, max_lr=0.1, epochs=20, steps_per_epoch=len(train_loader))
else:
    sched = torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=20)
for epoch in range(20):
    for batch in train_loader:
        opt.step()
        if per_batch:
            sched.step()
    if not per_batch:
        sched.step()
",
            "
import torch
opt = torch.optim.SGD(model.parameters(), lr=0.1)
sched = torch.optim.lr_scheduler.OneCycleLR(opt, max_lr=0.1, epochs=10, steps_per_epoch=len(train_loader))
for epoch in range(10):
    for batch in train_loader:
        opt.step()
        sched.step()
",
            "
import torch
opt = torch.optim.SGD(model.parameters(), lr=0.1)
sched = torch.optim.lr_scheduler.OneCycleLR(opt, max_lr=0.1, epochs=10, steps_per_epoch=1)
for epoch in range(10):
    for batch in train_loader:
        opt.step()
    sched.step()
",
            // Steps worked back to epochs.
            "
import torch
opt = torch.optim.SGD(model.parameters(), lr=0.1)
total_steps = 100 * len(train_loader)
sched = torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=total_steps // len(train_loader))
for epoch in range(100):
    for batch in train_loader:
        opt.step()
    sched.step()
",
            // Accumulation: the schedule moves with the optimizer.
            "
import torch
opt = torch.optim.SGD(model.parameters(), lr=0.1)
sched = torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=num_epochs * len(train_loader) // 4)
for epoch in range(num_epochs):
    for i, batch in enumerate(train_loader):
        if (i + 1) % 4 == 0:
            opt.step()
            sched.step()
",
            // A noise scheduler of a diffusion model.
            "
from diffusers import DDPMScheduler
scheduler = DDPMScheduler(num_train_timesteps=len(train_loader))
for epoch in range(num_epochs):
    for t in scheduler.timesteps:
        sample = scheduler.step(model(sample, t), t, sample).prev_sample
    scheduler.step()
",
        ],
    },
    check,
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    // Where nothing trains, a test of the schedule steps it as it likes.
    let trains = contains_optimizer_step(&plan.run) || !plan.script.trained_with.is_empty();
    if plan.driver == Driver::Source && !trains {
        return;
    }
    let all = sites(plan);
    for site in &all {
        let Cadence::PerEpoch(_, loop_span) = site.cadence() else { continue };
        // What the module steps at each batch by itself needs no other interval.
        let is_stepped_too = |other: &Site<'_>| {
            other.step.schedules == site.step.schedules && matches!(other.cadence(), Cadence::PerStep(_))
        };
        if plan.driver == Driver::Lightning && all.iter().any(is_stepped_too) {
            continue;
        }
        // Given an epoch, it counts epochs; given a metric by mistake, it will count calls once that is mended.
        let counts_calls = match site.step.arguments {
            Some(0) => true,
            Some(1) => site.step.first.as_ref().is_some_and(is_only_metric),
            _ => false,
        };
        if site.step.or_unknown || !counts_calls || site.step.schedules.is_empty() {
            continue;
        }
        if let [only] = site.step.schedules[..]
            && let Some(finding) = cycle_of_batches(plan, only, site, loop_span)
        {
            findings.push(finding);
            continue;
        }
        if let [only] = site.step.schedules[..]
            && plan.driver == Driver::Lightning
            && let Some(finding) = schedule_of_unknown_length(plan, only, site)
        {
            findings.push(finding);
            continue;
        }
        let in_steps = |id: &ScheduleId| length_in(plan, *id, &|quantity| quantity.unit.is_steps());
        // Which of several it is stays open; behind no condition, each of them is stepped here.
        let is_open = is_stepped_whichever_it_is(&site.frames);
        let wrong: Vec<ScheduleId> = site.step.schedules.iter().copied().filter(|id| in_steps(id).is_some()).collect();
        if wrong.len() < site.step.schedules.len() && !is_open {
            continue;
        }
        let Some(length) = wrong.first().and_then(in_steps) else { continue };
        let class = names(plan, &wrong);
        let mut finding = RULE.finding(
            site.span,
            format!("{class} counts optimizer steps but is stepped once per epoch."),
            format!(
                "`{}={}` is a number of {}; `step()` here runs once per epoch, so most of the schedule is never \
                 reached.",
                length.argument.name,
                length.argument.text,
                counted(&length),
            ),
            match plan.driver {
                Driver::Source | Driver::Unseen => format!(
                    "Step it after every optimizer step, with a length of epochs times batches; or give `{}` the \
                     number of epochs.",
                    length.argument.name
                ),
                Driver::Lightning => format!(
                    "Return it as `{{\"scheduler\": scheduler, \"interval\": \"step\"}}`; or give `{}` the number of \
                     epochs, `self.trainer.max_epochs`.",
                    length.argument.name
                ),
            },
        );
        if wrong.len() < site.step.schedules.len() {
            finding.confidence = Confidence::Likely;
        }
        finding.related.push((length.argument.span, format!("a length in {}", counted(&length))));
        if plan.driver == Driver::Source {
            finding.related.push((loop_span, "one turn of this loop is an epoch".to_owned()));
        }
        if let [only] = site.step.schedules[..] {
            finding.effect = effect(plan, only, site);
        }
        findings.push(finding);
    }
}

/// Whether a place is reached whichever scheduler was built: behind no condition but those around all loops, that speak of
/// other things.
fn is_stepped_whichever_it_is(frames: &[Frame<'_>]) -> bool {
    let mut inside = frames.iter().skip_while(|frame| match frame {
        Frame::Arm(arm) => {
            let condition = arm.condition.to_ascii_lowercase();
            !condition.is_empty() && !["sched", "lr", "policy", "cycle"].iter().any(|word| condition.contains(word))
        }
        Frame::Loop(..) => false,
    });
    inside.all(|frame| matches!(frame, Frame::Loop(..)))
}

/// `CyclicLR` is made to be stepped per batch, as its default of 2000 steps says; a half cycle that the epochs of the
/// run do not fill is one of batches.
fn cycle_of_batches(plan: &Plan, id: ScheduleId, site: &Site<'_>, loop_span: crate::Span) -> Option<Finding> {
    const DEFAULT: f64 = 2000.0;
    /// Half cycles of fewer epochs are taken for what they say where the length of the run is not known.
    const MANY: f64 = 20.0;
    let schedule = plan.schedule(id);
    if schedule.class != "CyclicLR" {
        return None;
    }
    let up = match schedule.argument("step_size_up") {
        Some(argument) => argument.value.quantities().first()?.value?,
        None => DEFAULT,
    };
    let epochs = site.epochs().and_then(|epochs| epochs.value);
    if up < epochs.map_or(MANY, |epochs| epochs / 2.0) {
        return None;
    }
    let mut finding = RULE.finding(
        site.span,
        "CyclicLR counts optimizer steps but is stepped once per epoch.",
        format!("It takes {up} calls to get from its lowest LR to its highest, which are as many epochs here."),
        "Step it after every optimizer step.",
    );
    finding.related.push((schedule.span, "a cycle of batches".to_owned()));
    finding.related.push((loop_span, "one turn of this loop is an epoch".to_owned()));
    Some(finding)
}

/// A `OneCycleLR`, or a schedule of transformers, whose length is somewhere in `**kwargs`, left to Lightning, which steps once
/// per epoch.
fn schedule_of_unknown_length(plan: &Plan, id: ScheduleId, site: &Site<'_>) -> Option<Finding> {
    let schedule = plan.schedule(id);
    let class = &schedule.class;
    let lengths: &[&str] = match class.as_str() {
        "OneCycleLR" => &["total_steps", "epochs"],
        name if name.starts_with("get_") && name.ends_with("_with_warmup") => {
            &["num_warmup_steps", "num_training_steps"]
        }
        _ => return None,
    };
    if schedule.library != Library::Torch || lengths.iter().any(|name| schedule.argument(name).is_some()) {
        return None;
    }
    let mut finding = RULE.finding(
        site.span,
        format!("{class} counts optimizer steps, but Lightning steps it once per epoch."),
        "It is made to be stepped after every batch; its length, which is not in sight here, would have to be in epochs.",
        "Return it as `{\"scheduler\": scheduler, \"interval\": \"step\"}`.",
    );
    finding.confidence = Confidence::Likely;
    finding.related.push((schedule.span, "built here".to_owned()));
    Some(finding)
}

fn counted(length: &GivenLength<'_>) -> &'static str {
    match length.argument.value.quantities() {
        [quantity] if quantity.unit == Unit::StepsPerEpoch => "batches",
        _ => "steps",
    }
}

fn effect(plan: &Plan, id: ScheduleId, site: &Site<'_>) -> Option<Effect> {
    let schedule = plan.schedule(id);
    let length = Length::of(site.epochs(), units::steps_per_epoch(plan));
    let drawing = Drawing::new(plan, schedule, &length);
    let written = drawing.draw(plan, schedule, &length, length.epochs, &|_, _, value| value)?;
    let intended =
        drawing.draw(plan, schedule, &length, length.epochs, &|argument, quantity, value| match quantity.unit {
            _ if argument.name == "steps_per_epoch" => 1.0,
            // One pass over the loader was taken for the whole run.
            Unit::StepsPerEpoch => value / length.steps_per_epoch * length.epochs,
            _ => value / length.steps_per_epoch,
        })?;
    Some(Effect {
        summary: format!(
            "After {} epochs the LR is {}, having started at {}; meant was {}.",
            length.epochs,
            rough(*written.last()?),
            rough(*written.first()?),
            rough(*intended.last()?),
        ),
        assumed: drawing.assumed,
        unit: "epoch",
        written,
        intended,
    })
}

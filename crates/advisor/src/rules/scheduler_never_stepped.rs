//! A scheduler that is built and then forgotten.

use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{Action, ArgumentValue, Block, Evidence, Library, OptimizerId, Plan, ScheduleId};
use crate::rule::{Rule, of_source};
use crate::rules::run::schedules;
use crate::span::Span;

/// The rule.
pub static RULE: Rule = Rule {
    name: "scheduler-never-stepped",
    code: "LRS202",
    severity: Severity::Error,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "A scheduler is built on an optimizer that trains, and nothing ever steps it.",
        why: "The LR stays where the constructor put it. For most schedules that is the base LR; for one with a warmup it \
              is the lowest LR of all.",
        example: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
for epoch in range(90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
",
        instead: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
for epoch in range(90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
        fine: "A scheduler that is returned, stored in something out of sight or given to a function that cannot be \
               followed may be stepped there; a framework steps by itself. None of these is reported.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[
            // A trainer of the project gets the optimizer alone.
            "
import torch
from engine.trainer import Trainer
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
trainer = Trainer(model, optimizer, train_loader)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 90)
for epoch in range(90):
    trainer.train_epoch()
    print(scheduler.get_last_lr())
",
            // Of a class out of sight.
            "
import torch
from engine.lr_policy import PolyLR
def main(config):
    lr_policy = PolyLR(config.lr, config.lr_power, config.iterations)
    optimizer = torch.optim.SGD(model.parameters(), lr=config.lr)
    for epoch in range(config.epochs):
        for x, y in train_loader:
            loss(x, y).backward()
            optimizer.step()
",
            // A method that no scheduler has.
            "
import torch
class Trainer:
    def __init__(self, model, optimizer, lr_scheduler: torch.optim.lr_scheduler = None):
        self.optimizer, self.lr_scheduler = optimizer, lr_scheduler
    def run_trainer(self):
        for i in range(self.epochs):
            self._train()
            if self.lr_scheduler is not None:
                self.lr_scheduler.batch()
",
            // A static method, called on its class.
            "
import torch
class Training:
    @staticmethod
    def one_epoch(loader, optimizer):
        for x, y in loader:
            optimizer.step()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=13)
for epoch in range(30):
    Training.one_epoch(train_loader, optimizer)
",
            "
def train(model, loader, optimizer, scheduler=None):
    for epoch in range(90):
        for x, y in loader:
            optimizer.step()
        if scheduler is None:
            scheduler.step()
",
            // timm, stepped by the method that its unit does not listen to.
            "
import torch
from timm.scheduler import CosineLRScheduler
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
scheduler = CosineLRScheduler(optimizer, t_initial=1000, t_in_epochs=False)
for epoch in range(10):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step(epoch + 1)
",
            // Only two of three choices are stepped.
            "
import torch
from torch.optim import lr_scheduler
def main(config, train_loader):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    if config['scheduler'] == 'cosine':
        scheduler = lr_scheduler.CosineAnnealingLR(optimizer, T_max=config['epochs'])
    elif config['scheduler'] == 'plateau':
        scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5)
    elif config['scheduler'] == 'steps':
        scheduler = lr_scheduler.MultiStepLR(optimizer, milestones=[30, 60])
    for epoch in range(config['epochs']):
        for x, y in train_loader:
            loss(x, y).backward()
            optimizer.step()
        val_loss = validate(model)
        if config['scheduler'] == 'cosine':
            scheduler.step()
        elif config['scheduler'] == 'plateau':
            scheduler.step(val_loss)
",
        ],
        pass: &[
            // One of a list of one or two.
            "
import torch
def train(model, epochs, warmup):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    schedulers = list()
    if warmup > 0:
        schedulers.append(torch.optim.lr_scheduler.LinearLR(optimizer, total_iters=warmup))
    schedulers.append(torch.optim.lr_scheduler.PolynomialLR(optimizer, total_iters=500))
    if len(schedulers) > 1:
        scheduler = torch.optim.lr_scheduler.SequentialLR(optimizer, schedulers, milestones=[warmup])
    else:
        scheduler = schedulers[0]
    for epoch in range(epochs):
        for x, y in train_loader:
            loss(model(x), y).backward()
            optimizer.step()
            scheduler.step()
",
            // The only method of that name calls one of a class out of sight.
            "
import torch
from algos import PolicyGradient
class PPO(PolicyGradient):
    def initialize(self, iterations):
        super().initialize(iterations)
        if self.linear_lr:
            self.lr_scheduler = torch.optim.lr_scheduler.LinearLR(self.optimizer, total_iters=iterations)
    def optimize_agent(self, samples):
        for batch in samples:
            loss(batch).backward()
            self.optimizer.step()
        if self.linear_lr:
            self.lr_scheduler.step()
",
            "
import torch
def build(optimizer):
    return torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
",
            "
import torch
from engine import Trainer
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
Trainer(model, optimizer, scheduler).fit()
optimizer.step()
",
        ],
    },
    check: of_source(check),
};

/// A scheduler of timm that is stepped by the one of its two methods that does nothing to it: `step()` moves what counts
/// epochs, `step_update()` what counts updates (`Scheduler._get_values`, timm 1.0).
fn check_timm(plan: &Plan, findings: &mut Vec<Finding>) {
    let (mut stepped, mut updated) = (Vec::new(), Vec::new());
    calls(&plan.run, &mut stepped, &mut updated);
    for (id, schedule) in schedules(plan).filter(|(_, schedule)| schedule.library == Library::Timm) {
        if schedule.evidence != Evidence::Proved
            || !schedule.class.ends_with("LRScheduler")
            || schedule.class.starts_with("Plateau")
        {
            continue;
        }
        let in_epochs = match schedule.argument("t_in_epochs").map(|argument| &argument.value) {
            None => true,
            Some(ArgumentValue::Truth(truth)) => *truth,
            Some(_) => continue,
        };
        let (called, needed) = if in_epochs { ("step_update", "step") } else { ("step", "step_update") };
        let moves = if in_epochs { (&stepped, &updated) } else { (&updated, &stepped) };
        if moves.0.contains(&id) || !moves.1.contains(&id) || RULE.is_among(findings, schedule.span) {
            continue;
        }
        let counted = if in_epochs { "epochs" } else { "updates" };
        findings.push(RULE.finding(
            schedule.span,
            format!("This {} counts {counted}, which {called}() leaves alone.", schedule.class),
            "timm does nothing in that call: the LR stays where it begins.",
            format!(
                "Call {needed}(), or build the scheduler with t_in_epochs={}.",
                if in_epochs { "False" } else { "True" }
            ),
        ));
    }
}

fn calls(block: &Block, stepped: &mut Vec<ScheduleId>, updated: &mut Vec<ScheduleId>) {
    for node in block {
        match &node.action {
            Action::Loop(inner) => calls(&inner.body, stepped, updated),
            Action::Branch(arms) => arms.iter().for_each(|arm| calls(&arm.body, stepped, updated)),
            Action::SchedulerStep(step) => stepped.extend(&step.schedules),
            Action::UpdateSchedule(id) => updated.push(*id),
            _ => {}
        }
    }
}

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    check_timm(plan, findings);
    let script = &plan.script;
    for (span, name) in &script.stepped_if_none {
        findings.push(RULE.finding(
            *span,
            format!("`{name}` is stepped if there is none."),
            "A scheduler that is given is never stepped; without one the call raises an AttributeError.",
            format!("Write `if {name} is not None:`."),
        ));
    }
    for (span, name) in &script.moved_by_batch {
        findings.push(RULE.finding(
            *span,
            format!("`{name}.batch()` moves nothing: no scheduler has such a method."),
            "The call raises an AttributeError, and nothing else steps the scheduler.",
            "Call step(), with the metric if it is a ReduceLROnPlateau.",
        ));
    }
    if script.steps_unknown || script.words.framework || script.finders.iter().any(|finder| finder.name.is_empty()) {
        return;
    }
    let is_part = |span: Span| {
        schedules(plan)
            .any(|(id, schedule)| schedule.span == span && (plan.is_part(id) || script.stepped.contains(&id)))
    };
    for (span, class) in script.never_used.iter().filter(|(span, _)| !is_part(*span)) {
        if !script.optimizers_stepped.is_empty() && !RULE.is_among(findings, *span) {
            let mut finding = nothing_steps(*span, class);
            finding.confidence = Confidence::Likely;
            findings.push(finding);
        }
    }
    for (id, schedule) in schedules(plan) {
        // Where the optimizer is a choice of several, one of them trains.
        let trains = match schedule.optimizer {
            Some(optimizer) => script.optimizers_stepped.contains(&optimizer),
            None => !script.optimizers_stepped.is_empty(),
        };
        // Another way into the script builds the same for a look at it.
        let place = |of: Option<OptimizerId>| of.map(|of| plan.optimizer(of)).filter(|of| of.built).map(|of| of.span);
        let is_stepped_elsewhere = script.stepped.iter().map(|id| plan.schedule(*id)).any(|stepped| {
            let places = place(stepped.optimizer).zip(place(schedule.optimizer));
            stepped.span == schedule.span && places.is_none_or(|(one, other)| one == other)
        });
        // What is built in another file may be stepped by others of its kind.
        if schedule.evidence != Evidence::Proved
            || schedule.span.source != 0
            || !trains
            || plan.is_part(id)
            || script.stepped.contains(&id)
            || script.handed_on.contains(&id)
            || is_stepped_elsewhere
            || RULE.is_among(findings, schedule.span)
        {
            continue;
        }
        findings.push(nothing_steps(schedule.span, &schedule.class));
    }
}

fn nothing_steps(span: Span, class: &str) -> Finding {
    RULE.finding(
        span,
        format!("Nothing ever steps this {class}."),
        "The LR stays where the constructor put it.",
        "Call its step() once per epoch, or after each optimizer step if it counts steps; or leave it out.",
    )
}

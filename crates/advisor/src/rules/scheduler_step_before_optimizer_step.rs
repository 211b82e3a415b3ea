//! `scheduler.step()` before `optimizer.step()` in the same turn of a loop.

use crate::classes::{GRADUAL_WARMUP, PLATEAU};
use crate::effect::{Drawing, Length, names, rough};
use crate::finding::{Confidence, Effect, Finding, Severity};
use crate::fix::{Change, Fix};
use crate::plan::{
    Action, Block, Evidence, Guard, Loop, Node, OptimizerId, OptimizerStep, Plan, ScheduleFacts, ScheduleId,
    SchedulerStep, Turn,
};
use crate::quantity::Quantity;
use crate::rule::{Rule, of_source};
use crate::span::Span;

/// The rule.
pub static RULE: Rule = Rule {
    name: "scheduler-step-before-optimizer-step",
    code: "LRS201",
    severity: Severity::Warning,
    confidence: Confidence::Certain,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "`scheduler.step()` runs before `optimizer.step()` in the same turn of a loop: on the line above it, or as \
               the first thing in an epoch whose batches come later.",
        why: "Since PyTorch 1.1 a scheduler is stepped *after* the optimizer. The other way round the first LR of the \
              schedule is never used and everything comes one step early: `[0.05, 0.025]` instead of `[0.1, 0.05]` \
              for a decay by half. PyTorch prints one warning, at the first call.",
        example: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
for epoch in range(90):
    scheduler.step()
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
        fine: "What counts is the order in which the calls run, not in which they are written: a `train()` defined below \
               the loop is followed. `scaler.step(optimizer)`, steps of accelerate, Fabric and DeepSpeed and closures \
               count as steps of the optimizer. `step(epoch)` sets the position itself, a condition on the epoch \
               (`if epoch > 0`) changes the order, and a plateau scheduler has no first value: none of these is \
               reported.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[
            // Those made of it train.
            "
import torch
class Base:
    def __init__(self, net):
        self.optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
        self.scheduler = torch.optim.lr_scheduler.ExponentialLR(self.optimizer, gamma=0.9)
    def train(self, epoch):
        pass
    def main(self):
        for epoch in range(90):
            self.scheduler.step()
            self.train(epoch)
",
            "
import torch
opt = torch.optim.SGD(model.parameters(), lr=0.1)
sched = torch.optim.lr_scheduler.ExponentialLR(opt, 0.9999)
for epoch in range(10):
    for batch in loader:
        loss(batch).backward()
        sched.step()
        opt.step()
",
            // The function that steps the optimizer stands below, and in it GradScaler does.
            "
import torch
def main():
    opt = torch.optim.SGD(model.parameters(), lr=0.1)
    sched = torch.optim.lr_scheduler.MultiStepLR(opt, [30, 60])
    for epoch in range(90):
        sched.step()
        train(epoch, opt)
def train(epoch, optimizer):
    for batch in train_loader:
        scaler.step(optimizer)
        scaler.update()
main()
",
            // Trains by an imported function.
            "
import torch
from engine import train
def main(config):
    optimizer = make_optimizer(config)
    lr_scheduler = torch.optim.lr_scheduler.StepLR(optimizer, config.step)
    for epoch in range(config.end):
        lr_scheduler.step()
        train(config, train_loader, model, optimizer, epoch)
",
            // The old tutorial.
            "
import torch
def fit(model, dataloaders, optimizer):
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 7)
    for epoch in range(25):
        for phase in ['train', 'val']:
            if phase == 'train':
                scheduler.step()
            for x, y in dataloaders[phase]:
                if phase == 'train':
                    loss(x, y).backward()
                    optimizer.step()
",
            // Lightning makes the step after that.
            "
import pytorch_lightning as pl
import torch
class Model(pl.LightningModule):
    def __init__(self, optimizer, lr_scheduler):
        super().__init__()
        self.optimizer = optimizer
        self.lr_scheduler = lr_scheduler
    def configure_optimizers(self):
        return self.optimizer
    def training_step(self, batch, index):
        loss = self.loss(batch)
        self.lr_scheduler.step()
        return loss
",
            // An engine of ignite trains after that.
            "
import torch
from ignite.engine import Events, create_supervised_trainer
def do_train(model, optimizer, loader):
    scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, [40, 70])
    trainer = create_supervised_trainer(model, optimizer, loss)
    @trainer.on(Events.EPOCH_STARTED)
    def adjust_learning_rate(engine):
        scheduler.step()
    trainer.run(loader, max_epochs=120)
",
            // A function that another file calls once per epoch.
            "
import torch
class Model(torch.nn.Module):
    def __init__(self, opt):
        super().__init__()
        self.optimizer = torch.optim.Adam(self.parameters(), lr=opt.lr)
        self.scheduler = torch.optim.lr_scheduler.StepLR(self.optimizer, step_size=3)
def train_test(model, train_data, test_data):
    model.scheduler.step()
    for i in train_data.slices():
        model.optimizer.zero_grad()
        loss(model, i).backward()
        model.optimizer.step()
    return evaluate(model, test_data)
",
            // Only the existence of the scheduler is asked.
            "
class Trainer:
    def __init__(self, optimizer, lr_scheduler=None):
        self.optimizer = optimizer
        self.lr_scheduler = lr_scheduler
    def _train_epoch(self, epoch):
        if self.lr_scheduler is not None:
            self.lr_scheduler.step()
        for i, data in enumerate(self.data_loader):
            self.optimizer.step()
",
        ],
        pass: &[
            // Its first LR is 0.
            "
import torch
from warmup_scheduler import GradualWarmupScheduler
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
after = torch.optim.lr_scheduler.StepLR(optimizer, step_size=150, gamma=0.1)
scheduler_warmup = GradualWarmupScheduler(optimizer, multiplier=1, total_epoch=10, after_scheduler=after)
for epoch in range(300):
    scheduler_warmup.step()
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
",
            // A class of the project may set the LR of the step to come.
            "
import torch
from scheduler import CycleScheduler
optimizer = torch.optim.Adam(model.parameters(), lr=args.lr)
scheduler = CycleScheduler(optimizer, args.lr, n_iter=len(loader) * args.epoch)
for i in range(args.epoch):
    for x, y in loader:
        model.zero_grad()
        loss(model(x), y).backward()
        scheduler.step()
        optimizer.step()
",
            "
import torch
from ignite.engine import Events, create_supervised_trainer
def do_train(model, optimizer, loader):
    scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, [40, 70])
    trainer = create_supervised_trainer(model, optimizer, loss)
    @trainer.on(Events.EPOCH_COMPLETED)
    def adjust_learning_rate(engine):
        scheduler.step()
    trainer.run(loader, max_epochs=120)
",
            "
import torch
def train(epoch):
    for batch in train_loader:
        opt.step()
opt = torch.optim.SGD(model.parameters(), lr=0.1)
sched = torch.optim.lr_scheduler.StepLR(opt, 30)
for epoch in range(90):
    train(epoch)
    sched.step()
",
            "
import torch
opt = torch.optim.SGD(model.parameters(), lr=0.1)
sched = torch.optim.lr_scheduler.StepLR(opt, 30)
for epoch in range(90):
    if epoch > 0:
        sched.step()
    for batch in train_loader:
        opt.step()
",
            "
import torch
opt = torch.optim.SGD(model.parameters(), lr=0.1)
sched = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(opt, 50)
for epoch in range(200):
    sched.step(epoch)
    for batch in train_loader:
        opt.step()
",
            // Two optimizers, each before its own scheduler.
            "
import torch
opt_d = torch.optim.Adam(d.parameters(), lr=1e-4)
opt_g = torch.optim.Adam(g.parameters(), lr=1e-4)
sched_d = torch.optim.lr_scheduler.ExponentialLR(opt_d, 0.9999)
sched_g = torch.optim.lr_scheduler.ExponentialLR(opt_g, 0.9999)
for epoch in range(20):
    for batch in train_loader:
        opt_d.step()
        sched_d.step()
        opt_g.step()
        sched_g.step()
",
            // Catching up with a checkpoint before the run.
            "
import torch
opt = torch.optim.SGD(model.parameters(), lr=0.1)
sched = torch.optim.lr_scheduler.StepLR(opt, 30)
for _ in range(start_epoch):
    sched.step()
for epoch in range(start_epoch, 90):
    for batch in train_loader:
        opt.step()
    sched.step()
",
        ],
    },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    find(plan, 0, findings);
}

/// Steps that come before the optimizer's although they name the epoch: what they would be without it.
pub(super) fn named_epochs(plan: &Plan) -> Vec<Finding> {
    let mut findings = Vec::new();
    find(plan, 1, &mut findings);
    findings
}

fn find(plan: &Plan, arguments: usize, findings: &mut Vec<Finding>) {
    let mut search = Search { plan, arguments, findings, epochs: None };
    search.block(&plan.run, None, &mut Vec::new());
}

struct Search<'p, 'f> {
    plan: &'p Plan,
    /// Of the calls that are looked for.
    arguments: usize,
    findings: &'f mut Vec<Finding>,
    epochs: Option<&'p Quantity>,
}

/// A step of a scheduler that runs in each turn of the block looked at.
struct Early<'p> {
    step: &'p SchedulerStep,
    span: Span,
    /// Stands in the block itself or behind fixed conditions, rather than in a loop inside it.
    direct: bool,
}

impl<'p> Search<'p, '_> {
    /// Looks at one block, which is part of a turn of `turn` or, without it, runs once or now and then. `earlier` is
    /// what ran before it in the same turn.
    fn block(&mut self, block: &'p Block, turn: Option<&'p Loop>, earlier: &mut Vec<&'p [Node]>) {
        for (index, node) in block.iter().enumerate() {
            match &node.action {
                Action::Loop(inner) => {
                    let outer = self.epochs;
                    if inner.turn == Turn::Epoch {
                        self.epochs = Some(&inner.turns);
                    }
                    self.block(&inner.body, Some(inner), &mut Vec::new());
                    self.epochs = outer;
                }
                Action::Branch(arms) => {
                    earlier.push(&block[..index]);
                    for arm in arms {
                        self.block(&arm.body, turn.filter(|_| arm.guard == Guard::Fixed), earlier);
                    }
                    earlier.pop();
                }
                _ => {}
            }
            let mut early = Vec::new();
            unconditional_steps(node, true, &mut early);
            earlier.push(&block[..index]);
            for early in early {
                self.compare(&early, earlier, node, &block[index + 1..], turn);
            }
            earlier.pop();
        }
    }

    fn compare(
        &mut self,
        early: &Early<'p>,
        before: &[&'p [Node]],
        own: &'p Node,
        after: &'p [Node],
        turn: Option<&'p Loop>,
    ) {
        let SchedulerStep { schedules, or_unknown, arguments, comes_first, .. } = early.step;
        if schedules.is_empty() || *arguments != Some(self.arguments) || *comes_first {
            return;
        }
        // The first LR of a gradual warmup is 0: its README steps it at the start of each epoch
        // (ildoonet/pytorch-gradual-warmup-lr).
        let is_exempt = |schedule: &ScheduleFacts| matches!(schedule.class.as_str(), PLATEAU | GRADUAL_WARMUP);
        if schedules.iter().any(|id| is_exempt(self.plan.schedule(*id))) {
            return;
        }
        let drives: Vec<Option<OptimizerId>> = schedules.iter().map(|id| self.plan.schedule(*id).optimizer).collect();
        let is_its = |step: &OptimizerStep| {
            drives.iter().any(|drives| drives.is_none() || step.optimizer.is_none() || *drives == step.optimizer)
        };
        let sequence = |nodes: &'p [Node]| nodes.iter().find_map(|node| first_optimizer_step(node, &is_its));
        if before.iter().any(|nodes| sequence(nodes).is_some()) || first_optimizer_step(own, &is_its).is_some() {
            return;
        }
        // Outside of a loop only two calls side by side say anything: a lone call may prepare or resume.
        let is_turn = turn.is_some();
        let Some((later, optimizer_span, later_is_direct)) = sequence(after) else { return };
        let are_side_by_side = early.direct && later_is_direct && is_plain(own);
        if !(is_turn || are_side_by_side) {
            return;
        }
        if RULE.is_among(self.findings, early.span) {
            return;
        }
        let class = names(self.plan, schedules);
        let where_ = match turn {
            Some(inner) if inner.turn == Turn::Epoch && !later_is_direct => "opens the epoch",
            Some(_) if !later_is_direct => "comes first in each turn",
            _ => "comes first",
        };
        let mut finding = RULE.finding(
            early.span,
            format!("The scheduler is stepped before the optimizer: {class}.step() {where_}."),
            "The first LR of the schedule is never trained with, and every change comes one step early. PyTorch warns \
             about it once, at the first call.",
            if later_is_direct {
                "Call scheduler.step() after optimizer.step()."
            } else {
                "Move scheduler.step() to the end of the turn, after the training of this epoch."
            },
        );
        let evident = schedules.iter().all(|id| self.plan.schedule(*id).evidence == Evidence::Proved);
        if !evident || *or_unknown || !later.in_sight || later.optimizer.is_none() {
            finding.confidence = Confidence::Likely;
        }
        let label = if later.in_sight {
            "the optimizer is stepped here"
        } else {
            "the optimizer is handed to the training here"
        };
        finding.related.push((optimizer_span, label.to_owned()));
        finding.fix = Some(Fix::not_safe(
            "Step the scheduler after the optimizer",
            Change::MoveStatement { statement: early.span, after: Some(optimizer_span) },
        ));
        if let [only] = schedules[..] {
            finding.effect = effect(self.plan, only, self.epochs);
        }
        self.findings.push(finding);
    }
}

/// A node that is a step itself, behind nothing.
fn is_plain(node: &Node) -> bool {
    matches!(node.action, Action::SchedulerStep(_))
}

/// The scheduler steps that run whenever `node` does, at least once.
fn unconditional_steps<'p>(node: &'p Node, direct: bool, found: &mut Vec<Early<'p>>) {
    match &node.action {
        Action::SchedulerStep(step) => found.push(Early { step, span: node.span, direct }),
        Action::Branch(arms) => {
            for arm in arms.iter().filter(|arm| arm.guard == Guard::Fixed || holds_at_first(&arm.condition)) {
                for node in &arm.body {
                    unconditional_steps(node, direct, found);
                }
            }
        }
        // `for scheduler in schedulers: scheduler.step()`.
        Action::Loop(inner) if inner.turn == Turn::Other => {
            for node in &inner.body {
                unconditional_steps(node, false, found);
            }
        }
        _ => {}
    }
}

/// `epoch <= args.warm` holds in the first epochs, and for a whole turn of theirs.
fn holds_at_first(condition: &str) -> bool {
    let condition = condition.split('#').next().unwrap_or_default();
    let bounds = condition.split_once('<').map(|(counter, _)| counter.trim());
    let is_warmup = condition.to_ascii_lowercase().contains("warm");
    is_warmup
        && bounds.is_some_and(|counter| counter.ends_with("epoch"))
        && ![" or ", " and "].iter().any(|other| condition.contains(other))
}

/// The first step of an optimizer in a node that `is_its` accepts, where it stands, and whether it stands in no loop.
fn first_optimizer_step<'p>(
    node: &'p Node,
    is_its: &dyn Fn(&OptimizerStep) -> bool,
) -> Option<(&'p OptimizerStep, Span, bool)> {
    match &node.action {
        Action::OptimizerStep(step) => is_its(step).then_some((step, node.span, step.in_sight)),
        Action::Branch(arms) => {
            arms.iter().flat_map(|arm| &arm.body).find_map(|node| first_optimizer_step(node, is_its))
        }
        Action::Loop(inner) => inner
            .body
            .iter()
            .find_map(|node| first_optimizer_step(node, is_its))
            .map(|(step, span, _)| (step, span, false)),
        _ => None,
    }
}

fn effect(plan: &Plan, id: ScheduleId, epochs: Option<&Quantity>) -> Option<Effect> {
    const SHOWN: f64 = 200.0;
    let schedule = plan.schedule(id);
    let known = epochs.filter(|epochs| epochs.value.is_some());
    let length = Length::of(known, Some(&Quantity::number(1.0)));
    let drawing = Drawing::new(plan, schedule, &length);
    let turns = length.epochs.min(SHOWN);
    let mut intended = drawing.draw(plan, schedule, &length, turns + 1.0, &|_, _, value| value)?;
    let written = intended.split_off(1);
    let last = written.clone();
    intended.extend(last.iter().take(last.len().saturating_sub(1)));
    let at = written.iter().zip(&intended).position(|(written, intended)| written != intended)?;
    Some(Effect {
        summary: format!(
            "Turn {} trains with an LR of {} instead of {}; every later change is one turn early, too.",
            at + 1,
            rough(written[at]),
            rough(intended[at]),
        ),
        assumed: drawing.assumed,
        unit: "turn",
        written,
        intended,
    })
}

//! A timm scheduler that is told the epoch that is over.

use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{Action, ArgumentValue, Data, Library, Node, Plan, ScheduleFacts, StepArgument, Word, by_turn};
use crate::rule::{Rule, of_source};
use crate::sites::{contains_optimizer_step, sites};
use crate::span::Span;

/// The rule.
pub static RULE: Rule = Rule {
    name: "timm-epoch-off-by-one",
    code: "LRS524",
    severity: Severity::Warning,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "A scheduler of timm is stepped with `epoch` after the training of that epoch, instead of `epoch + 1`.",
        why: "timm computes the LR *for* the epoch it is told. Told the one that is over, the first two epochs train with the \
              same LR, and the whole schedule lags by one.",
        example: "
import torch
from timm.scheduler import CosineLRScheduler
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
scheduler = CosineLRScheduler(optimizer, t_initial=100, warmup_t=5)
for epoch in range(100):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step(epoch)
",
        instead: "
import torch
from timm.scheduler import CosineLRScheduler
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
scheduler = CosineLRScheduler(optimizer, t_initial=100, warmup_t=5)
for epoch in range(100):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step(epoch + 1)
",
        fine: "Before the training of an epoch, `step(epoch)` is right, and so it is where epochs are counted from 1.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &["
from timm.scheduler import CosineLRScheduler
import torch
class Trainer:
    def __init__(self, model):
        self.optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
        self.scheduler = CosineLRScheduler(self.optimizer, t_initial=100, warmup_t=5)
        self.epoch = 0
    def train(self):
        for _ in range(100):
            self.train_one_epoch()
            self.end_epoch()
    def train_one_epoch(self):
        for x, y in self.train_loader:
            loss(x, y).backward()
            self.optimizer.step()
    def end_epoch(self):
        self.scheduler.step(epoch=self.epoch)
        self.epoch += 1
"],
        pass: &[
            "
import torch
from timm.scheduler import CosineLRScheduler
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
scheduler = CosineLRScheduler(optimizer, t_initial=100, warmup_t=5)
for epoch in range(100):
    scheduler.step(epoch)
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
",
            // Counted from 1, as timm counts; the first one may be out of a checkpoint.
            "
import torch
from timm.scheduler import CosineLRScheduler
def first(train_loader):
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    scheduler = CosineLRScheduler(optimizer, t_initial=100, warmup_t=5)
    for epoch in range(1, 101):
        for x, y in train_loader:
            loss(x, y).backward()
            optimizer.step()
        scheduler.step(epoch)
def second(train_loader, checkpoint, epochs):
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    scheduler = CosineLRScheduler(optimizer, t_initial=100, warmup_t=5)
    start_epoch = load(checkpoint)
    for epoch in range(start_epoch, epochs + 1):
        for x, y in train_loader:
            loss(x, y).backward()
            optimizer.step()
        scheduler.step(epoch)
",
        ],
    },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    for site in sites(plan) {
        let Some(first) = &site.step.first else { continue };
        // What counts updates is told by another rule: this call does nothing to it.
        let listens = |schedule: &ScheduleFacts| {
            let in_epochs = schedule.argument("t_in_epochs").map(|argument| &argument.value);
            schedule.library == Library::Timm && !matches!(in_epochs, Some(ArgumentValue::Truth(false)))
        };
        if site.step.schedules.is_empty() || !site.step.schedules.iter().all(|id| listens(plan.schedule(*id))) {
            continue;
        }
        let is_plain_epoch = matches!(first.text.as_str(), "epoch" | "ep" | "epoch_idx" | "current_epoch")
            || first.data == Data::Counter && first.text.ends_with("epoch");
        let Some(epochs) = site.epoch_loop().filter(|_| is_plain_epoch) else { continue };
        let before: Vec<_> = epochs.body.iter().take_while(|node| !steps_at(node, site.span)).cloned().collect();
        if !contains_optimizer_step(&before) || counts_from_one(first) {
            continue;
        }
        findings.push(RULE.finding(
            site.span,
            "timm is told the epoch that is over.",
            "It computes the LR for the epoch it is told, so the whole schedule lags by one epoch.",
            "Use step(epoch + 1) after the training of an epoch.",
        ));
    }
}

/// Whether the epoch that a scheduler is told is 1 in the first turn: so timm counts, too, once that one is over.
fn counts_from_one(epoch: &StepArgument) -> bool {
    let number = &mut |word: &Word| match word {
        Word::Number(quantity) => quantity.value,
        _ => None,
    };
    by_turn(&epoch.value, number).is_some_and(|epoch| epoch.call(0) == Ok(1.0))
}

/// Whether the scheduler step at a place is in a node.
fn steps_at(node: &Node, span: Span) -> bool {
    match &node.action {
        Action::Loop(inner) => inner.body.iter().any(|node| steps_at(node, span)),
        Action::Branch(arms) => arms.iter().flat_map(|arm| &arm.body).any(|node| steps_at(node, span)),
        Action::SchedulerStep(_) => node.span == span,
        _ => false,
    }
}

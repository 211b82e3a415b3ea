//! A timm scheduler that is told the epoch that is over.

use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{Action, Data, Library, Node, Plan};
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
        fine: "Before the training of an epoch, `step(epoch)` is right.",
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
        pass: &["
import torch
from timm.scheduler import CosineLRScheduler
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
scheduler = CosineLRScheduler(optimizer, t_initial=100, warmup_t=5)
for epoch in range(100):
    scheduler.step(epoch)
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
"],
    },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    for site in sites(plan) {
        let Some(first) = &site.step.first else { continue };
        let is_timm = |id: &_| plan.schedule(*id).library == Library::Timm;
        if site.step.schedules.is_empty() || !site.step.schedules.iter().all(is_timm) {
            continue;
        }
        let is_plain_epoch = matches!(first.text.as_str(), "epoch" | "ep" | "epoch_idx" | "current_epoch")
            || first.data == Data::Counter && first.text.ends_with("epoch");
        let Some(epochs) = site.epoch_loop().filter(|_| is_plain_epoch) else { continue };
        let before: Vec<_> = epochs.body.iter().take_while(|node| !steps_at(node, site.span)).cloned().collect();
        // A loop that starts at 1 counts as timm does.
        if !contains_optimizer_step(&before) {
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

/// Whether the scheduler step at a place is in a node.
fn steps_at(node: &Node, span: Span) -> bool {
    match &node.action {
        Action::Loop(inner) => inner.body.iter().any(|node| steps_at(node, span)),
        Action::Branch(arms) => arms.iter().flat_map(|arm| &arm.body).any(|node| steps_at(node, span)),
        Action::SchedulerStep(_) => node.span == span,
        _ => false,
    }
}

//! A scheduler that only one of several processes steps.

use crate::finding::{Confidence, Finding, Severity};
use crate::plan::Plan;
use crate::rule::{Rule, of_source};
use crate::sites::{Frame, sites};

/// The rule.
pub static RULE: Rule = Rule {
    name: "scheduler-stepped-on-one-process",
    code: "LRS207",
    severity: Severity::Error,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "`scheduler.step()` stands behind a condition that holds on one process only: `if rank == 0:`.",
        why: "Every process has a scheduler and an optimizer of its own. The others keep the initial LR, so the copies of \
              the model drift apart although their gradients are averaged.",
        example: "
import torch
def main(rank, train_loader):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
    for epoch in range(90):
        for x, y in train_loader:
            loss(x, y).backward()
            optimizer.step()
        if rank == 0:
            save(model)
            scheduler.step()
",
        instead: "
import torch
def main(rank, train_loader):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
    for epoch in range(90):
        for x, y in train_loader:
            loss(x, y).backward()
            optimizer.step()
        if rank == 0:
            save(model)
        scheduler.step()
",
        fine: "Where the optimizer is stepped behind the same condition, only one process trains.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[
            "
import torch
from accelerate import Accelerator
accelerator = Accelerator()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, 'max', patience=2)
model, optimizer, train_loader, scheduler = accelerator.prepare(net, optimizer, loader, scheduler)
for epoch in range(100):
    for x, y in train_loader:
        accelerator.backward(loss(model(x), y))
        optimizer.step()
    accuracy = validate(model)
    if accelerator.is_main_process:
        print(accuracy)
        scheduler.step(accuracy)
",
            // A plateau scheduler, by its keyword, in a method that the training calls.
            "
from builders import build_optimizer, build_scheduler
class Manager:
    def __init__(self, model, rank):
        self.model, self.rank = model, rank
        self.optimizer = build_optimizer(model.parameters())
        self.scheduler = build_scheduler(self.optimizer)
    def train(self, train_loader):
        for epoch in range(self.epochs):
            for batch in train_loader:
                self.model(batch).backward()
                self.optimizer.step()
            self._validate()
    def _validate(self):
        scores = self.predict()
        if self.rank == 0:
            self.scheduler.step(metrics=scores)
",
        ],
        pass: &[],
    },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    for site in sites(plan) {
        let condition = site.frames.iter().rev().find_map(|frame| match frame {
            Frame::Arm(arm) if is_one_process(&arm.condition) => Some(*arm),
            _ => None,
        });
        let Some(arm) = condition else { continue };
        if site.step.schedules.is_empty() || crate::sites::contains_optimizer_step(&arm.body) {
            continue;
        }
        // The loop must train outside of the condition.
        let trains = site
            .frames
            .iter()
            .any(|frame| matches!(frame, Frame::Loop(inner, _) if crate::sites::contains_optimizer_step(&inner.body)));
        if !trains {
            continue;
        }
        findings.push(RULE.finding(
            site.span,
            "Only one process steps its scheduler.",
            "The optimizers of all others keep their LR, so the copies of the model drift apart.",
            "Step the scheduler on every process, outside of the condition.",
        ));
    }
}

/// `rank == 0`, `is_main_process()`, `local_rank in [-1, 0]`.
fn is_one_process(condition: &str) -> bool {
    let condition = condition.split('#').next().unwrap_or_default().to_ascii_lowercase();
    let plain: String = condition.chars().filter(|c| !c.is_whitespace()).collect();
    let has_or = condition.split_whitespace().any(|word| word == "or");
    if plain.starts_with("not") || plain.contains("world_size") || has_or {
        return false;
    }
    [
        "rank==0",
        "rank()==0",
        "rank()in",
        "rankin[-1,0]",
        "rank<=0",
        // The number of the node, as in the most copied introduction to distributed training.
        "args.nr==0",
        "is_main_process",
        "is_master",
        "is_rank_zero",
        "is_rank0",
    ]
    .iter()
    .any(|word| plain.contains(word))
}

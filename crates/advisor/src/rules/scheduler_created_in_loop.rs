//! A scheduler that is built anew in each turn of the training loop.

use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{Action, Block, Evidence, Loop, Plan, ScheduleFacts, Turn};
use crate::rule::{Rule, of_source};
use crate::rules::run::goes_on;
use crate::sites::{contains_optimizer_step, passes_once};

/// The rule.
pub static RULE: Rule = Rule {
    name: "scheduler-created-in-loop",
    code: "LRS204",
    severity: Severity::Error,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "A scheduler is built inside the loop over epochs or batches, so each turn starts with a new one.",
        why: "A new scheduler starts at step 0 and writes its first LR into the optimizer: the schedule never gets past \
              the turn.",
        example: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(90):
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
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
        fine: "A scheduler that is built behind a condition (`if epoch == 0:`), together with its optimizer, with \
               `last_epoch`, or once per fold of a cross-validation starts anew on purpose.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[
            // At the epoch that the run starts at, each time.
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
optimizer.load_state_dict(checkpoint['optimizer'])
for epoch in range(start_epoch, 90):
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 90, last_epoch=start_epoch - 1)
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
def train_one_epoch(epoch):
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=50)
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
for epoch in range(50):
    train_one_epoch(epoch)
",
            // With its optimizer.
            "
import torch
def train(net, epoch):
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[150, 250])
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
for epoch in range(350):
    train(net, epoch)
",
        ],
        pass: &[
            // A run for each fold.
            "
import torch
for fold in range(5):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
    for epoch in range(90):
        for x, y in train_loader:
            loss(x, y).backward()
            optimizer.step()
        scheduler.step()
",
            "
import torch
for fold in range(5):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
    for epoch in range(90):
        for x, y in train_loader:
            loss(x, y).backward()
            optimizer.step()
        scheduler.step()
",
            "
import torch
def train_one_epoch(model, optimizer, data_loader, epoch):
    warmup = None
    if epoch == 0:
        warmup = torch.optim.lr_scheduler.LinearLR(optimizer, start_factor=0.001, total_iters=1000)
    for x, y in data_loader:
        loss(x, y).backward()
        optimizer.step()
        if warmup is not None:
            warmup.step()
",
        ],
    },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    search(plan, &plan.run, None, findings);
}

fn search(plan: &Plan, block: &Block, turn: Option<&Loop>, findings: &mut Vec<Finding>) {
    for node in block {
        match &node.action {
            Action::Loop(inner) => {
                let is_training = matches!(inner.turn, Turn::Epoch | Turn::Batch)
                    && contains_optimizer_step(&inner.body)
                    && !contains_run(&inner.body);
                search(plan, &inner.body, is_training.then_some(inner), findings);
            }
            // What happens behind a condition happens on purpose.
            Action::Branch(arms) => arms.iter().for_each(|arm| search(plan, &arm.body, None, findings)),
            Action::BuildSchedule(id) => {
                let schedule = plan.schedule(*id);
                let Some(turn) = turn else { continue };
                let with_optimizer = turn.body.iter().any(
                    |node| matches!(node.action, Action::BuildOptimizer(built) if Some(built) == schedule.optimizer),
                );
                // Both anew for each fold, or with the weights of each; in what is surely an epoch nobody means to lose the state of
                // both.
                let is_new_run = with_optimizer && !(turn.turn == Turn::Epoch && passes_once(&turn.body));
                if is_new_run
                    || plan.is_part(*id)
                    || schedule.evidence != Evidence::Proved
                    || !plan.script.optimizers_stepped.iter().any(|optimizer| schedule.drives(*optimizer))
                    || goes_on(schedule) && !starts_there(schedule)
                    || RULE.is_among(findings, node.span)
                {
                    continue;
                }
                let what = if turn.turn == Turn::Batch { "batch" } else { "epoch" };
                findings.push(RULE.finding(
                    node.span,
                    format!("Each {what} builds a new {}, which starts at step 0.", schedule.class),
                    "The schedule never gets past one turn of the loop.",
                    "Build it once, before the loop.",
                ));
            }
            _ => {}
        }
    }
}

/// `last_epoch=start_epoch - 1`, which is the same in each turn.
fn starts_there(schedule: &ScheduleFacts) -> bool {
    schedule.argument("last_epoch").is_some_and(|last| last.text.contains("start_epoch"))
}

/// Whether a whole run, with epochs of its own, happens inside.
fn contains_run(block: &Block) -> bool {
    block.iter().any(|node| match &node.action {
        Action::Loop(inner) => inner.turn == Turn::Epoch || contains_run(&inner.body),
        Action::Branch(arms) => arms.iter().any(|arm| contains_run(&arm.body)),
        _ => false,
    })
}

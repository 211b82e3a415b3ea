//! A schedule that nobody can see.

use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{Action, Block, Driver, Plan};
use crate::rule::{Rule, of_source};
use crate::rules::written;
use crate::span::Span;

/// The rule.
pub static RULE: Rule = Rule {
    name: "lr-not-logged",
    code: "LRS901",
    severity: Severity::Info,
    confidence: Confidence::Hint,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "A schedule runs in this script, and the script never reads the current LR.",
        why: "Most mistakes with schedules are silent. One line in the log shows them all: a wrong unit, a restart, a decay to \
              nothing.",
        example: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
for epoch in range(90):
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
    print(epoch, scheduler.get_last_lr())
",
        fine: "Frameworks and their callbacks may log it; a loop in another file may, too. Plateau schedulers that are built \
               with `verbose` print their reductions. None of these is reported.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[],
        pass: &[
            // The function that changes it may show it.
            "
import torch
from utils import adjust_learning_rate
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.9)
for epoch in range(90):
    adjust_learning_rate(optimizer, epoch, args)
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
    scheduler.step()
",
            // Nothing calls it.
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
def decay_lr(factor):
    for group in optimizer.param_groups:
        group['lr'] /= factor
for epoch in range(90):
    # decay_lr(10)
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
",
        ],
    },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    // Whoever runs the loop may log it, and does so if asked.
    if plan.driver != Driver::Source {
        return;
    }
    let script = &plan.script;
    let reads = script.lr_reads.iter().any(|read| !read.in_scheduler && !read.in_vain);
    if reads
        || script.words.framework
        || script.lr_out_of_sight
        || !script.configured_lr_logged.is_empty() && script.stepped.is_empty()
    {
        return;
    }
    if plan.schedules.iter().any(|schedule| schedule.argument("verbose").is_some()) {
        return;
    }
    let Some(span) = stepped_with_optimizer(plan, &plan.run).or_else(|| {
        // What only sets the LR for a caller leaves it to that to show it.
        let in_loop = || written::places(plan).iter().any(|place| place.epochs.is_some() || place.batches.is_some());
        let by_hand = !script.lr_variable_is_shown
            && !script.optimizers_stepped.is_empty()
            && !script.lr_writes_unused
            && in_loop();
        script.lr_writes.first().copied().filter(|_| by_hand)
    }) else {
        return;
    };
    // One note for a script.
    if findings.iter().any(|finding| finding.rule.code == RULE.code) {
        return;
    }
    findings.push(RULE.finding(
        span,
        "The LR changes, but nothing shows it.",
        "Most mistakes with schedules are silent; in a log they are seen at once.",
        "Log scheduler.get_last_lr()[0] next to the loss.",
    ));
}

/// The first place where a scheduler is stepped, in a run that trains in this script.
fn stepped_with_optimizer(plan: &Plan, block: &Block) -> Option<Span> {
    let trains = trains_in_sight(block);
    let first =
        crate::sites::sites(plan).into_iter().find(|site| !site.step.schedules.is_empty() && !site.frames.is_empty());
    first.filter(|_| trains).map(|site| site.span)
}

fn trains_in_sight(block: &Block) -> bool {
    block.iter().any(|node| match &node.action {
        Action::Loop(inner) => trains_in_sight(&inner.body),
        Action::Branch(arms) => arms.iter().any(|arm| trains_in_sight(&arm.body)),
        Action::OptimizerStep(step) => step.in_sight,
        _ => false,
    })
}

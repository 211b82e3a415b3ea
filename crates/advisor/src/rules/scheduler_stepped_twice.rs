//! One scheduler, stepped in two places of the same turn.

use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{Action, Data, Guard, Node, Plan, Turn};
use crate::rule::Rule;
use crate::sites::{Frame, Site, contains_optimizer_step, sites};

/// The rule.
pub static RULE: Rule = Rule {
    name: "scheduler-stepped-twice",
    code: "LRS203",
    severity: Severity::Error,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "The same scheduler is stepped in two places of one turn: twice per epoch, or per batch and again per epoch.",
        why: "It counts both, so it is through its schedule early and mixes epochs with batches.",
        example: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=10)
for epoch in range(30):
    train_one_epoch(model, optimizer)
    scheduler.step()
    validate(model)
    scheduler.step()
",
        instead: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=10)
for epoch in range(30):
    train_one_epoch(model, optimizer)
    scheduler.step()
    validate(model)
",
        fine: "Places behind conditions may exclude each other and are not reported; nor is a `step` that is given an epoch, \
               or a plateau schedule that is given one metric and then another.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[
            // By the module, and by Lightning.
            "
import lightning.pytorch as pl
import torch
from transformers import get_linear_schedule_with_warmup
class Module(pl.LightningModule):
    def training_step(self, batch, index):
        return self.loss(batch)
    def optimizer_step(self, epoch, index, optimizer, closure):
        optimizer.step(closure=closure)
        self.lr_schedulers().step()
    def configure_optimizers(self):
        optimizer = torch.optim.AdamW(self.parameters(), lr=self.lr)
        steps = self.trainer.estimated_stepping_batches
        scheduler = get_linear_schedule_with_warmup(optimizer, num_warmup_steps=500, num_training_steps=steps)
        return [optimizer], [scheduler]
",
            // Moved on, and set back.
            "
import torch
def train(model, optimizer, scheduler, epochs):
    for epoch in range(epochs):
        for x, y in train_loader:
            loss(model(x), y).backward()
            optimizer.step()
        scheduler.step()
        print(evaluate(model))
        scheduler.step(epoch)
",
            // Around the training, in two functions.
            "
import torch
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.1)
def train(epoch):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
def val(epoch):
    global best_loss
    val_loss = evaluate(val_loader)
    scheduler.step(val_loss)
    best_loss = min(best_loss, val_loss)
for epoch in range(90):
    scheduler.step(best_loss)
    train(epoch)
    val(epoch)
",
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.97)
def train(epoch):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
for epoch in range(50):
    train(epoch)
    validate(epoch)
    scheduler.step()
",
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, 'max')
for epoch in range(50):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    accuracy = validate(epoch)
    scheduler.step(accuracy)
    scheduler.step(accuracy)
",
            // One function for training and validation, which steps in all of them.
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.97)
def run(epoch, loader, partition='train'):
    for x, y in loader:
        if partition == 'train':
            loss(x, y).backward()
            optimizer.step()
    scheduler.step()
for epoch in range(50):
    run(epoch, train_loader)
    if epoch % 5 == 0:
        run(epoch, val_loader, partition='valid')
        run(epoch, test_loader, partition='test')
",
        ],
        pass: &[
            // It trains each time.
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.97)
def run(loader):
    for x, y in loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
for epoch in range(50):
    run(first_loader)
    run(second_loader)
",
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer)
for epoch in range(50):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    first, second = validate(epoch)
    scheduler.step(first)
    scheduler.step(second)
",
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.97)
for epoch in range(50):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    if epoch < 10:
        scheduler.step()
    else:
        scheduler.step()
",
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.97)
for epoch in range(50):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
for epoch in range(50):
    for x, y in other_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
        ],
    },
    check,
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    let all: Vec<Site<'_>> = sites(plan).into_iter().filter(is_known).collect();
    for (index, later) in all.iter().enumerate() {
        let Some(earlier) = all[..index].iter().find(|earlier| {
            if earlier.span == later.span {
                return called_twice(plan, earlier, later);
            }
            let plain = is_plain(earlier) && is_plain(later) && share_turn(earlier, later);
            // Two metrics side by side are two things to watch; with training between them one is of the epoch before.
            let around_training =
                || is_one_plateau(plan, earlier) && between(plan, earlier, later).is_some_and(contains_optimizer_step);
            earlier.step.schedules == later.step.schedules
                && (given(earlier) == given(later) && (plain && given(later).is_none() || share_block(earlier, later))
                    || around_training()
                    || given(earlier).is_none() && is_told_turn(later) && share_block(earlier, later))
        }) else {
            continue;
        };
        let Some(id) = later.step.schedules.first().copied() else { continue };
        let class = &plan.schedule(id).class;
        // Without its metric a plateau schedule raises at the first call; given an epoch twice, others stay where they are.
        let is_set_back = given(earlier).is_none() && is_told_turn(later);
        if !is_set_back && (class == crate::classes::PLATEAU) != given(later).is_some() {
            continue;
        }
        let again = earlier.span == later.span;
        if again && RULE.is_among(findings, later.span) {
            continue;
        }
        let mut finding = RULE.finding(
            later.span,
            if again {
                format!("This {class} is stepped more than once in a turn: the function around it is called again.")
            } else {
                format!("This {class} is stepped a second time in the same turn.")
            },
            if is_set_back {
                "A number given to `step()` sets the position of the schedule, which undoes the call before it."
            } else {
                "It counts both calls, so it is through its schedule early."
            },
            "Step it in one place: after each optimizer step if its length is in steps, else at the end of the epoch.",
        );
        if !again {
            finding.related.push((earlier.span, "it is already stepped here".to_owned()));
        }
        findings.push(finding);
    }
}

/// A scheduler that is known, with at most one argument.
fn is_known(site: &Site<'_>) -> bool {
    !site.step.or_unknown && !site.step.schedules.is_empty() && matches!(site.step.arguments, Some(0 | 1))
}

/// A plateau schedule that is given a metric, and nothing else that it might be.
fn is_one_plateau(plan: &Plan, site: &Site<'_>) -> bool {
    given(site).is_some()
        && matches!(site.step.schedules[..], [id] if plan.schedule(id).class == crate::classes::PLATEAU)
}

/// `step(epoch)`.
fn is_told_turn(site: &Site<'_>) -> bool {
    site.step.first.as_ref().is_some_and(|first| first.data == Data::Counter)
}

/// What it is given, as written.
fn given<'p>(site: &Site<'p>) -> Option<&'p str> {
    site.step.first.as_ref().map(|argument| argument.text.as_str())
}

/// Whether the same call runs twice in a turn without training in between: the function around it is called for other
/// data, too.
fn called_twice(plan: &Plan, earlier: &Site<'_>, later: &Site<'_>) -> bool {
    if later.step.schedules.len() != 1 || earlier.step.schedules != later.step.schedules || given(later).is_some() {
        return false;
    }
    between(plan, earlier, later).is_some_and(|nodes| !contains_optimizer_step(nodes))
}

/// What happens between two calls of the same block.
fn between<'p>(plan: &'p Plan, earlier: &Site<'p>, later: &Site<'p>) -> Option<&'p [Node]> {
    if !share_block(earlier, later) {
        return None;
    }
    let block = match later.frames.last() {
        Some(Frame::Loop(inner, _)) => &inner.body,
        Some(Frame::Arm(arm)) => &arm.body,
        None => &plan.run,
    };
    let at = |site: &Site<'_>| {
        let is_it = |node: &Node| matches!(&node.action, Action::SchedulerStep(step) if std::ptr::eq(step, site.step));
        block.iter().position(is_it)
    };
    let (first, second) = (at(earlier)?, at(later)?);
    (first < second).then(|| &block[first..second])
}

/// Whether one follows the other whatever the conditions are.
fn share_block(a: &Site<'_>, b: &Site<'_>) -> bool {
    let same = |a: &Frame<'_>, b: &Frame<'_>| match (a, b) {
        (Frame::Loop(a, _), Frame::Loop(b, _)) => std::ptr::eq(*a, *b),
        (Frame::Arm(a), Frame::Arm(b)) => std::ptr::eq(*a, *b),
        _ => false,
    };
    let in_loop = a.frames.iter().any(|frame| matches!(frame, Frame::Loop(..)));
    in_loop && a.frames.len() == b.frames.len() && a.frames.iter().zip(&b.frames).all(|(a, b)| same(a, b))
}

/// One scheduler, behind nothing but fixed conditions that are no choice.
fn is_plain(site: &Site<'_>) -> bool {
    site.step.schedules.len() == 1
        && site.frames.iter().all(|frame| match frame {
            Frame::Loop(..) => true,
            Frame::Arm(arm) => {
                arm.guard == Guard::Fixed
                    && (arm.condition.contains("is not None") || arm.condition.contains("__name__"))
                    && !arm.condition.contains(" and ")
            }
        })
}

/// Whether both stand in the same turn of the same epoch or batch loop.
fn share_turn(a: &Site<'_>, b: &Site<'_>) -> bool {
    let turns = |site: &Site<'_>| -> Vec<(crate::Span, Turn)> {
        let loops = site.frames.iter().filter_map(|frame| match frame {
            Frame::Loop(inner, span) => Some((*span, inner.turn)),
            Frame::Arm(_) => None,
        });
        loops.collect()
    };
    let (a, b) = (turns(a), turns(b));
    let shorter = a.len().min(b.len());
    shorter > 0 && a[..shorter] == b[..shorter] && a[shorter - 1].1 != Turn::Other
}

//! `scheduler.get_lr()` instead of `get_last_lr()`.

use crate::finding::{Confidence, Finding, Severity};
use crate::fix::{Change, Fix};
use crate::plan::Plan;
use crate::rule::{Rule, of_source};
use crate::script::LrReading;

/// The rule.
pub static RULE: Rule = Rule {
    name: "get-lr-outside-step",
    code: "LRS523",
    severity: Severity::Warning,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "The LR is read with `scheduler.get_lr()`.",
        why: "`get_lr` computes the *next* LR from the current one and is meant for `step` alone. Outside of it PyTorch warns, \
              and at a drop the value is wrong: StepLR shows the LR divided twice.",
        example: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
for epoch in range(90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
    print(epoch, scheduler.get_lr()[0])
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
    print(epoch, scheduler.get_last_lr()[0])
",
        fine: "Inside a scheduler class `get_lr` is right; engines that have a method of that name (`engine.get_lr()`) are no \
               schedulers.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[
            // Whatever it is called.
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
decay = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
for epoch in range(90):
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
    decay.step()
    print(epoch, decay.get_lr())
",
        ],
        pass: &[
            // A class that is made of nothing reads its LR as it likes.
            "
class WarmupCosine:
    def __init__(self, optimizer, total):
        self.optimizer, self.total, self.count = optimizer, total, 0
    def step(self):
        self.count += 1
        for group in self.optimizer.param_groups:
            group['lr'] = 0.1 * self.count / self.total
    def get_lr(self):
        return self.optimizer.param_groups[0]['lr']
def train(model, optimizer, scheduler: WarmupCosine):
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
        scheduler.step()
        print(scheduler.get_lr())
",
            // What old versions of torch have instead.
            "
import torch
from packaging import version
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 30)
for epoch in range(90):
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
    scheduler.step()
    lr = scheduler.get_last_lr()[0] if version.parse(torch.__version__) >= version.parse('1.4') else scheduler.get_lr()[0]
    try:
        lr = scheduler.get_last_lr()[0]
    except AttributeError:
        lr = scheduler.get_lr()[0]
    print(lr)
",
            // Of another library.
            "
import paddle
scheduler = paddle.optimizer.lr.CosineAnnealingDecay(0.1, T_max=90)
optimizer = paddle.optimizer.SGD(scheduler, parameters=model.parameters())
for epoch in range(90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
    print(scheduler.get_lr())
",
            // A class of the project's own, by a method that no scheduler of torch has.
            "
from procedures import get_optim_scheduler
optimizer, scheduler = get_optim_scheduler(model.parameters(), config)
for epoch in range(90):
    scheduler.update(epoch, 0.0)
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    print(epoch, min(scheduler.get_lr()))
",
        ],
    },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    // A class of the script's own that computes each LR from the count gives the current one.
    if !plan.schedules.is_empty() && plan.schedules.iter().all(|schedule| !schedule.own_lr.is_empty()) {
        return;
    }
    for read in &plan.script.lr_reads {
        if read.how != LrReading::GetLr || read.in_scheduler {
            continue;
        }
        let mut finding = RULE.finding(
            read.span,
            "get_lr() computes the next LR and is meant for step() alone.",
            "At a drop its value is wrong, and PyTorch warns about the call.",
            "Use get_last_lr().",
        );
        finding.fix = Some(Fix::safe(
            "Use `get_last_lr`",
            Change::RenameMethod { call: read.span, name: "get_last_lr".to_owned() },
        ));
        findings.push(finding);
    }
}

//! A range test that leaves the model as it ended.

use crate::finding::{Confidence, Finding, Severity};
use crate::plan::Plan;
use crate::rule::{Rule, of_source};
use crate::script::{StateUse, Stateful};

/// The rule.
pub static RULE: Rule = Rule {
    name: "lr-finder-without-restore",
    code: "LRS803",
    severity: Severity::Warning,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "A range test of the LR trains the model and does not put its weights back; or keeps them without a copy.",
        why: "A range test ends where the loss explodes. Training then starts from those weights. `state_dict()` returns \
              references: without a copy, what is kept changes with the model, and loading it back does nothing.",
        example: "
def find_lr(model, optimizer, train_loader):
    start = model.state_dict()
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    model.load_state_dict(start)
",
        instead: "
import copy
def find_lr(model, optimizer, train_loader):
    start = copy.deepcopy(model.state_dict())
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    model.load_state_dict(start)
",
        fine: "A function that works on a copy of the model, or that puts weights back, is fine. So is a script that calls it \
               and trains nothing else; of a function that nobody calls that cannot be told.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[
            // A method for each batch.
            "
import torch
from torch.optim.lr_scheduler import LambdaLR
class LRFinder:
    def __init__(self, model, optimizer, folder):
        self.model, self.optimizer = model, optimizer
        torch.save(model.state_dict(), folder + '/first.pt')
    def range_test(self, loader, steps=100):
        scheduler = LambdaLR(self.optimizer, lambda step: 1.1 ** step)
        for step, batch in zip(range(steps), loader):
            self._train_batch(batch)
            scheduler.step()
    def _train_batch(self, batch):
        self.optimizer.zero_grad()
        loss(self.model(batch)).backward()
        self.optimizer.step()
",
            "
def lr_range_test(model, optimizer, train_loader):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    return lrs, losses
",
            // Checkpoints are another matter.
            "
import torch
class Learner:
    def load_state(self, path):
        self.model.load_state_dict(torch.load(path))
    def find_lr(self):
        for x, y in self.loader:
            self.optimizer.zero_grad()
            self.loss(self.model(x), y).backward()
            self.optimizer.step()
        return lrs, losses
    def train(self, epochs):
        for epoch in range(epochs):
            for x, y in self.loader:
                self.optimizer.zero_grad()
                self.loss(self.model(x), y).backward()
                self.optimizer.step()
",
        ],
        pass: &[
            // Nothing comes after it.
            "
def find_lr(model, loader, optimizer):
    for x, y in loader:
        criterion(model(x), y).backward()
        optimizer.step()
    return lrs, losses
def main(args):
    if args.find_lr:
        lrs, losses = find_lr(model, train_loader, optimizer)
        plt.plot(lrs, losses)
        return
    for epoch in range(args.epochs):
        for x, y in train_loader:
            optimizer.zero_grad()
            criterion(model(x), y).backward()
            optimizer.step()
",
            // A script of its own, which trains nothing afterwards.
            "
import torch
def find_lr(model, loader, optimizer, init=1e-8, final=10.0):
    lr = init
    for x, y in loader:
        loss = criterion(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        lr *= 1.1
        optimizer.param_groups[0]['lr'] = lr
    return lrs, losses
model.train()
lrs, losses = find_lr(model, train_loader, torch.optim.SGD(model.parameters(), lr=0.1))
plt.plot(lrs, losses)
",
        ],
    },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    let script = &plan.script;
    // Weights are put back by whoever calls it.
    let puts_back =
        |state: &StateUse| state.restored && !state.from_file && matches!(state.of, Stateful::Other | Stateful::Copy);
    let elsewhere = script.states.iter().any(puts_back);
    for finder in &script.finders {
        if let Some(kept) = finder.kept_without_copy {
            findings.push(RULE.finding(
                kept,
                "The weights are kept without a copy.",
                "state_dict() returns references, so what is kept changes with the model and loading it back does nothing.",
                "Keep copy.deepcopy(model.state_dict()), and the state of the optimizer as well.",
            ));
        } else if !finder.restores && !elsewhere {
            findings.push(RULE.finding(
                finder.span,
                format!("`{}` trains the model and does not put its weights back.", finder.name),
                "A range test ends where the loss explodes; training then starts from those weights.",
                "Keep a deep copy of the states of model and optimizer, and load them at the end.",
            ));
        }
    }
}

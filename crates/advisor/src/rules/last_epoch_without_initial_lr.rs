//! `last_epoch` with an optimizer that has not been scheduled before.

use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{Evidence, OptimizerId, Plan};
use crate::quantity::Quantity;
use crate::rule::{Rule, of_source};
use crate::rules::run::number;
use crate::script::Stateful;
use crate::sites::restored_before;
use crate::span::Span;

/// The rule.
pub static RULE: Rule = Rule {
    name: "last-epoch-without-initial-lr",
    code: "LRS802",
    severity: Severity::Error,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "A scheduler is built with `last_epoch` on an optimizer whose groups have no `initial_lr`.",
        why: "With `last_epoch` above -1 the constructor looks for `initial_lr` in each parameter group, which only a former \
              scheduler or a loaded state puts there: a KeyError, at the moment when a run is resumed.",
        example: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30, last_epoch=args.start_epoch - 1)
",
        instead: "
import torch
optimizer = torch.optim.SGD([{'params': model.parameters(), 'initial_lr': 0.1}], lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30, last_epoch=args.start_epoch - 1)
",
        fine: "`last_epoch=-1` is the default. An optimizer whose state was loaded before has the key.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[
            "
import torch
from torch.optim.lr_scheduler import StepLR
parser.add_argument('--epochs', type=int, default=200)
args = parser.parse_args()
if args.sgd:
    opt = torch.optim.SGD(model.parameters(), lr=0.1)
else:
    opt = torch.optim.Adam(model.parameters(), lr=0.001)
scheduler = StepLR(opt, 20, 0.5, args.epochs)
",
            "
import torch
def optimizer_of(args, parameters):
    if args.optim == 'sgd':
        return torch.optim.SGD(parameters, args.lr)
    return torch.optim.Adam(parameters, args.lr)
if args.resume:
    checkpoint = torch.load(args.resume)
    start_epoch = checkpoint['epoch']
    model.load_state_dict(checkpoint['net'])
else:
    start_epoch = -1
optimizer = optimizer_of(args, model.parameters())
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=150, last_epoch=start_epoch)
for epoch in range(start_epoch + 1, 200):
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
    scheduler.step()
",
        ],
        pass: &[
            // Restored by the caller, further down.
            "
import torch
def train(model, optimizer, train_loader, start_epoch, args):
    scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, [10, 12], last_epoch=start_epoch - 1)
    for epoch in range(start_epoch, args.epochs):
        for x, y in train_loader:
            loss(model(x), y).backward()
            optimizer.step()
        scheduler.step()
if __name__ == '__main__':
    optimizer = torch.optim.Adam(model.parameters(), lr=args.lr)
    start_epoch = 0
    if args.resume:
        state = torch.load(args.resume)
        optimizer.load_state_dict(state['optimizer'])
        start_epoch = state['epoch'] + 1
    train(model, optimizer, train_loader, start_epoch, args)
",
            // What loads the checkpoint is given the optimizer.
            "
import torch
def train(generator, checkpoint):
    optimizer = torch.optim.Adam(generator.parameters(), lr=2e-4)
    if checkpoint is not None:
        start_epoch = Logger.load_cpk(checkpoint, generator, optimizer)
    else:
        start_epoch = 0
    scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, [60, 90], last_epoch=start_epoch - 1)
    for epoch in range(start_epoch, 100):
        for x, y in train_loader:
            loss(generator(x), y).backward()
            optimizer.step()
        scheduler.step()
",
            // A class of the script's own, with other parameters.
            "
import torch
from torch.optim.lr_scheduler import _LRScheduler
class ExponentialLR(_LRScheduler):
    def __init__(self, optimizer, end_lr, num_iter, last_epoch=-1):
        self.end_lr = end_lr
        self.num_iter = num_iter
        super().__init__(optimizer, last_epoch)
    def get_lr(self):
        return [lr * (self.end_lr / lr) ** (self.last_epoch / self.num_iter) for lr in self.base_lrs]
optimizer = torch.optim.Adam(model.parameters(), lr=1e-7)
scheduler = ExponentialLR(optimizer, 10, args.steps)
for batch in train_loader:
    loss(model(batch)).backward()
    optimizer.step()
    scheduler.step()
    print(scheduler.get_last_lr())
",
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
optimizer.load_state_dict(torch.load(path)['optimizer'])
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30, last_epoch=args.start_epoch - 1)
scheduler.load_state_dict(torch.load(path)['scheduler'])
",
        ],
    },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    let script = &plan.script;
    if script.words.initial_lr {
        return;
    }
    for schedule in plan.schedules.iter().filter(|schedule| schedule.evidence == Evidence::Proved) {
        let Some(argument) = schedule.argument("last_epoch") else { continue };
        let position = number(schedule, "last_epoch");
        let is_built = |id: &OptimizerId| plan.optimizer(*id).built;
        // What is -1 or what a checkpoint says, and the epochs go on from there.
        let is_resumed = script.starts.iter().any(|start| start.starts_with(&argument.text))
            && argument.text.contains("epoch")
            && script.states.iter().any(|state| state.restored && state.of == Stateful::Epoch);
        let fresh = match &schedule.optimizer {
            Some(id) => is_built(id),
            // One of several is as new as the only one.
            None => {
                let goes_on = position.and_then(|position| position.value).is_some_and(|value| value >= 0.0);
                (goes_on || is_resumed) && !schedule.may_drive.is_empty() && schedule.may_drive.iter().all(is_built)
            }
        };
        // A variable that starts at -1, or an option with that default, is the idiom for a fresh run.
        let is_minus_one =
            |position: &Quantity| position.value.is_some_and(|value| value < 0.0) && position.is_literal();
        let stays_fresh = !is_resumed && position.is_none_or(is_minus_one)
            || argument.text.starts_with("last_epoch")
            || argument.text.ends_with("last_epoch");
        // What is loaded in another file may be loaded at any time.
        let is_before = |span: Span| span.source != schedule.span.source || span < schedule.span;
        let loaded = script
            .states
            .iter()
            .any(|state| state.restored && state.of == Stateful::Optimizer && is_before(state.span))
            || restored_before(plan, schedule.span);
        if !fresh || stays_fresh || loaded {
            continue;
        }
        findings.push(RULE.finding(
            argument.span,
            format!("`last_epoch={}` needs `initial_lr` in the groups of the optimizer.", argument.text),
            "A new optimizer does not have it: a resumed run stops here with a KeyError.",
            "Load the state of the optimizer first, or load the state of the scheduler instead of last_epoch.",
        ));
    }
}

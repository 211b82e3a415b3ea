//! An LR that is computed and never reaches an optimizer.

use crate::finding::{Confidence, Finding, Severity};
use crate::plan::Plan;
use crate::rule::{Rule, of_source};
use crate::script::{Fate, LrInVain};

/// The rule.
pub static RULE: Rule = Rule {
    name: "lr-computed-in-vain",
    code: "LRS626",
    severity: Severity::Error,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "A function that is named after adjusting the LR computes one, and neither writes it into a parameter group nor \
               returns it. Or a variable is lowered after the optimizer or its parameter groups have been built with the number \
               that it had; or it is set and never read, and the optimizer is built without a LR.",
        why: "The optimizer goes on with its LR. What the function prints is not what trains.",
        example: "
def adjust_learning_rate(optimizer, epoch):
    lr = args.lr * (0.1 ** (epoch // 30))
    print('lr is now', lr)
",
        instead: "
def adjust_learning_rate(optimizer, epoch):
    lr = args.lr * (0.1 ** (epoch // 30))
    for group in optimizer.param_groups:
        group['lr'] = lr
    print('lr is now', lr)
",
        fine: "A function that stores the LR anywhere, or gives it to another function, is left alone.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[
            // The log alone has it.
            "
import torch
class Trainer:
    def __init__(self, net):
        self.optimizer = torch.optim.Adadelta(net.parameters(), lr=args.base_lr)
    def train(self, epoch):
        lr = args.base_lr * (1 - epoch / args.epochs) ** 0.9
        for x, y in self.loader:
            loss(x, y).backward()
            self.optimizer.step()
            self.bar.set_description('epoch {}, LR {}'.format(epoch, lr))
",
            "
import torch
lr = 0.001
optimizer = torch.optim.Adam(model.parameters(), lr=lr)
for epoch in range(100):
    if (epoch + 1) % 10 == 0:
        lr = lr * 0.9
        print('lr is now', lr)
    for x, y in train_loader:
        optimizer.zero_grad()
        loss(model(x), y).backward()
        optimizer.step()
",
            // That of one of two optimizers.
            "
import torch
fd_lr = config.fd_lr
optimizer = torch.optim.SGD(model.parameters(), lr=config.lr)
fd_optimizer = torch.optim.Adam(detector.parameters(), lr=fd_lr)
policy, fd_policy = Poly(config.lr, 1000), Poly(fd_lr, 1000)
for step, (x, y) in enumerate(train_loader):
    lr = policy.get_lr(step)
    fd_lr = fd_policy.get_lr(step)
    optimizer.param_groups[0]['lr'] = lr
    loss(model(x), y).backward()
    optimizer.step()
    fd_optimizer.step()
",
            // Scaled when the optimizer has it already.
            "
import torch
def main(scale_lr=False, learning_rate=3e-5, train_batch_size=1, num_processes=1):
    optimizer = torch.optim.AdamW(model.parameters(), lr=learning_rate)
    if scale_lr:
        learning_rate = learning_rate * train_batch_size * num_processes
    for x, y in train_loader:
        optimizer.zero_grad()
        loss(model(x), y).backward()
        optimizer.step()
",
            // The groups have it already.
            "
import torch
lr = args.lr
params = []
for name, value in model.named_parameters():
    params += [{'params': [value], 'lr': lr * 2 if 'bias' in name else lr}]
    params += [{'params': [value], 'lr': lr}]
if args.optimizer == 'adam':
    lr = lr * 0.1
    optimizer = torch.optim.Adam(params)
else:
    optimizer = torch.optim.SGD(params, momentum=0.9)
for epoch in range(100):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss(model(x), y).backward()
        optimizer.step()
    print('lr', lr)
",
            "
import torch
learning_rate = 2e-5
def train(model):
    optimizer = torch.optim.Adam(model.parameters())
    for x, y in train_loader:
        optimizer.zero_grad()
        loss(model(x), y).backward()
        optimizer.step()
train(model)
",
        ],
        pass: &[
            // It is written into the groups.
            "
import torch
lr = 0.001
optimizer = torch.optim.Adam(model.parameters(), lr=lr)
for epoch in range(100):
    lr *= 0.9
    for group in optimizer.param_groups:
        group['lr'] = lr
    for x, y in train_loader:
        optimizer.zero_grad()
        loss(model(x), y).backward()
        optimizer.step()
",
            // Read by the name of its class.
            "
import torch
class Small:
    learning_rate = 0.01
    def optimizer(self, model):
        return torch.optim.Adam(model.parameters())
",
            // A function gets it, or a new optimizer.
            "
import torch
lr = 0.001
optimizer = torch.optim.Adam(model.parameters(), lr=lr)
for epoch in range(100):
    lr *= 0.9
    update_lr(optimizer, lr)
    for x, y in train_loader:
        optimizer.zero_grad()
        loss(model(x), y).backward()
        optimizer.step()
",
        ],
    },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    for (span, name) in &plan.script.lr_computed_in_vain {
        findings.push(RULE.finding(
            *span,
            format!("`{name}` computes an LR that never reaches the optimizer."),
            "Training goes on with the old LR.",
            "Write it into the parameter groups: `for group in optimizer.param_groups: group['lr'] = lr`.",
        ));
    }
    let script = &plan.script;
    // What sets the LR, here or out of sight, may have the same formula.
    let may_be_set = !plan.schedules.is_empty()
        || script.steps_unknown
        || script.steps_named
        || script.lr_out_of_sight
        || !script.lr_writes.is_empty()
        || script.words.framework;
    for LrInVain { name, span, fate } in &script.lrs_in_vain {
        findings.push(match fate {
            Fate::Shown if may_be_set => continue,
            Fate::Shown => RULE.finding(
                *span,
                format!("`{name}` is computed and shown, but never reaches the optimizer."),
                "The log tells of a decay, while training goes on with the LR of the very start.",
                format!("Write it into the parameter groups: `for group in optimizer.param_groups: group['lr'] = {name}`."),
            ),
            Fate::Lowered => RULE.finding(
                *span,
                format!("`{name}` changes here, and the optimizer does not."),
                "It has the number that the variable had before: training goes on with that LR.",
                format!("Write it into the parameter groups: `for group in optimizer.param_groups: group['lr'] = {name}`."),
            ),
            Fate::Unread => RULE.finding(
                *span,
                format!("`{name}` is never read."),
                "The optimizer is built without a LR and takes the default of its class: 1e-3 in Adam and its kin, and in SGD since \
                 torch 2.4.",
                format!("Give it to the optimizer: lr={name}."),
            ),
        });
    }
}

//! A log that shows the LR of the configuration in each epoch.

use crate::finding::{Confidence, Finding, Severity};
use crate::plan::Plan;
use crate::rule::{Rule, of_source};

/// The rule.
pub static RULE: Rule = Rule {
    name: "configured-lr-logged",
    code: "LRS628",
    severity: Severity::Warning,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "The training loop logs the LR that the run was configured with, while a scheduler changes the LR; or a tenth of \
               the LR, in code that was copied from where the last group has ten times as much.",
        why: "The log shows a constant. Whoever reads it will believe that the schedule did nothing.",
        example: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=args.lr)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
for epoch in range(90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
    writer.add_scalar('lr', args.lr, epoch)
",
        instead: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=args.lr)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
for epoch in range(90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
    writer.add_scalar('lr', scheduler.get_last_lr()[0], epoch)
",
        fine: "Logging the configuration once, before the loop, is fine.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[
            // What is written by hand is computed from it.
            "
def train(optimizer, lr):
    for epoch in range(1, 201):
        if epoch > 100:
            current_lr = max(1 - 1e-2 * (epoch - 100), 0) * lr
            for group in optimizer.param_groups:
                group['lr'] = current_lr
        for x, y in train_loader:
            loss(x, y).backward()
            optimizer.step()
        print(f'epoch {epoch}, lr {lr}')
",
            // From code with groups of other LRs.
            "
import torch
def main():
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for epoch in range(200):
        adjust_learning_rate(optimizer, epoch)
        for x, y in train_loader:
            loss(x, y).backward()
            optimizer.step()
        print('epoch {} lr {lr:.5f}'.format(epoch, lr=optimizer.param_groups[-1]['lr'] * 0.1))
",
            // In words, from a variable that nothing changes.
            "
import torch
def train(lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
    for epoch in range(90):
        for x, y in train_loader:
            loss(x, y).backward()
            optimizer.step()
        scheduler.step()
        print(f'epoch {epoch}, lr {lr:.6f}')
",
            "
import lightning.pytorch as pl
import torch
class Module(pl.LightningModule):
    def training_step(self, batch, index):
        loss = self.loss(batch)
        self.log('lr', self.lr)
        return loss
    def configure_optimizers(self):
        optimizer = torch.optim.AdamW(self.parameters(), lr=self.lr)
        return [optimizer], [torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)]
",
        ],
        pass: &[
            "
import torch
def main(model):
    optimizer = torch.optim.SGD(model.get_optim_policies(), lr=0.1)
    for epoch in range(200):
        adjust_learning_rate(optimizer, epoch)
        for x, y in train_loader:
            loss(x, y).backward()
            optimizer.step()
        print('epoch {} lr {lr:.5f}'.format(epoch, lr=optimizer.param_groups[-1]['lr'] * 0.1))
",
            // Read again in each turn.
            "
import torch
def train(lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
    for epoch in range(90):
        for x, y in train_loader:
            loss(x, y).backward()
            optimizer.step()
        scheduler.step()
        lr = scheduler.get_last_lr()[0]
        print(f'epoch {epoch}, lr {lr:.6f}')
",
        ],
    },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    let script = &plan.script;
    // Groups with LRs of their own may have ten times as much.
    let is_one_group = !plan.optimizers.is_empty()
        && plan.optimizers.iter().all(|optimizer| optimizer.all_parameters || !optimizer.built)
        && plan.optimizers.iter().any(|optimizer| optimizer.built);
    for (span, text) in script.scaled_lr_logged.iter().filter(|_| is_one_group) {
        findings.push(RULE.finding(
            *span,
            format!("`{text}` is a tenth of the LR."),
            "The log shows another LR than the one that trains.",
            "Log `optimizer.param_groups[0]['lr']` as it is.",
        ));
    }
    let by_lightning = !script.lightning_modules.is_empty() && !plan.schedules.is_empty();
    if script.stepped.is_empty() && script.lr_writes.is_empty() && !by_lightning {
        return;
    }
    let is_start = |text: &String| plan.optimizers.iter().any(|optimizer| optimizer.lr_text == *text);
    let configured = script.configured_lr_logged.iter().filter(|(_, text)| is_start(text));
    for (span, text) in configured.chain(&script.base_lr_logged) {
        findings.push(RULE.finding(
            *span,
            format!("`{text}` is the LR that the run started with, not the current one."),
            "The log shows a constant while the schedule changes the LR.",
            "Log `optimizer.param_groups[0]['lr']` or `scheduler.get_last_lr()[0]`.",
        ));
    }
}

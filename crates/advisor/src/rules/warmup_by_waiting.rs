//! A "warmup" that only withholds the scheduler.

use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{Guard, Plan};
use crate::rule::{Rule, of_source};
use crate::sites::{Frame, sites};

/// The rule.
pub static RULE: Rule = Rule {
    name: "warmup-by-waiting",
    code: "LRS629",
    severity: Severity::Warning,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "What is called a warmup only keeps the scheduler from being stepped for some epochs.",
        why: "The LR stays at its peak during those epochs. A warmup starts low and rises; this is the opposite of it.",
        example: "
import torch
warmup_epochs = 5
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=95)
for epoch in range(100):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    if epoch >= warmup_epochs:
        scheduler.step()
",
        instead: "
import torch
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR
warmup_epochs = 5
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
warmup = LinearLR(optimizer, start_factor=0.01, total_iters=warmup_epochs)
cosine = CosineAnnealingLR(optimizer, T_max=95)
scheduler = SequentialLR(optimizer, [warmup, cosine], milestones=[warmup_epochs])
for epoch in range(100):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
        fine: "Where anything else raises the LR in those epochs, by hand or with a second scheduler, it is a warmup.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &["
import torch
optimizer = torch.optim.Adam(model.parameters(), lr=3e-4)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=len(train_loader))
for epoch in range(100):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
        # warmup for the first 10 epochs
        if epoch >= 10:
            scheduler.step()
"],
        pass: &["
import torch
class Trainer:
    def __init__(self, optimizer, lr_scheduler, warmup_step):
        self.optimizer, self.lr_scheduler, self.warmup_step = optimizer, lr_scheduler, warmup_step
    def train(self):
        for epoch in range(10):
            for batch in self.train_loader:
                loss(batch).backward()
                self.optimizer.step()
                if self.warmup_step > 0:
                    self.lr_scheduler.step()
"],
    },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    // Another scheduler, of which nothing else is known, may be stepped meanwhile.
    if !plan.script.lr_writes.is_empty() || plan.script.words.warmup_scheduler || plan.script.steps_named {
        return;
    }
    let all = sites(plan);
    for site in &all {
        let guard = site.frames.iter().rev().find_map(|frame| match frame {
            Frame::Arm(arm) if arm.guard == Guard::Changing && arm.condition.to_ascii_lowercase().contains("warm") => {
                Some(*arm)
            }
            _ => None,
        });
        let Some(arm) = guard else { continue };
        let condition = arm.condition.split('#').next().unwrap_or_default().trim();
        // `if warmup_steps > 0:` asks for an option.
        let is_option = condition.split(['>', '<', '=']).any(|side| side.trim().trim_end_matches(')') == "0");
        let waits = !is_option && condition.contains(if condition.starts_with("not") { '<' } else { '>' });
        let in_epochs = site.epoch_loop().is_some();
        let is_warmup = |class: &str| class.to_ascii_lowercase().contains("warm");
        let ramps = plan.schedules.iter().any(|schedule| {
            (is_warmup(&schedule.class) && !schedule.class.ends_with("Restarts"))
                || is_warmup(&schedule.name)
                || matches!(schedule.class.as_str(), "LinearLR" | "OneCycleLR" | "LambdaLR")
        });
        let others = all.iter().any(|other| other.span != site.span);
        if !waits || !in_epochs || ramps || others || site.step.schedules.is_empty() {
            continue;
        }
        findings.push(RULE.finding(
            site.span,
            "Holding the scheduler back is no warmup.",
            "The LR stays at its peak during these epochs, where a warmup would start low and rise.",
            "Begin with a LinearLR that rises, and let SequentialLR go on with the schedule.",
        ));
    }
}

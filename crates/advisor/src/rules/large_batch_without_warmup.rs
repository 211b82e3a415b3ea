//! Large batches at the full LR from the first step.

use crate::effect::number;
use crate::finding::{Confidence, Finding, Severity};
use crate::plan::Plan;
use crate::rule::{Rule, of_source};
use crate::rules::written;

/// The rule.
pub static RULE: Rule = Rule {
    name: "large-batch-without-warmup",
    code: "LRS903",
    severity: Severity::Info,
    confidence: Confidence::Hint,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "The training batches are larger than 512, and nothing raises the LR at the start.",
        why: "Large batches go with large LRs, and the linear scaling of the LR holds only after the first epochs (Goyal et \
              al. 2017): without a warmup training starts worse than with small batches.",
        example: "
import torch
loader = torch.utils.data.DataLoader(train_set, batch_size=2048, shuffle=True)
optimizer = torch.optim.SGD(model.parameters(), lr=0.8)
for epoch in range(20):
    for x, y in loader:
        loss(model(x), y).backward()
        optimizer.step()
",
        instead: "
import torch
loader = torch.utils.data.DataLoader(train_set, batch_size=256, shuffle=True)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(20):
    for x, y in loader:
        loss(model(x), y).backward()
        optimizer.step()
",
        fine: "Loaders that do not shuffle hold data for evaluation, as a rule.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[],
        pass: &[
            // A warmup by hand.
            "
import torch
from torch.utils.data import DataLoader
train_loader = DataLoader(train_data, batch_size=1024, shuffle=True)
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 250)
for epoch in range(250):
    if epoch < 5:
        for group in optimizer.param_groups:
            group['lr'] = 0.5 * (epoch + 1) / 5.0
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
    scheduler.step()
",
        ],
    },
    check: of_source(check),
};

/// Above this a batch counts as large.
const LARGE: f64 = 512.0;

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    let script = &plan.script;
    // One that is built out of sight may well come with a warmup.
    let is_built = plan.optimizers.iter().any(|optimizer| optimizer.built);
    if !is_built
        || script.words.warmup
        || script.optimizers_stepped.is_empty()
        || script.words.reinforcement
        || script.words.pretrained
        || script.words.pretrained_model
    {
        return;
    }
    let ramps = plan.schedules.iter().any(|schedule| {
        matches!(schedule.class.as_str(), "OneCycleLR" | "CyclicLR" | "LambdaLR" | "LinearLR" | "SequentialLR")
            || schedule.class.contains("warmup")
    });
    // What comes after the first loader for training is for something beside it, such as a classifier on top.
    let Some((span, size)) = script.batch_sizes.first() else { return };
    let is_large = |size: &f64| *size > LARGE && !ramps && !written::rises(plan);
    let Some(size) = size.value.filter(is_large) else { return };
    findings.push(RULE.finding(
        *span,
        format!("Batches of {} without a warmup.", number(size)),
        "Large batches need large LRs, which the first steps do not bear.",
        "Raise the LR linearly over the first epochs.",
    ));
}

//! One LR for pretrained layers and for a new head.

use crate::finding::{Confidence, Finding, Severity};
use crate::plan::Plan;
use crate::rule::{Rule, of_source};

/// The rule.
pub static RULE: Rule = Rule {
    name: "same-lr-for-pretrained",
    code: "LRS905",
    severity: Severity::Info,
    confidence: Confidence::Hint,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "A pretrained model gets a new head, and all parameters share one LR.",
        why: "An LR that trains a new layer is often too large for layers that are already good: they lose what they had \
              learned before the head is of use.",
        example: "
import torch
import torchvision
model = torchvision.models.resnet50(pretrained=True)
model.fc = torch.nn.Linear(2048, 10)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for epoch in range(10):
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
",
        instead: "
import torch
import torchvision
model = torchvision.models.resnet50(pretrained=True)
for parameter in model.parameters():
    parameter.requires_grad = False
model.fc = torch.nn.Linear(2048, 10)
optimizer = torch.optim.SGD(model.fc.parameters(), lr=0.01)
for epoch in range(10):
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
",
        fine: "With a small LR for all it works as well; that is a choice, so this is a hint only.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases { fail: &[], pass: &[] },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    let script = &plan.script;
    let Some(head) = script.replaced_heads.first() else { return };
    if !(script.words.pretrained || script.words.pretrained_model)
        || script.words.frozen
        || script.optimizers_stepped.is_empty()
    {
        return;
    }
    let built: Vec<_> = plan.optimizers.iter().filter(|optimizer| optimizer.built).collect();
    let [optimizer] = built[..] else { return };
    if !optimizer.all_parameters {
        return;
    }
    let mut finding = RULE.finding(
        optimizer.span,
        "Pretrained layers and the new head share one LR.",
        "An LR that trains the head is often too large for layers that are already good.",
        "Give the pretrained layers a group of their own with a tenth of the LR, or keep them fixed at first.",
    );
    finding.related.push((*head, "the new head".to_owned()));
    findings.push(finding);
}

//! A scheduler that Lightning leaves to the module, and the module leaves alone.

use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{ArgumentValue, Owner, Plan};
use crate::rule::{Rule, of_source};

/// The rule.
pub static RULE: Rule = Rule {
    name: "lightning-manual-schedule-never-stepped",
    code: "LRS506",
    severity: Severity::Warning,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "A module with `automatic_optimization = False` returns a scheduler and never steps it.",
        why: "With manual optimization Lightning steps no scheduler. Unless the module calls \
              `self.lr_schedulers()` and steps what it gets, the LR never changes.",
        example: "
import torch
import lightning as L
class Gan(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.automatic_optimization = False
    def training_step(self, batch, batch_idx):
        optimizer = self.optimizers()
        self.manual_backward(self.loss(batch))
        optimizer.step()
    def configure_optimizers(self):
        optimizer = torch.optim.Adam(self.parameters(), lr=2e-4)
        scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.99)
        return [optimizer], [scheduler]
",
        instead: "
import torch
import lightning as L
class Gan(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.automatic_optimization = False
    def training_step(self, batch, batch_idx):
        optimizer = self.optimizers()
        self.manual_backward(self.loss(batch))
        optimizer.step()
    def on_train_epoch_end(self):
        self.lr_schedulers().step()
    def configure_optimizers(self):
        optimizer = torch.optim.Adam(self.parameters(), lr=2e-4)
        scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.99)
        return [optimizer], [scheduler]
",
        fine: "A module with several bases, or one that keeps its schedulers in attributes, may step them out of sight and \
               is not reported.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[],
        pass: &["
import torch
import lightning as L
class Gan(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.automatic_optimization = False
    def training_step(self, batch, batch_idx):
        self.optimizers().step()
        self.scheduler.step()
    def configure_optimizers(self):
        optimizer = torch.optim.Adam(self.parameters(), lr=2e-4)
        self.scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.99)
        return [optimizer], [self.scheduler]
"],
    },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    let Some(module) = plan.settings_of(Owner::LightningModule).next().filter(|module| module.complete) else { return };
    let stepped = module.argument("steps_schedulers").map(|argument| &argument.value);
    if !matches!(stepped, Some(ArgumentValue::Truth(false))) {
        return;
    }
    for settings in plan.settings_of(Owner::LightningScheduler).filter(|settings| !settings.schedules.is_empty()) {
        let class = &plan.schedule(settings.schedules[0]).class;
        let mut finding = RULE.finding(
            settings.span,
            format!("This {class} is never stepped: the module optimizes by hand and does not call `lr_schedulers()`."),
            "With manual optimization Lightning leaves schedulers alone, so the LR stays where it is.",
            "Call `self.lr_schedulers().step()`, at the end of an epoch in `on_train_epoch_end`.",
        );
        if let Some(manual) = module.argument("automatic_optimization") {
            finding.related.push((manual.span, "manual optimization".to_owned()));
        }
        findings.push(finding);
    }
}

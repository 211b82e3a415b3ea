//! `return optimizer, scheduler`: a form that Lightning does not take.

use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{Owner, Plan};
use crate::rule::{Rule, of_source};

/// The class of the settings that stand for such a pair.
pub const PAIR: &str = "pair";

/// The rule.
pub static RULE: Rule = Rule {
    name: "lightning-optimizer-scheduler-pair",
    code: "LRS503",
    severity: Severity::Error,
    confidence: Confidence::Certain,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "`configure_optimizers` returns an optimizer and a scheduler side by side, in no list and no dict.",
        why: "Lightning takes a tuple for several optimizers, or for two lists: of optimizers and of schedulers. A scheduler is \
              neither, and it raises a MisconfigurationException when training starts.",
        example: "
import torch
import lightning as L
class Model(L.LightningModule):
    def configure_optimizers(self):
        optimizer = torch.optim.AdamW(self.parameters(), lr=1e-3)
        scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.95)
        return optimizer, scheduler
",
        instead: "
import torch
import lightning as L
class Model(L.LightningModule):
    def configure_optimizers(self):
        optimizer = torch.optim.AdamW(self.parameters(), lr=1e-3)
        scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.95)
        return [optimizer], [scheduler]
",
        fine: "Two lists, a dict, and several optimizers without a scheduler are forms that it takes.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &["
import pytorch_lightning as pl
import torch
class Model(pl.LightningModule):
    def configure_optimizers(self):
        opt = torch.optim.SGD(self.parameters(), lr=0.1)
        if self.hparams.plain:
            return opt
        return (opt, torch.optim.lr_scheduler.StepLR(opt, 30))
"],
        pass: &["
import pytorch_lightning as pl
import torch
class Model(pl.LightningModule):
    def configure_optimizers(self):
        first = torch.optim.SGD(self.head.parameters(), lr=0.1)
        second = torch.optim.SGD(self.body.parameters(), lr=0.01)
        return first, second
"],
    },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    for settings in plan.settings_of(Owner::LightningOptimizers).filter(|settings| settings.class == PAIR) {
        findings.push(RULE.finding(
            settings.span,
            "Lightning takes no pair of an optimizer and a scheduler.",
            "It raises a MisconfigurationException when training starts.",
            "Return two lists, `[optimizer], [scheduler]`, or a dict with `optimizer` and `lr_scheduler`.",
        ));
    }
}

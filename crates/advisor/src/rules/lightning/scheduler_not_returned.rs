//! A scheduler that `configure_optimizers` builds and Lightning never gets.

use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{Owner, Plan};
use crate::rule::{Rule, of_source};

/// The class of the settings that stand for such a scheduler: with the argument under whose key it is returned, if it is.
pub const NOT_RETURNED: &str = "scheduler that is not returned";

/// The rule.
pub static RULE: Rule = Rule {
    name: "lightning-scheduler-not-returned",
    code: "LRS507",
    severity: Severity::Error,
    confidence: Confidence::Certain,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "`configure_optimizers` builds a scheduler and does not return it, or returns it under a key that Lightning does \
               not read.",
        why: "Lightning steps the schedulers that it is given: in the second of two lists, or under `lr_scheduler`. Of other keys \
              it says once that they are not supported, and trains at a constant LR.",
        example: "
import torch
import lightning as L
class Model(L.LightningModule):
    def configure_optimizers(self):
        optimizer = torch.optim.AdamW(self.parameters(), lr=1e-3)
        scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.95)
        return {\"optimizer\": optimizer, \"scheduler\": scheduler}
",
        instead: "
import torch
import lightning as L
class Model(L.LightningModule):
    def configure_optimizers(self):
        optimizer = torch.optim.AdamW(self.parameters(), lr=1e-3)
        scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.95)
        return {\"optimizer\": optimizer, \"lr_scheduler\": scheduler}
",
        fine: "A module that optimizes by hand, and one that keeps its scheduler in an attribute, may step it themselves.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[
            // Nobody hears of it.
            "
import pytorch_lightning as pl
import torch
class Model(pl.LightningModule):
    def configure_optimizers(self):
        optimizer = torch.optim.Adam(self.parameters(), lr=1e-3)
        scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.1)
        # return {'optimizer': optimizer, 'lr_scheduler': scheduler, 'monitor': 'val_loss'}
        return optimizer
",
            "
import pytorch_lightning as pl
import torch
class Model(pl.LightningModule):
    def configure_optimizers(self):
        optimizer = torch.optim.Adam(self.parameters(), lr=1e-3)
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 30)
        config = dict(optimizer=optimizer, lr_schedulers={'scheduler': scheduler, 'interval': 'epoch'})
        return config
",
        ],
        pass: &[
            // It is handed on, or kept.
            "
import pytorch_lightning as pl
import torch
class Model(pl.LightningModule):
    def configure_optimizers(self):
        optimizer = torch.optim.Adam(self.parameters(), lr=1e-3)
        warmup = torch.optim.lr_scheduler.LinearLR(optimizer, total_iters=5)
        decay = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.95)
        both = torch.optim.lr_scheduler.SequentialLR(optimizer, [warmup, decay], [5])
        return [optimizer], [both]
",
            "
import pytorch_lightning as pl
import torch
class Model(pl.LightningModule):
    def configure_optimizers(self):
        optimizer = torch.optim.Adam(self.parameters(), lr=1e-3)
        self.scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.95)
        return optimizer
    def on_train_epoch_end(self):
        self.scheduler.step()
",
            // One way or the other.
            "
import pytorch_lightning as pl
import torch
class Model(pl.LightningModule):
    def configure_optimizers(self):
        optimizer = torch.optim.Adam(self.parameters(), lr=1e-3)
        scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.95)
        if self.hparams.decay:
            return {'optimizer': optimizer, 'lr_scheduler': scheduler}
        return optimizer
",
        ],
    },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    // Optimized by hand, it may be stepped by hand.
    if plan.settings_of(Owner::LightningModule).next().is_some() {
        return;
    }
    for settings in plan.settings_of(Owner::LightningOptimizers).filter(|settings| settings.class == NOT_RETURNED) {
        let class = settings.schedules.first().map_or("scheduler", |id| plan.schedule(*id).class.as_str());
        findings.push(RULE.finding(
            settings.span,
            match settings.arguments.first() {
                Some(under) => format!("Lightning does not read `{}`: this {class} is never stepped.", under.name),
                None => format!("This {class} is not returned: Lightning never steps it."),
            },
            "It takes schedulers from a second list, or under `lr_scheduler`; without one the LR stays where it is.",
            "Return `{\"optimizer\": optimizer, \"lr_scheduler\": scheduler}`.",
        ));
    }
}

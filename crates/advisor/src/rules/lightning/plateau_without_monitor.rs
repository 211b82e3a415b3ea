//! A plateau schedule in Lightning that is not told what to watch.

use crate::classes::PLATEAU;
use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{Evidence, Owner, Plan};
use crate::rule::{Rule, of_source};

/// The rule.
pub static RULE: Rule = Rule {
    name: "lightning-plateau-without-monitor",
    code: "LRS502",
    severity: Severity::Error,
    confidence: Confidence::Certain,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "`configure_optimizers` returns a `ReduceLROnPlateau` and no `monitor`.",
        why: "Lightning passes the monitored metric to the scheduler and cannot know which one: it raises a \
              `MisconfigurationException` when training starts. Where the scheduler has a dict of its own, the \
              `monitor` must be in that dict.",
        example: "
import torch
import lightning as L
class Model(L.LightningModule):
    def configure_optimizers(self):
        optimizer = torch.optim.Adam(self.parameters(), lr=1e-3)
        scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=5)
        return [optimizer], [scheduler]
",
        instead: "
import torch
import lightning as L
class Model(L.LightningModule):
    def configure_optimizers(self):
        optimizer = torch.optim.Adam(self.parameters(), lr=1e-3)
        scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=5)
        return {'optimizer': optimizer, 'lr_scheduler': {'scheduler': scheduler, 'monitor': 'val_loss'}}
",
        fine: "With manual optimization the module passes the metric itself, and no `monitor` is needed.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &["
import torch
import pytorch_lightning as pl
from torch.optim.lr_scheduler import ReduceLROnPlateau
class Model(pl.LightningModule):
    def configure_optimizers(self):
        opt = torch.optim.Adam(self.parameters(), lr=1e-3)
        return {
            'optimizer': opt,
            'lr_scheduler': {'scheduler': ReduceLROnPlateau(opt), 'interval': 'epoch'},
            'monitor': 'val_loss',
        }
"],
        pass: &[
            "
import torch
import pytorch_lightning as pl
class Model(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.automatic_optimization = False
    def training_step(self, batch, batch_idx):
        self.optimizers().step()
    def on_validation_epoch_end(self):
        self.lr_schedulers().step(self.trainer.callback_metrics['val_loss'])
    def configure_optimizers(self):
        opt = torch.optim.Adam(self.parameters(), lr=1e-3)
        return [opt], [torch.optim.lr_scheduler.ReduceLROnPlateau(opt)]
",
            // Which of the two it is depends on an option; the monitor is there if it is needed.
            "
import torch
import pytorch_lightning as pl
class Model(pl.LightningModule):
    def configure_optimizers(self):
        opt = torch.optim.Adam(self.parameters(), lr=1e-3)
        if self.hparams.plateau:
            scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(opt)
        else:
            scheduler = torch.optim.lr_scheduler.StepLR(opt, 10)
        options = dict(scheduler=scheduler, **self.hparams.options)
        return {'optimizer': opt, 'lr_scheduler': options}
",
        ],
    },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    if plan.settings_of(Owner::LightningModule).next().is_some() {
        return;
    }
    for settings in plan.settings_of(Owner::LightningScheduler) {
        let is_plateau = |schedule: &&_| {
            let facts = plan.schedule(**schedule);
            facts.class == PLATEAU && facts.evidence == Evidence::Proved
        };
        let plateaus: Vec<_> = settings.schedules.iter().filter(is_plateau).collect();
        if plateaus.is_empty() || !settings.complete || settings.argument("monitor").is_some() {
            continue;
        }
        let mut finding = RULE.finding(
            settings.span,
            "Lightning is not told which metric this ReduceLROnPlateau watches.".to_owned(),
            "It raises a MisconfigurationException when training starts.",
            "Return `{\"scheduler\": scheduler, \"monitor\": \"val_loss\"}` for it, with a metric that is logged.",
        );
        if plateaus.len() < settings.schedules.len() {
            finding.confidence = Confidence::Likely;
        }
        let outside = plan.settings_of(Owner::LightningOptimizers).find(|outer| {
            outer.span.start <= settings.span.start
                && settings.span.end <= outer.span.end
                && outer.argument("monitor").is_some()
        });
        if let Some(monitor) = outside.and_then(|outer| outer.argument("monitor")) {
            finding
                .related
                .push((monitor.span, "at this level it is read only for a scheduler without a dict".to_owned()));
        }
        findings.push(finding);
    }
}

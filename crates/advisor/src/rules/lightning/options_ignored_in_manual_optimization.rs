//! Options that say when Lightning steps a scheduler, where it does not step it.

use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{ArgumentValue, Owner, Plan};
use crate::rule::{Rule, of_source};

/// The rule.
pub static RULE: Rule = Rule {
    name: "lightning-options-ignored-in-manual-optimization",
    code: "LRS504",
    severity: Severity::Info,
    confidence: Confidence::Certain,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "A module with `automatic_optimization = False` gives a scheduler a `monitor`, an `interval` or a \
               `frequency`.",
        why: "With manual optimization Lightning steps no scheduler, so it has no use for them: the module steps its \
              schedulers itself, as often as it likes.",
        example: "
import torch
import lightning as L
class Gan(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.automatic_optimization = False
    def training_step(self, batch, batch_idx):
        self.optimizers().step()
        self.lr_schedulers().step()
    def configure_optimizers(self):
        optimizer = torch.optim.Adam(self.parameters(), lr=2e-4)
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1000)
        return [optimizer], [{'scheduler': scheduler, 'interval': 'step', 'frequency': 10}]
",
        instead: "
import torch
import lightning as L
class Gan(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.automatic_optimization = False
    def training_step(self, batch, batch_idx):
        self.optimizers().step()
        if (batch_idx + 1) % 10 == 0:
            self.lr_schedulers().step()
    def configure_optimizers(self):
        optimizer = torch.optim.Adam(self.parameters(), lr=2e-4)
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1000)
        return [optimizer], [scheduler]
",
        fine: "An `interval` by itself tells the callback `LearningRateMonitor` when to log, and is not reported.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases { fail: &[], pass: &[] },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    const IGNORED: [&str; 4] = ["frequency", "monitor", "strict", "reduce_on_plateau"];
    let Some(module) = plan.settings_of(Owner::LightningModule).next() else { return };
    let Some(manual) = module.argument("automatic_optimization") else { return };
    if !matches!(manual.value, ArgumentValue::Truth(false)) {
        return;
    }
    for settings in plan.settings_of(Owner::LightningScheduler).filter(|settings| settings.class == "dict") {
        let ignored: Vec<_> =
            settings.arguments.iter().filter(|argument| IGNORED.contains(&argument.name.as_str())).collect();
        let Some(first) = ignored.first() else { continue };
        let names: Vec<String> = ignored.iter().map(|argument| format!("`{}`", argument.name)).collect();
        let mut finding = RULE.finding(
            first.span,
            format!(
                "With manual optimization {} of a scheduler {} ignored.",
                names.join(", "),
                if names.len() == 1 { "is" } else { "are" }
            ),
            "Lightning steps no scheduler then; the module does it itself.",
            "Leave it out, and call `self.lr_schedulers().step()` where and as often as it is meant to be stepped.",
        );
        finding.related.push((manual.span, "manual optimization".to_owned()));
        findings.push(finding);
    }
}

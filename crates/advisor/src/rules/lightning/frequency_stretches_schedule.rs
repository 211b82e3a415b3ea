//! A schedule as long as the run that is stepped less often than the run counts.

use crate::effect::{Drawing, Length, number, rough};
use crate::finding::{Confidence, Effect, Finding, Severity};
use crate::plan::{Argument, ArgumentValue, Owner, Plan, ScheduleFacts};
use crate::quantity::{Quantity, Unit};
use crate::rule::{Rule, of_source};

/// The rule.
pub static RULE: Rule = Rule {
    name: "lightning-frequency-stretches-schedule",
    code: "LRS505",
    severity: Severity::Warning,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "A scheduler has a `frequency` above 1 and a length that is the number of epochs or steps of the run.",
        why: "`frequency` is how many epochs (or steps) pass between two calls of `step()`. With a frequency of 2 a cosine \
              over `max_epochs` has made half of its way when training ends.",
        example: "
import torch
import lightning as L
class Model(L.LightningModule):
    def configure_optimizers(self):
        optimizer = torch.optim.AdamW(self.parameters(), lr=1e-3)
        scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=self.trainer.max_epochs)
        return [optimizer], [{'scheduler': scheduler, 'interval': 'epoch', 'frequency': 2}]
",
        instead: "
import torch
import lightning as L
class Model(L.LightningModule):
    def configure_optimizers(self):
        optimizer = torch.optim.AdamW(self.parameters(), lr=1e-3)
        scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=self.trainer.max_epochs)
        return [optimizer], [{'scheduler': scheduler, 'interval': 'epoch', 'frequency': 1}]
",
        fine: "A length that is divided by the frequency, or is a plain number, is not reported; nor is a plateau, which \
               has no length.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[],
        pass: &["
import torch
import lightning as L
class Model(L.LightningModule):
    def configure_optimizers(self):
        optimizer = torch.optim.AdamW(self.parameters(), lr=1e-3)
        scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=self.trainer.max_epochs // 2)
        return [optimizer], [{'scheduler': scheduler, 'interval': 'epoch', 'frequency': 2}]
"],
    },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    for settings in plan.settings_of(Owner::LightningScheduler) {
        let Some(every) = settings.number("frequency").and_then(|quantity| quantity.value).filter(|every| *every > 1.0)
        else {
            continue;
        };
        let (Some(frequency), [id]) = (settings.argument("frequency"), settings.schedules.as_slice()) else { continue };
        let schedule = plan.schedule(*id);
        let unit = match settings.text("interval") {
            Some("step") => Unit::Steps,
            None | Some("epoch") => Unit::Epochs,
            Some(_) => continue,
        };
        let Some((length, _)) = whole_run(schedule).filter(|(_, quantity)| quantity.unit == unit) else { continue };
        let thing = if unit == Unit::Epochs { "epochs" } else { "steps" };
        let mut finding = RULE.finding(
            frequency.span,
            format!(
                "Stepped every {} {thing}, {} makes 1/{} of its way.",
                number(every),
                schedule.class,
                number(every)
            ),
            format!(
                "`{}={}` is the whole run in {thing}, but `step()` is called once in {} of them.",
                length.name,
                length.text,
                number(every)
            ),
            format!(
                "Leave out the frequency, or divide the length: {}={} // {}.",
                length.name,
                length.text,
                number(every)
            ),
        );
        finding.related.push((length.span, format!("the run in {thing}")));
        finding.effect = effect(plan, schedule, every);
        findings.push(finding);
    }
}

/// The length of a schedule that runs from beginning to end, as it is: a name, not a fraction of something.
fn whole_run(schedule: &ScheduleFacts) -> Option<(&Argument, &Quantity)> {
    let name = match schedule.class.as_str() {
        "CosineAnnealingLR" => "T_max",
        "PolynomialLR" => "total_iters",
        "OneCycleLR" => "total_steps",
        _ => "num_training_steps",
    };
    let argument = schedule.argument(name)?;
    match &argument.value {
        // Where nothing was computed, the number has its name and is not a literal.
        ArgumentValue::Number(quantity) if quantity.has_form() && !quantity.is_literal() => Some((argument, quantity)),
        _ => None,
    }
}

fn effect(plan: &Plan, schedule: &ScheduleFacts, every: f64) -> Option<Effect> {
    let length = Length::of(None, None);
    let drawing = Drawing::new(plan, schedule, &length);
    let intended = drawing.draw(plan, schedule, &length, length.epochs, &|_, _, value| value)?;
    let written: Vec<f64> = (0..intended.len()).map(|epoch| intended[(epoch as f64 / every) as usize]).collect();
    Some(Effect {
        summary: format!(
            "After {} epochs the LR is {}; stepped every epoch it is {}.",
            length.epochs,
            rough(*written.last()?),
            rough(*intended.last()?)
        ),
        assumed: drawing.assumed,
        unit: "epoch",
        written,
        intended,
    })
}

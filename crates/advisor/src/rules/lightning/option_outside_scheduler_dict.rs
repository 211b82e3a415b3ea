//! Options for a scheduler that stand one level too high.

use crate::effect::{Drawing, Length, rough};
use crate::finding::{Confidence, Effect, Finding, Severity};
use crate::fix::{Change, Fix};
use crate::plan::{Owner, Plan, ScheduleId};
use crate::rule::{Rule, of_source};
use crate::rules::units::lengths;

/// The rule.
pub static RULE: Rule = Rule {
    name: "lightning-option-outside-scheduler-dict",
    code: "LRS501",
    severity: Severity::Warning,
    confidence: Confidence::Certain,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "`interval`, `frequency` or another option of a scheduler stands beside `lr_scheduler` in the dict that \
               `configure_optimizers` returns, and not in a dict of the scheduler's own.",
        why: "Lightning reads `optimizer`, `lr_scheduler` and `monitor` from that dict and drops the rest with a warning \
              (`Found unsupported keys in the optimizer configuration`). A schedule meant to be stepped at every batch is \
              then stepped once per epoch: of 10,000 steps it makes as many as there are epochs.",
        example: "
import torch
import lightning as L
class Model(L.LightningModule):
    def configure_optimizers(self):
        optimizer = torch.optim.AdamW(self.parameters(), lr=1e-3)
        scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=10000)
        return {'optimizer': optimizer, 'lr_scheduler': scheduler, 'interval': 'step'}
",
        instead: "
import torch
import lightning as L
class Model(L.LightningModule):
    def configure_optimizers(self):
        optimizer = torch.optim.AdamW(self.parameters(), lr=1e-3)
        scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=10000)
        return {'optimizer': optimizer, 'lr_scheduler': {'scheduler': scheduler, 'interval': 'step'}}
",
        fine: "`monitor` is read from that level where `lr_scheduler` is a scheduler and not a dict.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &["
import pytorch_lightning as pl
import torch
class Model(pl.LightningModule):
    def configure_optimizers(self):
        opt = torch.optim.SGD(self.parameters(), lr=0.1)
        config = {'optimizer': opt}
        config['lr_scheduler'] = torch.optim.lr_scheduler.StepLR(opt, 30)
        config['frequency'] = 2
        return config
"],
        pass: &[
            "
import pytorch_lightning as pl
import torch
class Model(pl.LightningModule):
    def configure_optimizers(self):
        opt = torch.optim.SGD(self.parameters(), lr=0.1)
        plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(opt, mode='min')
        return {'optimizer': opt, 'lr_scheduler': plateau, 'monitor': 'val/loss'}
",
            "
import pytorch_lightning as pl
import torch
class Model(pl.LightningModule):
    def configure_optimizers(self):
        opt = torch.optim.SGD(self.parameters(), lr=0.1)
        sched = {'scheduler': torch.optim.lr_scheduler.StepLR(opt, 30), 'interval': 'epoch', 'name': 'lr'}
        return [opt], [sched]
",
            // A model of another kind, with a method of that name.
            "
import torch
class GPT(torch.nn.Module):
    def configure_optimizers(self, weight_decay, learning_rate):
        optimizer = torch.optim.AdamW(self.parameters(), lr=learning_rate)
        return {'optimizer': optimizer, 'lr_scheduler': None, 'interval': 'step'}
",
        ],
    },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    const OPTIONS: [&str; 5] = ["interval", "frequency", "strict", "reduce_on_plateau", "name"];
    for settings in plan.settings_of(Owner::LightningOptimizers) {
        let Some(scheduler) = settings.argument("lr_scheduler") else { continue };
        let mut misplaced = settings.arguments.iter().filter(|argument| OPTIONS.contains(&argument.name.as_str()));
        let Some(first) = misplaced.next() else { continue };
        let others: Vec<_> = misplaced.collect();
        let mut names = vec![format!("`{}`", first.name)];
        names.extend(others.iter().map(|argument| format!("`{}`", argument.name)));
        let (do_not, they) = if others.is_empty() { ("has", "it belongs") } else { ("have", "they belong") };
        let mut finding = RULE.finding(
            first.span,
            format!("{} {do_not} no effect here: {they} into the scheduler's own dict.", names.join(", ")),
            "Lightning reads only `optimizer`, `lr_scheduler` and `monitor` at this level. Without an interval the \
             scheduler is stepped once per epoch.",
            format!("Write `\"lr_scheduler\": {{\"scheduler\": ..., \"{}\": {}}}`.", first.name, first.text),
        );
        finding.related.push((scheduler.span, "the scheduler".to_owned()));
        finding.related.extend(others.iter().map(|argument| (argument.span, "and this".to_owned())));
        finding.fix = Some(Fix::not_safe(
            format!("Move {} into a dict of the scheduler's own", names.join(", ")),
            Change::MoveEntries {
                into: scheduler.span,
                key: "scheduler".to_owned(),
                entries: std::iter::once(first).chain(others.iter().copied()).map(|argument| argument.span).collect(),
            },
        ));
        let per_step = settings.text("interval") == Some("step");
        let schedule = plan
            .settings_of(Owner::LightningScheduler)
            .find(|inner| scheduler.span.contains(inner.span))
            .and_then(|inner| inner.schedules.first());
        if let Some(schedule) = schedule.filter(|_| per_step) {
            finding.effect = effect(plan, *schedule);
        }
        findings.push(finding);
    }
}

/// Stepped once per epoch against once per batch.
fn effect(plan: &Plan, id: ScheduleId) -> Option<Effect> {
    let schedule = plan.schedule(id);
    let epochs = plan.settings_of(Owner::LightningTrainer).find_map(|trainer| trainer.number("max_epochs"));
    let lengths = lengths(plan, id);
    let steps = lengths.iter().flat_map(|length| length.argument.value.quantities()).filter_map(|length| length.value);
    let length = match steps.fold(0.0, f64::max) {
        steps if epochs.is_none() && steps >= 1.0 => Length::of_steps(steps),
        _ => Length::of(epochs, None),
    };
    let drawing = Drawing::new(plan, schedule, &length);
    let all = drawing.draw(plan, schedule, &length, length.epochs * length.steps_per_epoch, &|_, _, value| value)?;
    let written = all.iter().copied().take(length.epochs as usize + 1).collect::<Vec<f64>>();
    let intended =
        all.iter().copied().step_by(length.steps_per_epoch as usize).take(written.len()).collect::<Vec<f64>>();
    let written = written[..intended.len()].to_vec();
    Some(Effect {
        summary: format!(
            "After {} epochs the LR is {}; stepped at every batch it is {}.",
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

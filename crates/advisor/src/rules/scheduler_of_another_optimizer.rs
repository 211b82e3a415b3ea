//! A scheduler that drives an optimizer which does not train.

use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{Evidence, OptimizerId, Plan, ScheduleId};
use crate::rule::{Rule, of_source};
use crate::rules::run::schedules;

/// The rule.
pub static RULE: Rule = Rule {
    name: "scheduler-of-another-optimizer",
    code: "LRS205",
    severity: Severity::Error,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "A scheduler is built on an optimizer that is never stepped, while another one trains; or two schedulers \
               drive one optimizer and a second optimizer has none.",
        why: "The scheduler changes the LR of an optimizer that does nothing, or changes one LR twice. The optimizer that \
              was meant keeps its LR.",
        example: "
import torch
generator_optimizer = torch.optim.Adam(generator.parameters(), lr=2e-4)
critic_optimizer = torch.optim.Adam(critic.parameters(), lr=2e-4)
generator_scheduler = torch.optim.lr_scheduler.ExponentialLR(generator_optimizer, gamma=0.99)
critic_scheduler = torch.optim.lr_scheduler.ExponentialLR(generator_optimizer, gamma=0.99)
for epoch in range(100):
    for x in train_loader:
        critic_loss(x).backward()
        critic_optimizer.step()
        generator_loss(x).backward()
        generator_optimizer.step()
    generator_scheduler.step()
    critic_scheduler.step()
",
        instead: "
import torch
generator_optimizer = torch.optim.Adam(generator.parameters(), lr=2e-4)
critic_optimizer = torch.optim.Adam(critic.parameters(), lr=2e-4)
generator_scheduler = torch.optim.lr_scheduler.ExponentialLR(generator_optimizer, gamma=0.99)
critic_scheduler = torch.optim.lr_scheduler.ExponentialLR(critic_optimizer, gamma=0.99)
for epoch in range(100):
    for x in train_loader:
        critic_loss(x).backward()
        critic_optimizer.step()
        generator_loss(x).backward()
        generator_optimizer.step()
    generator_scheduler.step()
    critic_scheduler.step()
",
        fine: "A warmup and a main schedule on one optimizer are a common pair; they are reported only where the names \
               pair the second scheduler with the other optimizer.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &["
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
head_optimizer = torch.optim.SGD(head.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(head_optimizer, step_size=30)
for epoch in range(90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
"],
        pass: &[
            // A rate of something else.
            "
import torch
class CosineDecay:
    def __init__(self, rate, total):
        self.sgd = torch.optim.SGD(torch.nn.ParameterList([torch.nn.Parameter(torch.zeros(1))]), lr=rate)
        self.stepper = torch.optim.lr_scheduler.CosineAnnealingLR(self.sgd, total)
    def step(self):
        self.stepper.step()
    def rate(self):
        return self.sgd.param_groups[0]['lr']
decay = CosineDecay(0.5, 1000)
optimizer = torch.optim.Adam(model.parameters())
for x, y in train_loader:
    loss(model(x), y).backward()
    optimizer.step()
    decay.step()
",
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
warmup = torch.optim.lr_scheduler.LinearLR(optimizer, total_iters=5)
main = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
for epoch in range(90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    warmup.step()
    main.step()
",
        ],
    },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    let script = &plan.script;
    for (span, text) in &script.no_optimizers {
        if !RULE.is_among(findings, *span) {
            findings.push(RULE.finding(
                *span,
                format!("`{text}` is no optimizer."),
                "The constructor of the scheduler raises a TypeError.",
                "Give it the optimizer that trains.",
            ));
        }
    }
    for span in &script.unpickled {
        if !RULE.is_among(findings, *span) {
            findings.push(RULE.finding(
                *span,
                "The scheduler of a checkpoint comes with its own copy of the optimizer.",
                "It sets the LR of that copy, which is never stepped: a resumed run goes on at one LR.",
                "Store scheduler.state_dict() in the checkpoint, and load it into the scheduler of the run.",
            ));
        }
    }
    if script.words.framework {
        return;
    }
    let steps = |id: OptimizerId| script.optimizers_stepped.contains(&id);
    for (id, schedule) in schedules(plan) {
        let Some(optimizer) = schedule.optimizer else { continue };
        let driven = plan.optimizer(optimizer);
        if schedule.evidence != Evidence::Proved
            || !driven.built
            || driven.trains_nothing
            || plan.is_part(id)
            || !script.stepped.contains(&id)
        {
            continue;
        }
        let other = match other_optimizer(plan, id, optimizer) {
            Some(other) if steps(other) => other,
            _ => continue,
        };
        let name = |id: OptimizerId| plan.optimizer(id).name.as_str();
        // One that is stepped nowhere in sight may be stepped elsewhere under another name.
        let unused = !steps(optimizer) && name(optimizer) != name(other);
        let mispaired = steps(optimizer) && is_mispaired(plan, id, optimizer, other);
        if !(unused || mispaired) {
            continue;
        }
        let mut finding = RULE.finding(
            schedule.span,
            if unused {
                format!("This {} drives `{}`, which is never stepped.", schedule.class, name(optimizer))
            } else {
                format!("`{}` drives `{}` instead of `{}`.", schedule.name, name(optimizer), name(other))
            },
            format!("The LR of `{}`, which trains, is never changed.", name(other)),
            format!("Build it on `{}`.", name(other)),
        );
        finding.related.push((plan.optimizer(other).span, "this optimizer has no schedule".to_owned()));
        findings.push(finding);
    }
}

/// The only other optimizer that is built in sight and has no schedule of its own.
fn other_optimizer(plan: &Plan, schedule: ScheduleId, driven: OptimizerId) -> Option<OptimizerId> {
    let mut without = (0..plan.optimizers.len()).map(OptimizerId).filter(|id| {
        let facts = plan.optimizer(*id);
        *id != driven
            && facts.built
            && !facts.name.is_empty()
            && !schedules(plan).any(|(other, facts)| other != schedule && facts.optimizer == Some(*id))
    });
    let only = without.next()?;
    without.next().is_none().then_some(only)
}

/// Whether two schedules drive one optimizer, and the names tell that one of them was meant for the other.
fn is_mispaired(plan: &Plan, schedule: ScheduleId, driven: OptimizerId, other: OptimizerId) -> bool {
    let same = schedules(plan).filter(|(id, facts)| facts.optimizer == Some(driven) && !plan.is_part(*id)).count();
    let words = |name: &str| -> Vec<String> {
        let lower = name.to_ascii_lowercase();
        let parts = lower.split(|c: char| !c.is_ascii_alphanumeric()).map(str::to_owned);
        parts.filter(|part| !part.is_empty() && !part.starts_with("optim") && !part.contains("sched")).collect()
    };
    let own = words(&plan.schedule(schedule).name);
    let (driven, other) = (words(&plan.optimizer(driven).name), words(&plan.optimizer(other).name));
    let shares = |words: &[String]| own.iter().any(|word| words.contains(word));
    same == 2 && shares(&other) && !shares(&driven)
}

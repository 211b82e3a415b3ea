//! A run that is resumed without the position of its schedule.

use crate::classes::PLATEAU;
use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{Action, Block, Library, OptimizerId, Plan, ScheduleFacts, ScheduleId};
use crate::rule::Rule;
use crate::rules::run::number;
use crate::script::Stateful;
use crate::sites::sites;
use crate::span::Span;

/// The rule.
pub static RULE: Rule = Rule {
    name: "scheduler-not-checkpointed",
    code: "LRS801",
    severity: Severity::Warning,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "A run is resumed from a checkpoint with its optimizer or its epoch, but without the state of its scheduler.",
        why: "The scheduler starts at step 0: the LR jumps back up, or the whole schedule is run again in the epochs that are \
              left. A plateau scheduler forgets the best metric and its patience.",
        example: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
start_epoch = 0
if args.resume:
    checkpoint = torch.load(args.resume)
    start_epoch = checkpoint['epoch']
    model.load_state_dict(checkpoint['model'])
    optimizer.load_state_dict(checkpoint['optimizer'])
for epoch in range(start_epoch, 90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
        instead: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
start_epoch = 0
if args.resume:
    checkpoint = torch.load(args.resume)
    start_epoch = checkpoint['epoch']
    model.load_state_dict(checkpoint['model'])
    optimizer.load_state_dict(checkpoint['optimizer'])
    scheduler.load_state_dict(checkpoint['scheduler'])
for epoch in range(start_epoch, 90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
        fine: "`last_epoch`, `step(epoch)`, stepping up to the start epoch, and frameworks that store the whole state put the \
               schedule where it belongs. Without a resume in sight nothing is reported.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[
            // A key that is never stored.
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
if args.resume:
    checkpoint = torch.load(path)
    optimizer.load_state_dict(checkpoint['optimizer'])
    scheduler.load_state_dict(checkpoint['scheduler'])
for epoch in range(90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
    state = {'model': model.state_dict(), 'optimizer': optimizer.state_dict()}
    torch.save(state, path)
",
            // The weights of an epoch that is given, and nothing else of it.
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=20)
if args.start_epoch:
    model.load_state_dict(torch.load(f'model-{args.start_epoch}.pt'))
for epoch in range(args.start_epoch, args.num_epochs):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
            // Stepped by what trains.
            "
import torch
from engine import train_epoch
optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
if 'optimizer' in checkpoint:
    optimizer.load_state_dict(checkpoint['optimizer'])
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: 0.95 ** epoch)
for epoch in range(first_epoch, first_epoch + 100):
    train_epoch(model, optimizer, scheduler, epoch)
",
        ],
        pass: &[
            // A checkpoint of an older version.
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
checkpoint = torch.load(path)
if 'scheduler' in checkpoint:
    scheduler.load_state_dict(checkpoint['scheduler'])
for epoch in range(90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
    torch.save({'optimizer': optimizer.state_dict()}, path)
",
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
checkpoint = torch.load(path)
start_epoch = checkpoint['epoch']
optimizer.load_state_dict(checkpoint['optimizer'])
for _ in range(start_epoch):
    scheduler.step()
for epoch in range(start_epoch, 90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
        ],
    },
    check,
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    let script = &plan.script;
    let words = script.words;
    for (span, key) in &script.states_not_stored {
        findings.push(RULE.finding(
            *span,
            format!("The checkpoint is stored without `{key}`."),
            "Reading it raises a KeyError: no run can be resumed.",
            format!("Store scheduler.state_dict() as `{key}` in the checkpoint."),
        ));
    }
    // An optimizer that never steps resumes nothing: a test that loads all that there is.
    let is_idle = |span: Span| {
        restored_at(&plan.run, span).is_some_and(|id| !script.optimizers_stepped.contains(&id))
            && !script.optimizers_stepped.is_empty()
    };
    let puts_back =
        |of: Stateful| script.states.iter().find(|state| state.restored && state.of == of && !is_idle(state.span));
    // Restarts are often told the fraction of an epoch, which is a position.
    let is_counting = |id: &ScheduleId| {
        let schedule = plan.schedule(*id);
        schedule.library == Library::Torch && schedule.class != "CosineAnnealingWarmRestarts"
    };
    let trained_with = script.starts_later && script.trained_with.iter().any(is_counting);
    let steps = !script.stepped.is_empty() || trained_with || script.steps_named && !plan.schedules.is_empty();
    if words.framework || words.whole_state || puts_back(Stateful::Schedule).is_some() || !steps {
        return;
    }
    // All in one place: what restores and what steps.
    let positioned = |id: &ScheduleId| {
        let schedule = plan.schedule(*id);
        let is_fresh = number(schedule, "last_epoch").is_some_and(|last| last.is_literal() && last.value == Some(-1.0));
        schedule.argument("last_epoch").is_some() && !is_fresh
    };
    let all = sites(plan);
    let by_epoch = all.iter().any(|site| {
        site.step
            .first
            .as_ref()
            .is_some_and(|first| first.names.iter().any(|name| name.to_ascii_lowercase().contains("epoch")))
            && site.step.first.as_ref().is_some_and(|first| !first.text.to_ascii_lowercase().contains("loss"))
    });
    // Stepped up to the start, before the run.
    let caught_up = all.iter().any(|site| site.epochs().is_none() && !site.frames.is_empty() && all.len() > 1);
    if script.stepped.iter().any(positioned) || by_epoch || caught_up {
        return;
    }
    // The epochs go on from where they are told, to an end that does not move with it.
    let goes_on = script.goes_on && all.iter().any(|site| site.epochs().is_some());
    let resumed = puts_back(Stateful::Optimizer)
        .or_else(|| puts_back(Stateful::Epoch).filter(|_| goes_on))
        .or_else(|| puts_back(Stateful::Other).filter(|_| goes_on && !words.pretrained));
    let Some(resumed) = resumed else { return };
    let stepped: Vec<_> = script.stepped.iter().map(|id| plan.schedule(*id)).collect();
    let is_plateau = !stepped.is_empty() && stepped.iter().all(|schedule| schedule.class == PLATEAU);
    // Set by hand, the LR is what it is meant to be.
    if is_plateau && !script.lr_writes.is_empty() {
        return;
    }
    if findings.iter().any(|finding| finding.rule.code == RULE.code) {
        return;
    }
    let mut finding = RULE.finding(
        resumed.span,
        "The run is resumed, but its scheduler starts at step 0.",
        match resumed.of {
            _ if is_plateau => "Its best metric and its patience begin anew, and the next drop comes late.",
            Stateful::Optimizer if !stepped.is_empty() && stepped.iter().all(|schedule| goes_by_the_lr(schedule)) => {
                "It goes on from the LR of the checkpoint, but counts from step 0 again: all that is left of it comes late."
            }
            _ => "The LR jumps back to where the schedule begins, and the schedule does not end with the run.",
        },
        "Store scheduler.state_dict() in the checkpoint and load it together with the optimizer.",
    );
    if let Some(schedule) = script.stepped.first().map(|id| plan.schedule(*id)).or(plan.schedules.first()) {
        finding.related.push((schedule.span, "this scheduler is not restored".to_owned()));
    }
    findings.push(finding);
}

/// The optimizer whose state is put back at a place.
fn restored_at(block: &Block, span: Span) -> Option<OptimizerId> {
    block.iter().find_map(|node| match &node.action {
        Action::Loop(inner) => restored_at(&inner.body, span),
        Action::Branch(arms) => arms.iter().find_map(|arm| restored_at(&arm.body, span)),
        Action::RestoreOptimizer(id) if node.span == span => Some(*id),
        _ => None,
    })
}

/// Whether the next LR is computed from the one in force, which the state of the optimizer brings along; others compute it
/// from the base LR and the count (`get_lr` in torch 2.15).
fn goes_by_the_lr(schedule: &ScheduleFacts) -> bool {
    let classes =
        ["StepLR", "MultiStepLR", "ExponentialLR", "CosineAnnealingLR", "LinearLR", "PolynomialLR", "ConstantLR"];
    classes.contains(&schedule.class.as_str())
}

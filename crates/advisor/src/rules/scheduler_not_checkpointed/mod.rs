//! A run that is resumed without the position of its schedule.

mod by_hand;
#[cfg(feature = "cases")]
mod cases;
mod positions;
mod resume;

use positions::Positions;
use resume::Resume;

use crate::classes::PLATEAU;
use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{Library, Plan, ScheduleFacts, ScheduleId};
use crate::rule::{Rule, of_source};
use crate::script::{StateUse, Stateful};
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
        fine: "`last_epoch` of the constructor, `step(epoch)`, stepping up to the start epoch, and frameworks that store the \
               whole state put the schedule where it belongs. Without a resume in sight nothing is reported.",
    },
    #[cfg(feature = "cases")]
    cases: cases::CASES,
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    let script = &plan.script;
    if let Some((span, key)) = script.states_not_stored.first() {
        findings.push(RULE.finding(
            *span,
            format!("Checkpoints are stored without `{key}`."),
            "No run that is resumed gets the state of its scheduler back.",
            format!("Store scheduler.state_dict() as `{key}` in the checkpoint."),
        ));
        return;
    }
    // A counter of drops is a scheduler, too.
    if let Some(head) = script.drops_counted.first() {
        findings.push(RULE.finding(
            *head,
            "A run that starts here later has lost the drops of the LR before it.",
            "They are kept in a variable that begins anew: each LR is computed from that of the very start.",
            "Work the LR out from where the loop starts, and set it before the loop.",
        ));
        return;
    }
    let resume = Resume::of(plan);
    if resume.brings_schedulers() {
        return;
    }
    if !steps_schedulers(plan) {
        findings.extend(resume.without_optimizer().and_then(|resumed| by_hand::lost_or_late(plan, resumed.span)));
        return;
    }
    if let Some(count) = resume.puts_back(Stateful::Count) {
        // The LR in force comes back with the optimizer, wherever that is; others compute it from the count.
        let needs_lr = all_of(plan, &script.stepped, goes_by_the_lr);
        if needs_lr && script.goes_on && resume.puts_back(Stateful::Optimizer).is_none() {
            findings.push(without_lr(count.span));
        }
        return;
    }
    let positions = Positions::of(plan);
    if positions.cover_all() {
        return;
    }
    let Some(resumed) = resume.begins(positions.in_epochs()) else { return };
    let (apart, together): (Vec<ScheduleId>, _) =
        script.stepped.iter().partition(|id| resume.is_apart(resumed.span, **id));
    let lost: Vec<ScheduleId> = together.into_iter().filter(|id| !positions.cover(*id)).collect();
    if !apart.is_empty() && lost.is_empty() {
        return;
    }
    let is_reported = findings.iter().any(|finding| finding.rule.code == RULE.code);
    if !is_reported && !brings_all(plan, &lost, resumed) {
        findings.push(not_restored(plan, &lost, resumed));
    }
}

/// Whether a resumed run gets its schedulers to where they were only by what their steps are told.
pub(super) fn rests_on_steps(plan: &Plan, stepped: &[ScheduleId]) -> bool {
    let (resume, positions) = (Resume::of(plan), Positions::of(plan));
    !resume.brings_schedulers()
        && resume.puts_back(Stateful::Count).is_none()
        && resume.begins(positions.in_epochs()).is_some()
        && !stepped.iter().all(|id| positions.is_told(*id))
}

/// Whether schedulers are stepped, in sight or by what trains.
fn steps_schedulers(plan: &Plan) -> bool {
    let script = &plan.script;
    // Restarts are often told the fraction of an epoch, which is a position.
    let is_counting = |id: &ScheduleId| {
        let schedule = plan.schedule(*id);
        schedule.library == Library::Torch && schedule.class != "CosineAnnealingWarmRestarts"
    };
    !script.stepped.is_empty()
        || script.starts_later && script.trained_with.iter().any(is_counting)
        || script.steps_named && !plan.schedules.is_empty()
}

/// Whether there are some, and all are so.
fn all_of(plan: &Plan, schedules: &[ScheduleId], is_so: impl Fn(&ScheduleFacts) -> bool) -> bool {
    !schedules.is_empty() && schedules.iter().all(|id| is_so(plan.schedule(*id)))
}

fn is_plateau(schedule: &ScheduleFacts) -> bool {
    schedule.class == PLATEAU
}

/// Whether what comes back is all that the schedulers need.
fn brings_all(plan: &Plan, lost: &[ScheduleId], resumed: &StateUse) -> bool {
    let script = &plan.script;
    // Each LR is the one before, times gamma: nothing is lost where that comes back.
    let needs_no_count = || all_of(plan, lost, |schedule| schedule.class == "ExponentialLR");
    let brings_lr = resumed.of == Stateful::Optimizer || script.lr_from_checkpoint;
    // Drops that the run has passed are in the LR of the checkpoint; what is left comes a little late.
    let is_late_at_most = || script.lr_from_checkpoint && all_of(plan, lost, goes_by_the_lr);
    // Set by hand, the LR is what it is meant to be.
    let is_set = || all_of(plan, lost, is_plateau) && !script.lr_writes.is_empty() && !by_hand::only_before_loops(plan);
    brings_lr && needs_no_count() || is_late_at_most() || is_set()
}

fn not_restored(plan: &Plan, lost: &[ScheduleId], resumed: &StateUse) -> Finding {
    let mut finding = RULE.finding(
        resumed.span,
        "The run is resumed, but its scheduler starts at step 0.",
        match resumed.of {
            _ if all_of(plan, lost, is_plateau) => {
                "Its best metric and its patience begin anew, and the next drop comes late."
            }
            Stateful::Optimizer if all_of(plan, lost, goes_by_the_lr) => {
                "It goes on from the LR of the checkpoint, but counts from step 0 again: all that is left of it comes late."
            }
            _ => "The LR jumps back to where the schedule begins, and the schedule does not end with the run.",
        },
        "Store scheduler.state_dict() in the checkpoint and load it together with the optimizer.",
    );
    if let Some(schedule) = lost.first().map(|id| plan.schedule(*id)).or(plan.schedules.first()) {
        finding.related.push((schedule.span, "this scheduler is not restored".to_owned()));
    }
    finding
}

/// A scheduler of which only the count is put back.
fn without_lr(span: Span) -> Finding {
    RULE.finding(
        span,
        "`last_epoch` moves the count of the scheduler, but not the LR.",
        "This scheduler computes each LR from the one before: drops that the run has passed are not made up for.",
        "Store scheduler.state_dict() and optimizer.state_dict() in the checkpoint and load both.",
    )
}

/// Whether the next LR is computed from the one in force, which the state of the optimizer brings along; others compute it
/// from the base LR and the count (`get_lr` in torch 2.15).
fn goes_by_the_lr(schedule: &ScheduleFacts) -> bool {
    let classes =
        ["StepLR", "MultiStepLR", "ExponentialLR", "CosineAnnealingLR", "LinearLR", "PolynomialLR", "ConstantLR"];
    classes.contains(&schedule.class.as_str())
}

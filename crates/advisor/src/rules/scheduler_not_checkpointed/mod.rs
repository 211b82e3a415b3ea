//! A run that is resumed without the position of its schedule.

mod by_hand;
#[cfg(feature = "cases")]
mod cases;

use crate::classes::PLATEAU;
use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{Argument, Evidence, Library, OptimizerId, Plan, ScheduleFacts, ScheduleId};
use crate::rule::{Rule, of_source};
use crate::rules::run;
use crate::script::{Script, StateUse, Stateful};
use crate::sites::{Site, sites};
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
    let words = script.words;
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
    // An optimizer that never steps resumes nothing, as in a test that loads all that there is; nor does one that no scheduler
    // drives.
    let drives = |id: OptimizerId| {
        let mut driven = script.stepped.iter().map(|schedule| plan.schedule(*schedule).optimizer);
        script.stepped.is_empty() || driven.any(|driven| driven.is_none_or(|driven| driven == id))
    };
    let resumes_nothing = |id: OptimizerId| {
        !script.optimizers_stepped.is_empty() && !script.optimizers_stepped.contains(&id) || !drives(id)
    };
    let is_idle = |span: Span| {
        let mut restored = script.optimizers_restored.iter().filter(|(at, _)| *at == span).peekable();
        restored.peek().is_some() && restored.all(|(_, id)| resumes_nothing(*id))
    };
    let all_put_back = |of: Stateful| {
        script
            .states
            .iter()
            .filter(move |state| state.restored && !state.never && state.of == of && !is_idle(state.span))
    };
    let puts_back = |of: Stateful| all_put_back(of).next();
    // Restarts are often told the fraction of an epoch, which is a position.
    let is_counting = |id: &ScheduleId| {
        let schedule = plan.schedule(*id);
        schedule.library == Library::Torch && schedule.class != "CosineAnnealingWarmRestarts"
    };
    let trained_with = script.starts_later && script.trained_with.iter().any(is_counting);
    let steps = !script.stepped.is_empty() || trained_with || script.steps_named && !plan.schedules.is_empty();
    if words.framework || words.whole_state || puts_back(Stateful::Schedule).is_some() {
        return;
    }
    if !steps {
        let goes_on = script.goes_on || script.counts_on;
        let resumed = puts_back(Stateful::Epoch).filter(|_| goes_on && puts_back(Stateful::Optimizer).is_none());
        if let Some(resumed) = resumed {
            findings.extend(by_hand::lost_or_late(plan, resumed.span));
        }
        return;
    }
    if let Some(count) = puts_back(Stateful::Count) {
        // The LR in force comes back with the optimizer, wherever that is; others compute it from the count.
        let needs_lr = !script.stepped.is_empty() && script.stepped.iter().all(|id| goes_by_the_lr(plan.schedule(*id)));
        if needs_lr && script.goes_on && puts_back(Stateful::Optimizer).is_none() {
            findings.push(without_lr(count.span));
        }
        return;
    }
    // All in one place: what restores and what steps.
    let positioned = |id: &ScheduleId| {
        let schedule = plan.schedule(*id);
        let begins_with = |start: &String| schedule.arguments.iter().any(|argument| argument.text.contains(start));
        // Of a class of their own, what the parameters are called is not in sight.
        let begins = |argument: &Argument| argument.name.is_empty() && argument.text.ends_with("start_epoch");
        // A new cycle over the epochs that are left rises anew.
        let begins = schedule.class != "OneCycleLR"
            && (script.starts.iter().any(begins_with) || schedule.arguments.iter().any(begins));
        (run::goes_on(schedule) || begins) && !is_told_too_early(script, schedule)
    };
    // No position brings a plateau scheduler back to where it was; another one may be built anew behind the checkpoint.
    let is_plateau = |id: &&ScheduleId| plan.schedule(**id).class == PLATEAU;
    // The resume may build it again, by the same function.
    let is_built_there = |id: &ScheduleId| {
        let again = run::schedules(plan).filter(|(_, other)| other.span == plan.schedule(*id).span);
        again.into_iter().any(|(other, _)| positioned(&other))
    };
    // Where what is stepped is built cannot be told, but somewhere one is built that goes on.
    let is_unbuilt = |id: &ScheduleId| plan.schedule(*id).evidence == Evidence::Named;
    let may_be_positioned =
        !script.stepped.is_empty() && script.stepped.iter().all(is_unbuilt) && plan.schedules.iter().any(run::goes_on);
    let is_positioned = (script.stepped.iter().any(is_built_there) || may_be_positioned)
        && !script.stepped.iter().filter(is_plateau).any(|id| !positioned(id));
    // A place where any may be stepped brings them all to a position.
    let is_brought = |id: &ScheduleId| {
        script.brought_to_position.iter().any(|schedules| schedules.is_empty() || schedules.contains(id))
    };
    // One that is built in each turn begins there, resumed or not.
    let all_sites = sites(plan);
    let is_renewed = |id: &ScheduleId| {
        let builds =
            |site: &Site<'_>| site.innermost_loop().is_some_and(|(inner, ..)| run::builds(&inner.body, *id) > 0);
        all_sites.iter().any(|site| site.step.schedules.contains(id) && builds(site))
    };
    // Another one that it may be instead is built there, too.
    let stepped = &script.stepped;
    if stepped.iter().any(is_renewed) && stepped.iter().all(|id| is_renewed(id) || is_unbuilt(id)) {
        return;
    }
    let all_brought = !script.brought_to_position.is_empty() && script.stepped.iter().all(is_brought);
    if is_positioned || all_brought {
        return;
    }
    // The epochs go on from where they are told, to an end that does not move with it.
    let goes_on = script.goes_on && all_sites.iter().any(|site| site.epochs().is_some());
    // What nothing calls may be there for another script, which only looks at the model.
    let is_used = |state: &&StateUse| !state.unused || script.starts_later;
    let resumed = all_put_back(Stateful::Optimizer)
        .find(is_used)
        .or_else(|| puts_back(Stateful::Epoch).filter(|_| goes_on || script.counts_on))
        .or_else(|| all_put_back(Stateful::Other).find(|state| goes_on && (!words.pretrained || state.resumes)));
    let Some(resumed) = resumed else { return };
    let stepped: Vec<_> =
        script.stepped.iter().filter(|id| !positioned(id) && !is_brought(id)).map(|id| plan.schedule(*id)).collect();
    // Each LR is the one before, times gamma: nothing is lost where that comes back.
    let needs_no_count = !stepped.is_empty() && stepped.iter().all(|schedule| schedule.class == "ExponentialLR");
    let brings_lr = resumed.of == Stateful::Optimizer || script.lr_from_checkpoint;
    if needs_no_count && brings_lr {
        return;
    }
    // Drops that the run has passed are in the LR of the checkpoint; what is left comes a little late.
    if script.lr_from_checkpoint && !stepped.is_empty() && stepped.iter().all(|schedule| goes_by_the_lr(schedule)) {
        return;
    }
    let is_plateau = !stepped.is_empty() && stepped.iter().all(|schedule| schedule.class == PLATEAU);
    // Set by hand, the LR is what it is meant to be.
    if is_plateau && !script.lr_writes.is_empty() && !by_hand::only_before_loops(plan) {
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
    if let Some(schedule) = stepped.first().copied().or(plan.schedules.first()) {
        finding.related.push((schedule.span, "this scheduler is not restored".to_owned()));
    }
    findings.push(finding);
}

/// Whether `last_epoch` is given a variable that takes the epoch of the checkpoint only later.
fn is_told_too_early(script: &Script, schedule: &ScheduleFacts) -> bool {
    let Some(told) = schedule.argument("last_epoch") else { return false };
    let is_taken = |name: &String| {
        let mut words = told.text.split(|char: char| !(char.is_alphanumeric() || char == '_' || char == '.'));
        // What an object keeps may be set by a method that stands anywhere.
        !name.contains('.') && words.any(|word| word == name)
    };
    let mut epochs = script.states.iter().filter(|state| state.restored && state.of == Stateful::Epoch).peekable();
    script.takes_epoch.iter().any(is_taken)
        && epochs.peek().is_some()
        && epochs.all(|epoch| epoch.span.source == schedule.span.source && epoch.span.start > schedule.span.end)
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

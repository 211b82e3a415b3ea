//! `scheduler.step(epoch)`.

use crate::classes::PLATEAU;
use crate::effect::names;
use crate::finding::{Confidence, Finding, Severity};
use crate::fix::{Change, Fix};
use crate::plan::{Evidence, Guard, Library, Plan, ScheduleId, SchedulerStep, StepArgument};
use crate::rule::{Rule, of_source};
use crate::rules::scheduler_not_checkpointed::rests_on_steps;
use crate::rules::scheduler_step_before_optimizer_step;
use crate::sites::{Frame, Site, sites};

/// The rule.
pub static RULE: Rule = Rule {
    name: "deprecated-epoch-argument",
    code: "LRS522",
    severity: Severity::Warning,
    confidence: Confidence::Certain,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "A scheduler of PyTorch is told the epoch: `scheduler.step(epoch)`.",
        why: "The argument is deprecated. It makes the scheduler jump: most classes then use a closed form that ignores what \
              happened before, `epoch - 1` lets the schedule lag, and composed schedulers do not take it at all.",
        example: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
for epoch in range(90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step(epoch)
",
        instead: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
for epoch in range(90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
        fine: "`ReduceLROnPlateau` takes a metric, `CosineAnnealingWarmRestarts` a fraction of an epoch, and the schedulers of \
               timm need the epoch. They are not reported, nor are classes of the script's own.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[
            // What a resumed run rests on cannot just be removed.
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
start_epoch = 0
if args.resume:
    checkpoint = torch.load(args.resume)
    start_epoch = checkpoint['epoch']
    optimizer.load_state_dict(checkpoint['optimizer'])
for epoch in range(start_epoch, 90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step(epoch)
",
            // Deprecated, and where a resumed run goes on.
            "
import torch
trained_steps = config['trained_steps']
optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
if trained_steps > 0:
    optimizer.load_state_dict(torch.load(path))
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 1000)
for epoch in range(100):
    for x in train_loader:
        trained_steps += 1
        loss(model(x)).backward()
        optimizer.step()
        scheduler.step(trained_steps)
",
            "
class Trainer:
    def __init__(self, optimizer, lr_scheduler):
        self.optimizer = optimizer
        self.lr_scheduler = lr_scheduler
    def _train_epoch(self, epoch):
        for x, y in self.train_loader:
            self.loss(x, y).backward()
            self.optimizer.step()
            self.lr_scheduler.step(epoch=epoch - 1)
",
            // At the beginning of the epoch, where it would be one ahead without it.
            "
import torch
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[30, 50, 80])
for epoch in range(100):
    scheduler.step(epoch)
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
",
            // The epoch by any name.
            "
import torch
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
sched = torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=15)
for i in range(15):
    for x, y in train_loader:
        loss(x, y).backward()
        opt.step()
    sched.step(i)
",
        ],
        pass: &[
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=10)
for epoch in range(90):
    for i, (x, y) in enumerate(train_loader):
        loss(x, y).backward()
        optimizer.step()
        scheduler.step(epoch + i / len(train_loader))
",
            "
from timm.scheduler import CosineLRScheduler
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = CosineLRScheduler(optimizer, t_initial=90)
for epoch in range(90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step(epoch + 1)
",
        ],
    },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    for site in sites(plan) {
        let Some(first) = &site.step.first else { continue };
        if site.step.arguments != Some(1) || site.step.schedules.is_empty() {
            continue;
        }
        // A class of torch other than the plateau takes whatever it is given for the epoch.
        let takes_epoch = |id: &ScheduleId| {
            let schedule = plan.schedule(*id);
            schedule.library == Library::Torch
                && schedule.evidence == Evidence::Proved
                && takes_no_epoch(plan, *id, false)
        };
        // The others that it may be are told a metric with good reason. A condition around may have chosen them.
        let (positioned, others): (Vec<ScheduleId>, Vec<ScheduleId>) =
            site.step.schedules.iter().copied().partition(takes_epoch);
        let is_plateau = |id: &ScheduleId| plan.schedule(*id).class == PLATEAU;
        let is_position = first.keyword.is_none()
            && !site.step.or_unknown
            && !positioned.is_empty()
            && (others.is_empty() || is_only_metric(first) && others.iter().all(is_plateau) && !is_chosen(&site));
        // So do restarts, which are told the epoch with good reason, and no metric.
        let is_restart = |id: &ScheduleId| {
            let schedule = plan.schedule(*id);
            schedule.evidence == Evidence::Proved && schedule.class == "CosineAnnealingWarmRestarts"
        };
        let restarts = first.keyword.is_none() && !site.step.or_unknown && site.step.schedules.iter().all(is_restart);
        if (is_position || restarts) && is_only_metric(first) {
            let class = names(plan, if restarts { &site.step.schedules } else { &positioned });
            let mut finding = RULE.finding(
                site.span,
                format!("{class} takes `{}` for the epoch.", first.text),
                "Only ReduceLROnPlateau watches a metric; any other schedule jumps to the position that the number names.",
                "Call step() without arguments.",
            );
            finding.severity = Severity::Error;
            if others.is_empty() {
                finding.fix = Some(without_arguments(plan, &site, "Remove the metric", false));
            }
            findings.push(finding);
            continue;
        }
        let by_keyword = first.keyword.as_deref() == Some("epoch");
        let counts = |is_so: fn(&str) -> bool| first.names.iter().any(|name| is_so(name)) && !is_metric(&first.text);
        let counts_steps = counts(is_step);
        // A position is one whatever it is called: `i` of `for i in range(epochs)`.
        let is_epoch = by_keyword || counts(is_epoch) || counts_steps || is_position && !is_metric(&first.text);
        // What is not in sight may take it; what is in sight does not.
        let takes_none: Vec<ScheduleId> =
            site.step.schedules.iter().copied().filter(|id| takes_no_epoch(plan, *id, by_keyword)).collect();
        let in_the_dark = |id: &ScheduleId| takes_none.contains(id) || is_out_of_sight(plan, *id);
        let all_take_none = !site.step.or_unknown && takes_none.len() == site.step.schedules.len();
        let some_take_none = takes_none.iter().any(takes_epoch) && site.step.schedules.iter().all(in_the_dark);
        if !is_epoch || !(all_take_none || some_take_none) {
            continue;
        }
        let class = names(plan, &takes_none);
        let mut finding = RULE.finding(
            site.span,
            format!(
                "{class}.step({}): the {} is a deprecated argument.",
                first.text,
                if counts_steps { "position" } else { "epoch" }
            ),
            "It makes the scheduler jump there; PyTorch warns about it at each call.",
            "Call step() without arguments.",
        );
        if !all_take_none || !proved(plan, site.step) {
            finding.confidence = Confidence::Likely;
        }
        // A count of steps may have started elsewhere, and so may the epochs.
        let title = if counts_steps { "Remove the position" } else { "Remove the epoch" };
        let is_safe = !(counts_steps || plan.script.starts_later);
        if rests_on_steps(plan, &site.step.schedules) {
            finding.help = "It alone brings a resumed run to where it was: store scheduler.state_dict() in the checkpoint, load it, \
                            and then call step() without arguments."
                .to_owned();
        } else if all_take_none {
            finding.fix = Some(without_arguments(plan, &site, title, is_safe));
        }
        findings.push(finding);
    }
}

/// The fix. A scheduler that is told the epoch at its beginning is where it should be; without that it would be one ahead, and
/// has to be stepped at the end.
fn without_arguments(plan: &Plan, site: &Site<'_>, title: &str, is_safe: bool) -> Fix {
    let removal = Change::RemoveArguments { call: site.span };
    let early = scheduler_step_before_optimizer_step::named_epochs(plan);
    let moved = early.into_iter().find(|finding| finding.span == site.span).and_then(|finding| finding.fix);
    match moved {
        Some(Fix { changes, .. }) => {
            let mut fix = Fix::not_safe(format!("{title}, and step after the training"), removal);
            fix.changes.extend(changes);
            fix
        }
        None if is_safe => Fix::safe(title, removal),
        None => Fix::not_safe(title, removal),
    }
}

fn proved(plan: &Plan, step: &SchedulerStep) -> bool {
    step.schedules.iter().all(|id| plan.schedule(*id).library == Library::Torch)
}

/// Whether a step stands behind a condition that holds for the whole run, or does not.
fn is_chosen(site: &Site<'_>) -> bool {
    site.frames.iter().any(|frame| matches!(frame, Frame::Arm(arm) if arm.guard == Guard::Fixed))
}

/// A class that the script may choose, of which only the name is known, or which hands on what it is told.
fn is_out_of_sight(plan: &Plan, id: ScheduleId) -> bool {
    let schedule = plan.schedule(id);
    schedule.library == Library::GradualWarmup || schedule.library == Library::Other && !schedule.steps_as_torch
}

fn takes_no_epoch(plan: &Plan, id: ScheduleId, by_keyword: bool) -> bool {
    let schedule = plan.schedule(id);
    match schedule.library {
        Library::Timm | Library::GradualWarmup => false,
        _ if schedule.steps_as_torch => true,
        Library::Torch => !matches!(schedule.class.as_str(), PLATEAU | "CosineAnnealingWarmRestarts" | "scheduler"),
        // A class that is not known, in a script that does not look like timm.
        Library::Other => by_keyword && !plan.schedules.iter().any(|other| other.library == Library::Timm),
    }
}

fn is_epoch(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "ep" || name == "e" || name.contains("epoch") && !name.contains("loss") && !name.contains("acc")
}

/// A count of optimizer steps: `train_step`, `global_step`, `iteration`.
fn is_step(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    matches!(name.as_str(), "step" | "iteration" | "iter" | "it" | "n_iter" | "num_iter" | "cur_iter")
        || name.ends_with("_step")
        || name.ends_with("_iteration")
}

/// A loss or an accuracy, and nothing of an epoch or a step.
pub(super) fn is_only_metric(first: &StepArgument) -> bool {
    let has = |words: &[&str]| {
        first.names.iter().any(|name| words.iter().any(|word| name.to_ascii_lowercase().contains(word)))
    };
    has(&["loss", "acc", "score", "metric"]) && !has(&["epoch", "step", "iter", "accum"])
}

fn is_metric(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["loss", "acc", "metric", "score", "val", "mean("].iter().any(|word| text.contains(word))
}

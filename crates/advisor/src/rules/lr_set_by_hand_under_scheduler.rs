//! The LR written by hand while a scheduler runs.

use crate::classes::PLATEAU;
use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{Action, Block, Evidence, Guard, Library, OptimizerId, Plan, ScheduleId, SetLr, Turn, Word};
use crate::rule::{Rule, of_source};
use crate::sites::{Arms, exclude};
use crate::span::Span;

/// The rule.
pub static RULE: Rule = Rule {
    name: "lr-set-by-hand-under-scheduler",
    code: "LRS627",
    severity: Severity::Warning,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "The LR of an optimizer is written by hand although a scheduler of the same optimizer is stepped.",
        why: "Most schedulers of PyTorch compute the next LR from the current one, so what is written stays in all later \
              values; others write their own over it. Neither is what the line says.",
        example: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=90)
for epoch in range(90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
    for group in optimizer.param_groups:
        group['lr'] = max(group['lr'], 0.01)
",
        instead: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=90, eta_min=0.01)
for epoch in range(90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
        fine: "A warmup by hand before the scheduler takes over, in branches that exclude each other, is fine, and so is an LR \
               that is written before the scheduler is built.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[
            // Of one of two optimizers.
            "
import torch
if args.solver == 'sgd':
    optimizer = torch.optim.SGD(groups, args.lr)
else:
    optimizer = torch.optim.Adam(groups, args.lr)
scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[30, 60])
for epoch in range(90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
    for group in optimizer.param_groups:
        group['lr'] = 0.01
",
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[100, 150])
if args.arch == 'resnet110':
    for group in optimizer.param_groups:
        group['lr'] = 0.01
for epoch in range(200):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
            // Where both happen every few batches, and nothing is known of the scheduler.
            "
import torch
class Trainer:
    def __init__(self, model, optimizer, scheduler):
        self.model, self.optimizer, self.scheduler = model, optimizer, scheduler
    def train(self):
        for step, batch in enumerate(self.loader):
            self.model(batch).backward()
            if (step + 1) % 4 == 0:
                if self.args.fp16:
                    for group in self.optimizer.param_groups:
                        group['lr'] = self.args.lr * linear(step / self.total)
                self.optimizer.step()
                self.scheduler.step()
                self.optimizer.zero_grad()
",
        ],
        pass: &[
            // It is put back as it was.
            "
import torch
def load(path, optimizer, scheduler):
    checkpoint = torch.load(path)
    try:
        optimizer.load_state_dict(checkpoint['optimizer'])
    except ValueError:
        old_lr = checkpoint['optimizer']['param_groups'][0]['lr']
        for group in optimizer.param_groups:
            group['lr'] = old_lr
    scheduler.load_state_dict(checkpoint['scheduler'])
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=90)
load(path, optimizer, scheduler)
for epoch in range(90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
            // A range test.
            "
import torch
class LRFinder:
    def __init__(self, model, optimizer):
        self.model, self.optimizer = model, optimizer
    def range_test(self, loader, start, end):
        kept = copy.deepcopy([self.model.state_dict(), self.optimizer.state_dict()])
        for step, (x, y) in enumerate(loader):
            for group in self.optimizer.param_groups:
                group['lr'] = start * (end / start) ** (step / len(loader))
            loss(self.model(x), y).backward()
            self.optimizer.step()
        self.model.load_state_dict(kept[0])
        self.optimizer.load_state_dict(kept[1])
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 90)
LRFinder(model, optimizer).range_test(train_loader, 1e-6, 1)
for epoch in range(90):
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
    scheduler.step()
",
            // Of one mode each.
            "
import torch
def train(mode, epochs):
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    if mode == 'cycle':
        schedule = lambda t: np.interp([t], [0, epochs // 2, epochs], [1e-3, 1e-2, 1e-3])[0]
    elif mode == 'step':
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 10)
    for epoch in range(epochs):
        for x, y in train_loader:
            if mode == 'cycle':
                lr = schedule(epoch)
                for group in optimizer.param_groups:
                    group['lr'] = lr
            loss(x, y).backward()
            optimizer.step()
        if mode == 'step':
            scheduler.step()
",
            // What the optimizer had before a scheduler was built on it.
            "
import torch
optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
lr = optimizer.param_groups[0]['lr']
scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.95)
optimizer.param_groups[0]['lr'] = lr
for epoch in range(100):
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
    scheduler.step()
",
            // A floor under drops of the LR in force.
            "
import torch
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=20, gamma=0.7)
for epoch in range(200):
    lr = max(optimizer.param_groups[0]['lr'], 1e-5)
    for group in optimizer.param_groups:
        group['lr'] = lr
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[100, 150])
for epoch in range(200):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    if epoch < 5:
        for group in optimizer.param_groups:
            group['lr'] = 0.1 * (epoch + 1) / 5
    else:
        scheduler.step()
",
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for group in optimizer.param_groups:
    group['lr'] = 0.01
scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[100, 150])
for epoch in range(200):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
        ],
    },
    check: of_source(check),
};

/// Whether each drop is one of the LR in force, whatever has set that.
fn multiplies_the_lr(class: &str) -> bool {
    matches!(class, "StepLR" | "MultiStepLR" | "ExponentialLR")
}

/// `max(group['lr'], 1e-5)`: the LR in force, where it is not too low.
fn is_floor(value: &[Word]) -> bool {
    let first = value.iter().find_map(|word| match word {
        Word::Text(text) => Some(text.trim_start_matches(['(', ' '])).filter(|text| !text.is_empty()),
        _ => None,
    });
    value.contains(&Word::Lr) && first.is_some_and(|text| text.starts_with("max("))
}

/// `scheduler`, `lr_scheduler`, of which no more is known.
fn names_scheduler(name: &str) -> bool {
    matches!(name, "scheduler" | "lr_scheduler")
}

/// A thing that happens, and the branches that it stands in: (branch, arm).
struct Event<'p> {
    kind: Kind<'p>,
    span: Span,
    arms: Arms,
    /// Inside the loop that trains.
    in_loop: bool,
    conditions: Vec<&'p str>,
    /// Which of the branches choose anew from turn to turn.
    changing: Vec<bool>,
}

impl Event<'_> {
    /// Whether this happens in some turns only of those in which another thing does.
    fn is_now_and_then_beside(&self, other: &Self) -> bool {
        let shared = self.arms.iter().zip(&other.arms).take_while(|(a, b)| a == b).count();
        self.changing[shared..].contains(&true)
    }
}

#[derive(Clone, Copy)]
enum Kind<'p> {
    Set(&'p SetLr),
    Built(ScheduleId),
    Stepped(&'p [ScheduleId]),
}

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    let stepped = &plan.script.optimizers_stepped;
    let mut events = Vec::new();
    collect(&plan.run, &mut Vec::new(), false, &mut Vec::new(), &mut Vec::new(), &mut events);
    for (at, write) in events.iter().enumerate() {
        let Kind::Set(set) = write.kind else { continue };
        let is_warmup = write.conditions.iter().any(|condition| condition.to_ascii_lowercase().contains("warm"));
        if is_warmup || set.text.contains("initial_lr") || set.text.to_ascii_lowercase().contains("warm") {
            continue;
        }
        // A range test sets the LR as it must.
        if plan.script.finders.iter().any(|finder| finder.whole.contains(write.span)) {
            continue;
        }
        // What the optimizer had before a scheduler was built on it, or still has.
        let is_as_built = |id: OptimizerId| !set.text.is_empty() && plan.optimizer(id).lr_text == set.text;
        if !write.in_loop && (is_own_lr(&set.value) || set.optimizer.is_some_and(is_as_built)) {
            continue;
        }
        let conflict = events.iter().enumerate().find_map(|(other_at, other)| {
            let Kind::Stepped(schedules) = other.kind else { return None };
            // What is called a scheduler and steps at each turn in which the LR is written, whatever it is.
            let is_beside = write.in_loop && other.in_loop && write.arms.starts_with(&other.arms);
            let id = schedules.iter().copied().filter(|id| !set.apart.contains(id)).find(|id| {
                let schedule = plan.schedule(*id);
                if schedule.evidence == Evidence::Named && schedule.library == Library::Other {
                    return is_beside && schedule.arguments.is_empty() && names_scheduler(&schedule.class);
                }
                // Where it is one of several, all that there are.
                let drives_all =
                    !schedule.may_drive.is_empty() && stepped.iter().all(|id| schedule.may_drive.contains(id));
                let same = match set.optimizer {
                    Some(_) => schedule.optimizer == set.optimizer,
                    None => match schedule.optimizer {
                        Some(own) => is_one_by_name(plan, own),
                        None => drives_all,
                    },
                };
                let built_before =
                    events[..at].iter().any(|event| matches!(event.kind, Kind::Built(built) if built == *id));
                let is_kept = multiplies_the_lr(&schedule.class) && is_floor(&set.value);
                same && built_before && !is_kept && schedule.evidence == Evidence::Proved && schedule.class != PLATEAU
            })?;
            // A change now and then under a scheduler in the same loop, or one before the loop.
            let meets = if write.in_loop { other.in_loop } else { other_at > at };
            (meets
                && other.in_loop
                && !exclude(&write.arms, &other.arms)
                && !(write.in_loop && write.is_now_and_then_beside(other)))
            .then_some((id, other.span))
        });
        let Some((id, step)) = conflict else { continue };
        if RULE.is_among(findings, write.span) {
            continue;
        }
        let class = match plan.schedule(id).evidence {
            Evidence::Named => "a scheduler",
            Evidence::Proved => plan.schedule(id).class.as_str(),
        };
        let mut finding = RULE.finding(
            write.span,
            format!("The LR is written by hand, but {class} drives it."),
            if write.in_loop {
                "The scheduler computes its next LR from what it finds, or writes over it."
            } else {
                "The scheduler goes on from the value written here, or writes over it; it never returns to the LR of the \
                 optimizer by itself."
            },
            "Leave the LR to the scheduler: a minimum is `eta_min`, a warmup a schedule of its own in SequentialLR.",
        );
        finding.related.push((step, "the scheduler is stepped here".to_owned()));
        findings.push(finding);
    }
}

/// Whether nothing is written but the LR in force.
fn is_own_lr(value: &[Word]) -> bool {
    let is_bracket = |text: &String| text.chars().all(|c| matches!(c, '(' | ')' | ' '));
    value.contains(&Word::Lr)
        && value.iter().all(|word| *word == Word::Lr || matches!(word, Word::Text(text) if is_bracket(text)))
}

/// Whether all optimizers that are stepped are one by name, of which branches build this kind or that.
fn is_one_by_name(plan: &Plan, own: OptimizerId) -> bool {
    let stepped = &plan.script.optimizers_stepped;
    let name = |id: &OptimizerId| plan.optimizer(*id).name.as_str();
    stepped.contains(&own) && !name(&own).is_empty() && stepped.iter().all(|id| name(id) == name(&own))
}

fn collect<'p>(
    block: &'p Block,
    arms: &mut Arms,
    in_loop: bool,
    conditions: &mut Vec<&'p str>,
    changing: &mut Vec<bool>,
    events: &mut Vec<Event<'p>>,
) {
    for node in block {
        let kind = match &node.action {
            Action::Loop(inner) => {
                let trains = inner.turn != Turn::Other || crate::sites::contains_optimizer_step(&inner.body);
                collect(&inner.body, arms, in_loop || trains, conditions, changing, events);
                continue;
            }
            Action::Branch(branch) => {
                for (index, arm) in branch.iter().enumerate() {
                    arms.push((node.span, index));
                    conditions.push(&arm.condition);
                    changing.push(arm.guard != Guard::Fixed);
                    collect(&arm.body, arms, in_loop, conditions, changing, events);
                    changing.pop();
                    conditions.pop();
                    arms.pop();
                }
                continue;
            }
            Action::SetLr(set) => Kind::Set(set),
            Action::BuildSchedule(id) => Kind::Built(*id),
            Action::SchedulerStep(step) => Kind::Stepped(&step.schedules),
            _ => continue,
        };
        let event = Event {
            kind,
            span: node.span,
            arms: arms.clone(),
            in_loop,
            conditions: conditions.clone(),
            changing: changing.clone(),
        };
        events.push(event);
    }
}

//! `ReduceLROnPlateau.step()` without the metric, or with the number of the epoch in its place.

use crate::classes::PLATEAU;
use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{ArgumentValue, Arm, Data, Evidence, Plan, ScheduleFacts, ScheduleId};
use crate::rule::{Rule, of_source};
use crate::sites::{Frame, Site, arms, sites};

/// The rule.
pub static RULE: Rule = Rule {
    name: "plateau-without-metric",
    code: "LRS301",
    severity: Severity::Error,
    confidence: Confidence::Certain,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "`ReduceLROnPlateau` is stepped without the metric that it watches.",
        why: "`step(metrics)` needs the metric: without it the call raises `TypeError: ReduceLROnPlateau.step() missing 1 \
              required positional argument: 'metrics'`, at the end of the first epoch. The number of the epoch in its place \
              raises nothing: with mode='min' it never gets better, and the LR is cut again and again; with mode='max' \
              it always does, and the LR is never cut.",
        example: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=5)
for epoch in range(90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
        instead: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=5)
for epoch in range(90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    val_loss = evaluate(model, val_loader)
    scheduler.step(val_loss)
",
        fine: "Where several classes are possible, the rule looks at those that the conditions on the way leave over, and \
               reports only if all of them need a metric.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[
            // One of those that an option chooses from.
            "
import torch
def schedule(optimizer, args):
    match args.scheduler:
        case 'plateau':
            return torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, 'min')
        case 'multi':
            return torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[30])
def train(args):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scheduler = schedule(optimizer, args)
    for epoch in range(90):
        for x, y in train_loader:
            loss(x, y).backward()
            optimizer.step()
        scheduler.step()
",
            // The condition leaves only the plateau.
            "
import torch
from torch.optim.lr_scheduler import ReduceLROnPlateau, StepLR
opt = torch.optim.SGD(model.parameters(), lr=0.1)
if args.sched == 'plateau':
    sched = ReduceLROnPlateau(opt)
else:
    sched = StepLR(opt, 30)
for epoch in range(90):
    for batch in train_loader:
        opt.step()
    if isinstance(sched, ReduceLROnPlateau):
        sched.step()
    else:
        sched.step()
",
            // Counts.
            "
import torch
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
sched = torch.optim.lr_scheduler.ReduceLROnPlateau(opt, mode='min', factor=0.1, patience=10)
for _ in tqdm(range(50), desc='epoch'):
    for batch in train_loader:
        loss(batch).backward()
        opt.step()
    sched.step(_)
",
            "
import torch
class T:
    def __init__(self, model):
        self.opt = torch.optim.SGD(model.parameters(), lr=0.1)
        self.sched = torch.optim.lr_scheduler.ReduceLROnPlateau(self.opt)
    def end(self):
        self.sched.step()
",
        ],
        pass: &[
            "
import torch
from torch.optim.lr_scheduler import ReduceLROnPlateau, CosineAnnealingLR
opt = torch.optim.SGD(model.parameters(), lr=0.1)
if args.sched == 'plateau':
    sched = ReduceLROnPlateau(opt)
elif args.sched == 'cosine':
    sched = CosineAnnealingLR(opt, T_max=90)
else:
    sched = None
for epoch in range(90):
    for batch in train_loader:
        opt.step()
    if args.sched == 'plateau':
        sched.step(val_loss)
    elif sched is not None:
        sched.step()
",
            // By a name, whatever is built.
            "
import torch
optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer)
config.scheduler = 'ReduceLROnPlateau'
for epoch in range(90):
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
    if config.scheduler == 'ReduceLROnPlateau':
        scheduler.step(val_loss)
    else:
        scheduler.step()
",
            "
import torch
opt = torch.optim.SGD(model.parameters(), lr=0.1)
sched = torch.optim.lr_scheduler.ReduceLROnPlateau(opt)
for epoch in range(90):
    for batch in train_loader:
        opt.step()
    if sched.__class__.__name__ != 'ReduceLROnPlateau':
        sched.step()
    else:
        sched.step(metrics=val_loss)
",
        ],
    },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    let all = sites(plan);
    // `if opt.scheduler == 'ReduceLROnPlateau': scheduler.step(loss)`, and without the loss else.
    let is_told = |site: &Site<'_>| {
        let names_plateau = |arm: &Arm| arm.condition.to_ascii_lowercase().contains("plateau");
        site.step.arguments == Some(1) && arms(&site.frames).any(names_plateau)
    };
    let tells_apart = all.iter().any(is_told);
    for site in &all {
        let step = site.step;
        if tells_apart && arms(&site.frames).next().is_some() {
            continue;
        }
        let is_plateau = |id: &&ScheduleId| plan.schedule(**id).class == PLATEAU;
        let Some(plateau) = step.schedules.iter().find(is_plateau).map(|id| plan.schedule(*id)) else { continue };
        let is_one_of_several = !step.schedules.iter().all(|id| is_plateau(&id));
        let in_loop = || site.frames.iter().any(|frame| matches!(frame, Frame::Loop(..)));
        // A function within a function may stand before it is built.
        let is_built = || plateau.evidence == Evidence::Proved && plateau.span < site.span;
        let is_sure = || is_built() && in_loop() && site.frames.iter().all(tells_no_class);
        if step.or_unknown || is_one_of_several && !is_sure() {
            continue;
        }
        let counter = step.first.as_ref().filter(|first| first.keyword.is_none() && first.data == Data::Counter);
        let (what, why) = match (step.arguments, counter) {
            (Some(0), _) => (
                match is_one_of_several {
                    true => "This step() has no metric for the ReduceLROnPlateau that may be stepped here.".to_owned(),
                    false => "ReduceLROnPlateau.step() is called without the metric it watches.".to_owned(),
                },
                "It raises TypeError: ReduceLROnPlateau.step() missing 1 required positional argument: 'metrics'.",
            ),
            (Some(1), Some(counter)) if !is_one_of_several => (
                format!("ReduceLROnPlateau watches `{}`, which only counts.", counter.text),
                if rises(plateau) {
                    "A number that rises at each step is always better with mode='max', so the LR is never cut, whatever \
                     the model does."
                } else {
                    "A number that rises at each step never gets better with mode='min', so the LR is cut each time that \
                     the patience is over, whatever the model does."
                },
            ),
            _ => continue,
        };
        let help = "Pass the value to watch, such as the validation loss of this epoch: scheduler.step(val_loss).";
        let mut finding = RULE.finding(site.span, what, why, help);
        if is_one_of_several {
            finding.confidence = Confidence::Likely;
        }
        finding.related.push((plateau.span, "built here".to_owned()));
        findings.push(finding);
    }
}

/// Whether what is around asks no more than whether there is a scheduler; anything else may rule the plateau out.
fn tells_no_class(frame: &Frame<'_>) -> bool {
    match frame {
        Frame::Loop(..) => true,
        Frame::Arm(arm) => {
            // Without the comment above it.
            let condition = arm.condition.split(" #").next().unwrap_or_default();
            let asked = condition.trim_end_matches(" is not None");
            asked.contains("sched") && asked.chars().all(|char| char.is_alphanumeric() || matches!(char, '_' | '.'))
        }
    }
}

/// Whether more is better.
fn rises(schedule: &ScheduleFacts) -> bool {
    matches!(schedule.argument("mode").map(|mode| &mode.value), Some(ArgumentValue::Text(mode)) if mode == "max")
}

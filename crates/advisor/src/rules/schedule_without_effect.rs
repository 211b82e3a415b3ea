//! A schedule whose end is its start.

use crate::classes::PLATEAU;
use crate::effect::number as number_text;
use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{ArgumentValue, Evidence, Library, Plan, ScheduleFacts, Turn};
use crate::quantity::Quantity;
use crate::rule::{READS_SOURCES, Rule};
use crate::rules::run::{number, schedules, value_or};
use crate::rules::written;
use crate::sites::{arms, sites};

/// The rule.
pub static RULE: Rule = Rule {
    name: "schedule-without-effect",
    code: "LRS622",
    severity: Severity::Warning,
    confidence: Confidence::Certain,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "The arguments of a schedule make it constant: `gamma=1`, `eta_min` equal to the LR, equal factors, no \
               milestones. Or a formula written by hand gives the same in all epochs.",
        why: "The LR never changes, although the code looks as if it did.",
        example: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.001)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=100, eta_min=0.001)
",
        instead: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.001)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=100, eta_min=0.00001)
",
        fine: "A flat phase of a composed schedule is one on purpose. Options whose defaults are equal can be set apart on the command line, so they are not reported.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[
            // 12 % 2.4 is not 0.
            "
import torch
optimizer = torch.optim.RMSprop(model.parameters(), lr=0.016)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2.4, gamma=0.97)
for epoch in range(90):
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
    scheduler.step()
",
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.001)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30, gamma=1.0)
",
            "
import torch
optimizer = torch.optim.Adam(model.parameters(), lr=1e-5)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, min_lr=1e-5)
",
            // Smaller than the eps of 1e-8.
            "
import torch
optimizer = torch.optim.Adam(model.parameters(), lr=1e-10)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer)
",
            // With one of two optimizers.
            "
import torch
if args.use_sgd:
    optimizer = torch.optim.SGD(model.parameters(), lr=args.lr * 100)
else:
    optimizer = torch.optim.Adam(model.parameters(), lr=args.lr)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, args.epochs, eta_min=args.lr)
",
        ],
        pass: &[
            // One to choose.
            "
import torch
def build(name, optimizer):
    if name == 'constant':
        return torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1, total_iters=10)
    return torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
",
            // Nobody has asked for a decay.
            "
import argparse
import torch
parser = argparse.ArgumentParser()
parser.add_argument('--lr_decay', type=float, default=0)
parser.add_argument('--lr', type=float, default=0.01)
args = parser.parse_args()
optimizer = torch.optim.SGD(model.parameters(), lr=args.lr)
for epoch in range(100):
    for group in optimizer.param_groups:
        group['lr'] = args.lr / (1 + args.lr_decay * epoch)
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
",
            "
import torch
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
if args.decay_lr:
    scheduler = torch.optim.lr_scheduler.LinearLR(optimizer, total_iters=args.epochs, end_factor=0.01)
else:
    scheduler = torch.optim.lr_scheduler.ConstantLR(optimizer, total_iters=args.epochs, factor=1.0)
for epoch in range(args.epochs):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.001)
scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[30], gamma=0.5)
",
            "
import torch
from torch.optim.lr_scheduler import ConstantLR, LinearLR, SequentialLR
optimizer = torch.optim.SGD(model.parameters(), lr=0.001)
stable = ConstantLR(optimizer, factor=1.0, total_iters=80)
cooldown = LinearLR(optimizer, start_factor=1.0, end_factor=0.01, total_iters=20)
scheduler = SequentialLR(optimizer, [stable, cooldown], [80])
",
        ],
    },
    check,
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    // A class of the user's own may have the name of one of torch's and other arguments.
    let is_known =
        |schedule: &ScheduleFacts| schedule.evidence == Evidence::Proved && schedule.library != Library::Other;
    if READS_SOURCES {
        by_hand(plan, findings);
    }
    never_patient(plan, findings);
    // What goes on from the LR that another scheduler has left says so.
    let goes_on = plan.script.words.initial_lr;
    for (id, schedule) in schedules(plan).filter(|(_, schedule)| is_known(schedule) && !goes_on) {
        // A phase of a longer schedule may well be flat, and so may one of several to choose from that is called constant.
        let is_chosen = schedule.class == "ConstantLR" && plan.schedules.len() > 1;
        if is_chosen || plan.is_part(id) {
            continue;
        }
        let broken = broken_step_size(schedule);
        let help = match &broken {
            Some(_) => "Take a whole number: of epochs, or of optimizer steps with a step() after each of them.",
            None => "Set the values apart, or leave the schedule out.",
        };
        let Some(because) = broken.or_else(|| constant_because(plan, schedule)) else { continue };
        let class = &schedule.class;
        let is_choice = schedule.optimizer.is_none() && schedule.may_drive.len() > 1;
        findings.push(RULE.finding(
            schedule.span,
            match is_choice {
                true => format!("With one of its optimizers this {class} never changes the LR: {because}."),
                false => format!("This {class} never changes the LR: {because}."),
            },
            "The run trains at a constant LR.",
            help,
        ));
    }
}

/// `0.1 ** (epoch % 10)` where `epoch % 10 == 0`.
fn by_hand(plan: &Plan, findings: &mut Vec<Finding>) {
    for written in written::written(plan) {
        if !(written.is_constant() && written.is_asked_for)
            || written.next_change.is_some()
            || RULE.is_among(findings, written.span)
        {
            continue;
        }
        let mut finding = RULE.finding(
            written.span,
            format!("`{}` is the same whenever it is written.", written.text),
            "The run trains at a constant LR.",
            "Compute it such that it changes with the epoch, or leave it out.",
        );
        finding.related.push((written.epochs, "the epochs of the run".to_owned()));
        findings.push(finding);
    }
}

/// A plateau scheduler that is stepped too rarely to lose its patience.
fn never_patient(plan: &Plan, findings: &mut Vec<Finding>) {
    for site in sites(plan) {
        let (Some((epochs, at, _)), [only]) = (site.innermost_loop(), &site.step.schedules[..]) else { continue };
        if epochs.turn != Turn::Epoch {
            continue;
        }
        let schedule = plan.schedule(*only);
        if schedule.class != PLATEAU || schedule.evidence != Evidence::Proved || site.step.or_unknown {
            continue;
        }
        let Some(patience) = value_or(schedule, "patience", 10.0) else { continue };
        // A composed schedule is stepped in every epoch.
        let calls = match READS_SOURCES {
            true => {
                let conditions: Vec<_> = arms(&site.frames).collect();
                written::epochs_where(&conditions, epochs, at).map(|when| when.len())
            }
            false => epochs.turns.value.map(|turns| turns as usize),
        };
        let Some(calls) = calls else { continue };
        // The first call only sets the best value.
        if (calls as f64) > patience + 1.0 || RULE.is_among(findings, schedule.span) {
            continue;
        }
        let mut finding = RULE.finding(
            schedule.span,
            "This ReduceLROnPlateau never changes the LR: the run ends before its patience does.",
            format!(
                "It waits for more than {} steps without progress, and is stepped {calls} times.",
                number_text(patience)
            ),
            "Give it less patience, or step it more often.",
        );
        finding.related.push((site.span, "stepped here".to_owned()));
        findings.push(finding);
    }
}

/// How many steps a StepLR with a broken step size is followed.
const LONGEST: u32 = 10_000;

/// A step size that torch never meets: it asks for `last_epoch % step_size != 0`, in floats.
fn broken_step_size(schedule: &ScheduleFacts) -> Option<String> {
    let size = number(schedule, "step_size").filter(|size| schedule.class == "StepLR" && size.is_literal())?.value?;
    let never = size.fract() != 0.0 && (1..=LONGEST).all(|step| f64::from(step) % size != 0.0);
    never.then(|| format!("no count of steps is a multiple of step_size={size}, in floating point"))
}

fn constant_because(plan: &Plan, schedule: &ScheduleFacts) -> Option<String> {
    let literal =
        |name: &str| number(schedule, name).filter(|number| number.is_literal()).and_then(|number| number.value);
    let text = |name: &str| schedule.argument(name).map(|argument| argument.text.clone()).unwrap_or_default();
    let equals_lr = |minimum: &Quantity| {
        let equals =
            |lr: &Quantity| lr.same(minimum) || lr.is_literal() && minimum.is_literal() && lr.value == minimum.value;
        let mut all = schedule.optimizer.iter().chain(&schedule.may_drive).map(|id| &plan.optimizer(*id).lr);
        all.any(equals).then_some(())
    };
    match schedule.class.as_str() {
        "StepLR" | "MultiStepLR" | "ExponentialLR" if literal("gamma") == Some(1.0) => Some("gamma is 1".to_owned()),
        "MultiStepLR" => match &schedule.argument("milestones")?.value {
            // Those of an option are none unless somebody asks for some.
            ArgumentValue::Numbers(milestones)
                if milestones.is_empty() && text("milestones").starts_with(['[', '(']) =>
            {
                Some("there are no milestones".to_owned())
            }
            _ => None,
        },
        "CosineAnnealingLR" | "CosineAnnealingWarmRestarts" => {
            equals_lr(number(schedule, "eta_min")?)?;
            Some(format!("eta_min={} is the LR itself", text("eta_min")))
        }
        // It lowers no LR by less than eps, and none below min_lr.
        PLATEAU => {
            let optimizer = plan.optimizer(schedule.optimizer?);
            let given = |name: &str| schedule.argument(name).map_or(Some(0.0), |_| literal(name));
            let (lr, minimum, eps) = (optimizer.lr.value?, given("min_lr")?, value_or(schedule, "eps", 1e-8)?);
            let is_whole = optimizer.all_parameters && optimizer.lr.is_literal();
            (is_whole && (0.0..=eps).contains(&(lr - minimum))).then(|| match minimum < lr {
                true => format!("no step from {} down is larger than eps={}", number_text(lr), number_text(eps)),
                false => format!("min_lr={} is not below the LR", text("min_lr")),
            })
        }
        "LinearLR" => {
            let (start, end) = (value_or(schedule, "start_factor", 1.0 / 3.0)?, value_or(schedule, "end_factor", 1.0)?);
            let literal = ["start_factor", "end_factor"]
                .iter()
                .all(|name| schedule.argument(name).is_none() || literal(name).is_some());
            (start == end && literal).then(|| "it starts and ends with the same factor".to_owned())
        }
        // In the place of another one it is there to be stepped, and means to change nothing.
        "ConstantLR" if literal("factor") == Some(1.0) && !is_one_of_several(plan, schedule) => {
            Some("the factor is 1".to_owned())
        }
        "PolynomialLR" if literal("power") == Some(0.0) => Some("the power is 0".to_owned()),
        "CyclicLR" => {
            let (base, top) = (number(schedule, "base_lr")?, number(schedule, "max_lr")?);
            (base.is_literal() && top.is_literal() && base.value == top.value).then(|| "base_lr is max_lr".to_owned())
        }
        _ => None,
    }
}

/// Whether the name of this schedule may stand for another one instead.
fn is_one_of_several(plan: &Plan, schedule: &ScheduleFacts) -> bool {
    let is_other = |other: &ScheduleFacts| other.span != schedule.span && other.name == schedule.name;
    !schedule.name.is_empty() && plan.schedules.iter().any(is_other)
}

//! A schedule that is longer or shorter than the run.

mod mistaken;
mod out_of_sight;

use crate::effect::{Drawing, Length, number, rough};
use crate::finding::{Confidence, Effect, Finding, Severity};
use crate::fix::{Change, Fix};
use crate::plan::{Action, Argument, Block, Choice, Plan, ScheduleId};
use crate::quantity::{Quantity, Unit};
use crate::rule::{READS_SOURCES, Rule};
use crate::rules::run::{self, Stepped};
use mistaken::{counts_examples, divides_twice, no_length, of_divided, of_examples};
use out_of_sight::{handed_on, one_epoch_of_batches};

/// The rule.
pub static RULE: Rule = Rule {
    name: "length-differs-from-run",
    code: "LRS402",
    severity: Severity::Error,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "The length of a schedule (`T_max`, `num_training_steps`, `total_iters`) is not the length of the run.",
        why: "A schedule that is too long is cut off: the LR never gets to its end, and the last epochs, which need the \
              lowest LR, do not have it. One that is too short stays at its end, and a cosine rises again: \
              `CosineAnnealingLR` has period 2 T_max.",
        example: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=200)
for epoch in range(50):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
        instead: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=50)
for epoch in range(50):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
        fine: "A length computed from that of the run (`epochs - warmup_epochs`) is taken to be meant; so is one that leaves \
               room for a warmup. Differences of one twentieth are not reported.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[
            // The trainer was made with the number of epochs.
            "
import torch
from neuralop import Trainer
optimizer = torch.optim.AdamW(model.parameters(), lr=8e-3)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=30)
trainer = Trainer(model=model, n_epochs=20)
trainer.train(train_loader=train_loader, optimizer=optimizer, scheduler=scheduler)
",
            "
import torch
from transformers import get_linear_schedule_with_warmup
num_epochs = 3
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
scheduler = get_linear_schedule_with_warmup(optimizer, 100, len(train_loader))
for epoch in range(num_epochs):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
        scheduler.step()
",
            // That is an eta_min.
            "
import torch
from engine import fit
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=1e-6)
fit(model, optimizer, train_loader, scheduler)
",
            // Stepped out of sight.
            "
import torch
from engine import fit
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=50)
fit(model, optimizer, train_loader, scheduler, epochs=5)
",
            // The batches of one epoch, stepped out of sight.
            "
import argparse
import torch
from engine import SimCLR
parser = argparse.ArgumentParser()
parser.add_argument('--epochs', default=200, type=int)
args = parser.parse_args()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-4)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=len(train_loader))
SimCLR(model=model, optimizer=optimizer, scheduler=scheduler, args=args).train(train_loader)
",
            // Examples are no batches.
            "
import torch
from transformers import get_scheduler
optimizer = torch.optim.AdamW(model.parameters(), lr=5e-5)
scheduler = get_scheduler('linear', optimizer=optimizer, num_warmup_steps=5, num_training_steps=len(train_dataset) * 3)
for epoch in range(3):
    for batch in train_loader:
        loss(batch).backward()
        optimizer.step()
        scheduler.step()
",
            // Batches of batches.
            "
import torch
from transformers import get_scheduler
def train(train_loader, batch_size, epochs):
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-5)
    total = int(len(train_loader) / batch_size * epochs)
    scheduler = get_scheduler('linear', optimizer=optimizer, num_warmup_steps=5, num_training_steps=total)
    for epoch in range(epochs):
        for batch in train_loader:
            loss(batch).backward()
            optimizer.step()
            scheduler.step()
",
            // Full batch.
            "
import torch
optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=50)
for epoch in range(20):
    loss(x, y).backward()
    optimizer.step()
    scheduler.step()
",
        ],
        pass: &[
            // Built anew for each snapshot.
            "
import torch
epochs = 300
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 60)
for epoch in range(epochs):
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
    scheduler.step()
    if (epoch + 1) % 60 == 0:
        torch.save(model.state_dict(), path)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 60)
",
            // Five arcs, on purpose.
            "
import torch
num_epochs = 100
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=num_epochs // 5)
for epoch in range(num_epochs):
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
    scheduler.step()
",
            // Steps, by what they count.
            "
import torch
from engine import fit
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=5000)
fit(model, optimizer, train_loader, scheduler, epochs=50)
",
            "
import torch
def main(epochs=100, warmup_epochs=5):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs - warmup_epochs)
    for epoch in range(epochs):
        for x, y in train_loader:
            loss(x, y).backward()
            optimizer.step()
        if epoch < warmup_epochs:
            for group in optimizer.param_groups:
                group['lr'] = 0.1 * (epoch + 1) / warmup_epochs
        else:
            scheduler.step()
",
        ],
    },
    check,
};

/// Whether a schedule is built on a way that is not taken by default.
fn is_no_default(block: &Block, id: ScheduleId) -> bool {
    block.iter().any(|node| match &node.action {
        Action::Loop(inner) => is_no_default(&inner.body, id),
        Action::Branch(arms) => arms.iter().any(|arm| {
            is_no_default(&arm.body, id)
                || arm.chosen.by.iter().any(Choice::is_against_default) && run::builds(&arm.body, id) > 0
        }),
        _ => false,
    })
}

/// Smaller differences are rounding, or a run that stops a little early.
const TOLERANCE: f64 = 0.05;

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    for stepped in run::stepped(plan) {
        let Some((argument, length)) = total(&stepped) else { continue };
        let length = &length;
        // Another unit is another rule's business.
        let other_unit = if stepped.per_step { length.unit == Unit::Epochs } else { length.unit.is_steps() };
        if stepped.held_back || other_unit || plan.is_part(stepped.id) {
            continue;
        }
        // Who chooses it where another one is the default gives its length, too.
        if READS_SOURCES && length.assumed && stepped.calls.assumed && is_no_default(&plan.run, stepped.id) {
            continue;
        }
        if READS_SOURCES && stepped.per_step && counts_examples(length) {
            findings.push(of_examples(argument, &stepped));
            continue;
        }
        if READS_SOURCES && stepped.per_step && divides_twice(length) {
            findings.push(of_divided(argument, &stepped));
            continue;
        }
        let Some(ratio) = length.ratio(&stepped.calls) else { continue };
        // More steps than there are in a cycle are another rule's business.
        if stepped.schedule.class == "OneCycleLR" && ratio < 1.0 {
            continue;
        }
        // `epochs - warmup` is on purpose; three times as many epochs as there are cannot be.
        let is_derived = !length.same(&stepped.calls)
            && length.multiple(&stepped.calls).is_none_or(|times| times < 2.0)
            && length.shares_symbol(&stepped.calls)
            && !(stepped.per_step && length.value.is_none());
        if (ratio - 1.0).abs() <= TOLERANCE
            || is_derived
            || is_part_of_run(&argument.text, ratio)
            || ratio < 1.0 && plan.script.words.warmup && !stepped.per_step
        {
            continue;
        }
        if stepped.per_step && epochs_taken_for_steps(length, &stepped) {
            continue;
        }
        if RULE.is_among(findings, argument.span) {
            continue;
        }
        findings.push(finding(plan, &stepped, argument, ratio));
    }
    for (id, schedule) in run::schedules(plan) {
        no_length(plan, id, schedule, findings);
    }
    if READS_SOURCES {
        for (id, epochs) in &plan.script.epochs_handed_on {
            handed_on(plan, *id, epochs, findings);
        }
        for id in &plan.script.handed_on {
            one_epoch_of_batches(plan, *id, findings);
        }
    }
}

/// `epochs // 5` of a run of that many epochs: so many arcs of a cosine on purpose. An even number of them ends at the top.
fn is_part_of_run(text: &str, ratio: f64) -> bool {
    let Some((whole, parts)) = text.split_once('/') else { return false };
    let is_name = whole.trim().starts_with(|first: char| first.is_alphabetic() || first == '_');
    let parts = parts.trim_start_matches('/').trim().parse::<f64>();
    is_name && parts.is_ok_and(|parts| parts % 2.0 == 1.0 && (ratio * parts - 1.0).abs() <= TOLERANCE)
}

fn finding(plan: &Plan, stepped: &Stepped<'_>, argument: &Argument, ratio: f64) -> Finding {
    let (name, text) = (&argument.name, &argument.text);
    let length = match stepped.calls.value {
        Some(value) if stepped.per_step => format!("{} steps", number(value)),
        Some(value) => format!("{} epochs", number(value)),
        None => "the run".to_owned(),
    };
    let is_cosine = stepped.schedule.class == "CosineAnnealingLR";
    let (what, why) = if ratio > 1.0 {
        (
            format!("`{name}={text}` is {} times as long as {length}.", rough(ratio)),
            "The schedule is cut off: the LR never gets to its end.",
        )
    } else {
        (
            format!("`{name}={text}` covers {} % of {length}.", rough(ratio * 100.0)),
            if is_cosine { "After that the cosine rises again." } else { "After that the LR stays where it is." },
        )
    };
    let help = match stepped.calls.value {
        Some(value) => format!("Make it as long as the run: {name}={}.", number(value)),
        None => "Make it as long as the run: the number of epochs times the number of batches.".to_owned(),
    };
    let from = run::where_from(argument.value.quantities().iter().chain([&stepped.calls]));
    let mut finding = RULE.finding(argument.span, what, format!("{why}{from}"), help);
    finding.related.push((stepped.site.span, "stepped here".to_owned()));
    if let Some(value) = stepped.calls.value.filter(|_| stepped.calls.is_literal()) {
        finding.fix = Some(Fix::not_safe(
            format!("Set `{name}` to {}", number(value)),
            Change::Replace { span: argument.span, text: number(value) },
        ));
    }
    finding.effect = effect(plan, stepped, argument, ratio);
    finding
}

/// The argument that says how long the schedule as a whole is.
fn total<'p>(stepped: &Stepped<'p>) -> Option<(&'p Argument, Quantity)> {
    let schedule = stepped.schedule;
    let name = match schedule.class.as_str() {
        "CosineAnnealingLR" => "T_max",
        "PolynomialLR" => "total_iters",
        // A ramp up is a warmup and shorter on purpose.
        "LinearLR" => {
            let (start, end) =
                (run::value_or(schedule, "start_factor", 1.0 / 3.0)?, run::value_or(schedule, "end_factor", 1.0)?);
            if start <= end {
                return None;
            }
            "total_iters"
        }
        "get_linear_schedule_with_warmup"
        | "get_cosine_schedule_with_warmup"
        | "get_cosine_with_hard_restarts_schedule_with_warmup"
        | "get_polynomial_decay_schedule_with_warmup"
        | "get_scheduler" => "num_training_steps",
        "OneCycleLR" if schedule.argument("total_steps").is_some() => "total_steps",
        "OneCycleLR" => {
            let (epochs, steps) = (run::number(schedule, "epochs")?, run::number(schedule, "steps_per_epoch")?);
            return Some((schedule.argument("epochs")?, epochs.times(steps)));
        }
        _ => return None,
    };
    Some((schedule.argument(name)?, run::number(schedule, name)?.clone()))
}

/// A bare number not above that of the epochs, stepped per batch: another rule tells that.
fn epochs_taken_for_steps(length: &Quantity, stepped: &Stepped<'_>) -> bool {
    let epochs = stepped.site.epochs().and_then(|epochs| epochs.value);
    epochs.zip(length.value).is_some_and(|(epochs, length)| length <= epochs)
}

fn effect(plan: &Plan, stepped: &Stepped<'_>, argument: &Argument, ratio: f64) -> Option<Effect> {
    const EXAMPLE_RUN: f64 = 100.0;
    let calls = stepped.calls.value.unwrap_or(EXAMPLE_RUN * 10.0);
    let one = Quantity::one();
    let epochs = Quantity::number(calls);
    let length = Length::of(Some(&epochs), Some(&one));
    let drawing = Drawing::new(plan, stepped.schedule, &length);
    let draw = |meant: bool| {
        drawing.draw(plan, stepped.schedule, &length, calls, &|other, _, value| {
            if !std::ptr::eq(other, argument) {
                return value;
            }
            if meant { calls } else { calls * ratio }
        })
    };
    let (written, intended) = (draw(false)?, draw(true)?);
    Some(Effect {
        summary: format!(
            "The run ends with an LR of {}; meant was {}.",
            rough(*written.last()?),
            rough(*intended.last()?)
        ),
        assumed: drawing.assumed,
        unit: if stepped.per_step { "step" } else { "epoch" },
        written,
        intended,
    })
}

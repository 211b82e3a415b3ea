//! A scheduler whose length does not fit the part of the run that it is active in.

use super::entry::{Entry, entries, run};
use crate::effect::{number, rough};
use crate::finding::{Confidence, Effect, Finding, Severity};
use crate::plan::{Owner, Plan};
use crate::rule::{Rule, of_source};
use crate::settings::drawn;

/// The rule.
pub static RULE: Rule = Rule {
    name: "mmengine-scheduler-range",
    code: "LRS721",
    severity: Severity::Warning,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "An entry of `param_scheduler` ends before it begins, begins after the run has ended, or has a `T_max` that is \
               not the distance between its `begin` and its `end`.",
        why: "mmengine counts from `begin`. A cosine with `T_max=300` that begins at epoch 20 of 300 is cut off after 280 of its \
              epochs and does not get to its lowest LR; one with a `T_max` shorter than its range goes up again. An \
              entry that ends before it begins is refused with a ValueError.",
        example: "
optim_wrapper = dict(optimizer=dict(type='AdamW', lr=0.001))
param_scheduler = [
    dict(type='LinearLR', start_factor=1e-3, by_epoch=True, begin=0, end=20, convert_to_iter_based=True),
    dict(type='CosineAnnealingLR', T_max=300, by_epoch=True, begin=20, end=300),
]
train_cfg = dict(by_epoch=True, max_epochs=300)
",
        instead: "
optim_wrapper = dict(optimizer=dict(type='AdamW', lr=0.001))
param_scheduler = [
    dict(type='LinearLR', start_factor=1e-3, by_epoch=True, begin=0, end=20, convert_to_iter_based=True),
    dict(type='CosineAnnealingLR', T_max=280, by_epoch=True, begin=20, end=300),
]
train_cfg = dict(by_epoch=True, max_epochs=300)
",
        fine: "`T_max` may be left out: it is then just that distance. Numbers that come from a base config are not known \
               and not judged; nor is a `T_max` that divides the range into an even number of halves, which is a \
               cycle on purpose.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[
            "
param_scheduler = [
    dict(type='LinearLR', start_factor=0.1, by_epoch=True, begin=0, end=5),
    dict(type='MultiStepLR', by_epoch=True, begin=10, end=5, milestones=[3], gamma=0.1),
]
train_cfg = dict(by_epoch=True, max_epochs=12)
",
            "# schedule.yaml
param_scheduler:
  - {type: LinearLR, start_factor: 0.001, begin: 0, end: 1000}
train_cfg: {by_epoch: true, max_epochs: 12}
",
        ],
        pass: &[
            "
_base_ = ['./base.py']
max_epochs = 300
param_scheduler = [
    dict(type='LinearLR', start_factor=1e-5, by_epoch=False, begin=0, end=1000),
    dict(
        type='CosineAnnealingLR',
        eta_min=0.0002,
        begin=max_epochs // 2,
        end=max_epochs,
        T_max=max_epochs // 2,
        by_epoch=True,
        convert_to_iter_based=True,
    ),
]
train_cfg = dict(max_epochs=max_epochs)
",
            "
param_scheduler = [
    dict(type='LinearLR', start_factor=0.001, by_epoch=False, begin=0, end=500),
    dict(type='MultiStepLR', begin=0, end=12, by_epoch=True, milestones=[8, 11], gamma=0.1),
]
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=12, val_interval=1)
",
        ],
    },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    for entry in entries(plan) {
        let found = reversed(&entry).or_else(|| outside(plan, &entry)).or_else(|| length_differs(plan, &entry));
        findings.extend(found);
    }
}

fn reversed(entry: &Entry<'_>) -> Option<Finding> {
    let end = entry.settings.argument("end")?;
    if entry.end? > entry.begin {
        return None;
    }
    let mut finding = RULE.finding(
        end.span,
        format!("This {} ends at {} and begins at {}.", entry.settings.class, number(entry.end?), number(entry.begin)),
        "mmengine raises a ValueError: end should be larger than begin.",
        "Give an `end` after the `begin`; both count from the start of the run.",
    );
    (finding.severity, finding.confidence) = (Severity::Error, Confidence::Certain);
    Some(finding)
}

/// Begins, or as a warmup ends, after the run.
fn outside(plan: &Plan, entry: &Entry<'_>) -> Option<Finding> {
    let run = run(plan).filter(|run| run.by_epoch == entry.by_epoch)?;
    let warmup = entry.settings.class.starts_with("Linear") && entry.begin == 0.0;
    let (argument, what) = if entry.begin >= run.length {
        (entry.settings.argument("begin")?, "begins after the run has ended")
    } else if warmup && entry.end? > run.length {
        (entry.settings.argument("end")?, "goes on after the run has ended")
    } else {
        return None;
    };
    let mut finding = RULE.finding(
        argument.span,
        format!(
            "This {} {what}: {} {} against {}.",
            entry.settings.class,
            argument.text,
            entry.unit(),
            number(run.length)
        ),
        "What it is meant to do to the LR is not done, or not to its end.",
        if entry.by_epoch {
            "If the number counts iterations, say so: by_epoch=False."
        } else {
            "If the number counts epochs, say so: by_epoch=True."
        },
    );
    finding.related.push((run.argument.span, "the length of the run".to_owned()));
    Some(finding)
}

fn length_differs(plan: &Plan, entry: &Entry<'_>) -> Option<Finding> {
    if entry.settings.class != "CosineAnnealingLR" {
        return None;
    }
    let argument = entry.settings.argument("T_max")?;
    let length = entry.settings.number("T_max")?.value?;
    let range = entry.end? - entry.begin;
    // Up and down again, some number of times.
    let cycles = range / length;
    if length <= 0.0 || range <= 0.0 || cycles == 1.0 || cycles > 1.0 && cycles.fract() == 0.0 {
        return None;
    }
    let mut finding = RULE.finding(
        argument.span,
        format!(
            "`T_max` is {} and the schedule is active for {} {}, from {} to {}.",
            number(length),
            number(range),
            entry.unit(),
            number(entry.begin),
            number(entry.end?)
        ),
        if length > range {
            "It is cut off before it gets to its lowest LR."
        } else {
            "Beyond `T_max` the cosine goes up again."
        },
        format!("Write T_max={}, or leave it out: that is the default.", number(range)),
    );
    finding.effect = effect(plan, entry, length, range);
    Some(finding)
}

fn effect(plan: &Plan, entry: &Entry<'_>, length: f64, range: f64) -> Option<Effect> {
    let lr = plan.settings_of(Owner::MmengineRun).find_map(|run| run.number("lr")).cloned().unwrap_or_default();
    let floor = match entry.settings.argument("eta_min") {
        Some(_) => entry.settings.number("eta_min")?.value?,
        // A part of an LR that a base config may give.
        None if entry.settings.argument("eta_min_ratio").is_some() => {
            entry.settings.number("eta_min_ratio")?.value? * lr.value?
        }
        None => 0.0,
    };
    let text = |length: f64| format!("CosineAnnealingLR(T_max={}, eta_min={})", number(length), number(floor));
    drawn([&text(length), &text(range)], &lr, range, Vec::new(), |written, intended| {
        Some(format!(
            "Its last LR is {}; with T_max={} it is {}.",
            rough(*written.last()?),
            number(range),
            rough(*intended.last()?)
        ))
    })
}

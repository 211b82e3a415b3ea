//! The schedules of a plan, ready to be drawn: as constructor text with a number wherever one is needed.

use crate::effect::{Length, constructor};
use crate::plan::{Plan, ScheduleFacts, ScheduleId, Turn};
use crate::sites::{Cadence, Frame, Site, sites};
use crate::span::Span;

/// A schedule that a plan builds.
#[derive(Clone, Debug, PartialEq)]
pub struct Detected {
    /// Name of the class.
    pub class: String,
    /// The constructor call.
    pub span: Span,
    /// The schedule in the notation.
    pub text: String,
    /// LR that its optimizer is built with.
    pub lr: f64,
    /// How often it is stepped in the run.
    pub length: u64,
    /// What that counts: `epochs` or `steps`.
    pub unit: &'static str,
    /// What had to be assumed; empty where everything was read.
    pub assumed: Vec<String>,
}

/// The schedules of a plan that can be written with numbers only, parts of others left out.
pub fn detected(plan: &Plan) -> Vec<Detected> {
    let sites = sites(plan);
    let ids = (0..plan.schedules.len()).map(ScheduleId);
    let whole = ids.filter(|id| !plan.is_part(*id));
    whole.filter_map(|id| of(plan, id, &sites)).collect()
}

fn of(plan: &Plan, id: ScheduleId, sites: &[Site<'_>]) -> Option<Detected> {
    let schedule = plan.schedule(id);
    let site = sites.iter().find(|site| site.step.schedules.contains(&id));
    let length = Length::of(site.and_then(Site::epochs), site.and_then(|site| batches(site)));
    let (mut longest, mut is_known) = (0.0_f64, true);
    let text = constructor(plan, schedule, &mut |_, quantity, is_length| {
        let value = length.value(quantity)?;
        if !is_length {
            return Some(value);
        }
        is_known &= quantity.value.is_some();
        longest = longest.max(value);
        Some(value.round().max(1.0))
    })?;
    let (unit, count) = match site.map(Site::cadence) {
        Some(Cadence::PerEpoch(..)) => ("epochs", length.epochs),
        Some(_) => ("steps", length.epochs * length.steps_per_epoch),
        None => ("steps", by_itself(&schedule.class, longest)),
    };
    let mut assumed: Vec<String> = length.assumed().to_vec();
    if site.is_none() {
        if is_known {
            assumed.clear();
        }
        assumed.push(format!("{count} calls of step()"));
    }
    let lr = base_lr(plan, schedule).unwrap_or_else(|| {
        assumed.push("a base LR of 0.1".into());
        0.1
    });
    let class = schedule.class.clone();
    Some(Detected { class, span: schedule.span, text, lr, length: count.clamp(1.0, 1e9) as u64, unit, assumed })
}

/// As many steps as show what a schedule does whose longest length is this, where none steps it in sight.
fn by_itself(class: &str, longest: f64) -> f64 {
    const WITHOUT_LENGTH: f64 = 100.0;
    match class {
        _ if longest < 1.0 => WITHOUT_LENGTH,
        // Drops, of which the last is to be seen.
        "StepLR" => longest * 4.0,
        "MultiStepLR" => (longest * 1.25).ceil(),
        _ => longest,
    }
}

fn base_lr(plan: &Plan, schedule: &ScheduleFacts) -> Option<f64> {
    plan.optimizer(schedule.optimizer?).lr.value.filter(|lr| *lr > 0.0)
}

/// The turns of the loop over batches around a place.
fn batches<'p>(site: &Site<'p>) -> Option<&'p crate::quantity::Quantity> {
    site.frames.iter().rev().find_map(|frame| match frame {
        Frame::Loop(inner, _) if inner.turn == Turn::Batch => Some(&inner.turns),
        _ => None,
    })
}

//! What frameworks do that run the training loop themselves, from what they are told.
//!
//! ```text
//! Settings --Told: numbers, as given, asked for or by default--> schedules and a length --Recorder--> Track
//! ```
//!
//! One file for each framework. Every default that is not plain nothing is noted, every number without one asked for.

mod axolotl;
mod deepspeed;
mod keras;
mod mmengine;
mod mmengine_rules;
mod recorder;
mod sd_scripts;
mod timm;
pub(super) mod timm_factory;
mod told;
mod transformers;
mod unseen;

use super::metrics::Metrics;
use super::numbers::Numbers;
use super::{Given, Simulation, Stopped, Track};
use crate::plan::{Driver, Owner, Plan, ScheduleId};
use told::Told;

/// What a framework does with its settings.
type Run = for<'p> fn(&'p Plan, &mut Told<'p, '_, '_>, &mut Metrics<'_>) -> Result<Track, Stopped>;

/// The frameworks, by what takes the settings that a run begins with.
fn framework(owner: Owner) -> Option<Run> {
    Some(match owner {
        Owner::TrainingArguments | Owner::Axolotl => transformers::run,
        Owner::DeepSpeedScheduler => deepspeed::run,
        Owner::MmengineRun => mmengine::run,
        Owner::TimmOptions => timm::run,
        Owner::KerasFit => keras::run,
        Owner::SdScripts => sd_scripts::run,
        _ => return None,
    })
}

/// Whether a plan tells a framework that is followed what to do.
pub(super) fn concern(plan: &Plan) -> bool {
    plan.settings.iter().any(|settings| framework(settings.owner).is_some())
}

/// Goes through the runs of the frameworks that a plan tells something; `None` where it tells none.
pub(super) fn run(plan: &Plan, given: &Given, metrics: &[f64]) -> Option<Result<Simulation, Stopped>> {
    let mut done = Simulation::default();
    let mut stopped = None;
    let mut take = |track: Result<Track, Stopped>, mut numbers: Numbers<'_>| match track {
        Ok(track) => {
            done.tracks.push(track);
            done.notes.append(&mut numbers.notes);
            done.batches = done.batches.take().or(numbers.batches);
        }
        Err(stop) => stopped = stopped.take().or(Some(stop)),
    };
    for settings in &plan.settings {
        let Some(run) = framework(settings.owner) else { continue };
        let mut numbers = Numbers::new(given);
        take(run(plan, &mut Told::new(settings, &mut numbers), &mut Metrics::new(metrics)), numbers);
    }
    if plan.driver == Driver::Unseen {
        for id in (0..plan.schedules.len()).map(ScheduleId).filter(|id| !plan.is_part(*id)) {
            let mut numbers = Numbers::new(given);
            take(unseen::run(plan, id, &mut numbers, &mut Metrics::new(metrics)), numbers);
        }
    }
    match stopped {
        Some(stop) if done.tracks.is_empty() => Some(Err(stop)),
        _ => (!done.tracks.is_empty()).then_some(Ok(done)),
    }
}

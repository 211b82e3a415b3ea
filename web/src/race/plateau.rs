//! What a plateau schedule counts while it listens to the loss of a lane.

use scheduler::{PlateauCounters, Schedule, Scheduler};

use super::Results;
use crate::state::State;

/// The counters of a plateau schedule after the steps that are shown, for its first seed.
#[derive(Clone, Debug, PartialEq)]
pub struct Plateau {
    /// Which schedule.
    pub schedule: usize,
    /// Its name.
    pub name: String,
    /// Best loss, bad steps, cooldown.
    pub counters: PlateauCounters,
    /// Bad steps that are let pass.
    pub patience: i64,
    /// The steps after which the LR was cut, with the LR from there on.
    pub cuts: Vec<(usize, f64)>,
}

/// Replays the plateau schedules of a live race on the losses that they have heard.
pub fn plateaus(results: &Results, state: &State) -> Vec<Plateau> {
    let schedules = state.schedules.iter().enumerate();
    let plateaus = schedules.filter_map(|(index, named)| {
        let Schedule::ReduceLROnPlateau(parameters) = &named.schedule else { return None };
        let lane = results.of_schedule(index).next()?;
        let mut optimizer = state.scheduler_optimizer(named.lr);
        let mut scheduler = Scheduler::new(&named.schedule, &mut optimizer).ok()?;
        let mut cuts = Vec::new();
        let mut lr = named.lr;
        // A recording has fewer losses than steps, and nothing can be counted from them.
        let losses = if results.every == 1 { results.losses(lane) } else { &[] };
        for (step, loss) in losses.iter().enumerate() {
            scheduler.step(&mut optimizer, Some(f64::from(*loss))).ok()?;
            let now = optimizer.lrs().first().copied()?;
            if now < lr {
                cuts.push((step, now));
            }
            lr = now;
        }
        let (counters, patience) = (scheduler.plateau()?, parameters.patience);
        Some(Plateau { schedule: index, name: named.name.clone(), counters, patience, cuts })
    });
    plateaus.collect()
}

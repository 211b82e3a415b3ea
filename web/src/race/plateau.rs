//! What a plateau schedule has counted while it listened to its lane.

use scheduler::Schedule;

use super::Results;
use crate::state::State;

/// The counters of a plateau schedule after the steps that are shown, for its first seed.
#[derive(Clone, Debug, PartialEq)]
pub struct Plateau {
    /// Which schedule.
    pub schedule: usize,
    /// Its name.
    pub name: String,
    /// The best metric so far, where it has heard one.
    pub best: Option<f32>,
    /// Bad metrics in a row.
    pub bad: u32,
    /// Bad metrics that are let pass.
    pub patience: i64,
    /// The steps after which the LR was cut, with the LR from there on.
    pub cuts: Vec<(usize, f64)>,
}

/// The plateau schedules of a live race, as the trainer has reported them.
pub fn plateaus(results: &Results, state: &State) -> Vec<Plateau> {
    let schedules = state.schedules.iter().enumerate();
    let plateaus = schedules.filter_map(|(index, named)| {
        let Schedule::ReduceLROnPlateau(parameters) = &named.schedule else { return None };
        let lane = results.of_schedule(index).next()?;
        let told = lane.told.iter().take_while(|(step, _)| *step < results.steps).last();
        let (best, bad) = told.map_or((None, 0), |(_, counters)| (counters.best, counters.bad));
        let shown = &lane.lrs[..results.steps.min(lane.lrs.len())];
        let cut = |(step, pair): (usize, &[f32])| (pair[1] < pair[0]).then(|| (step, f64::from(pair[1])));
        let cuts = shown.windows(2).enumerate().filter_map(cut).collect();
        Some(Plateau { schedule: index, name: named.name.clone(), best, bad, patience: parameters.patience, cuts })
    });
    plateaus.collect()
}

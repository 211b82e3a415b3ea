//! The LR that code really produces.

use advisor::simulation::{Given, MOST_STEPS, Missing, Simulation, Stopped, Wanted, is_scheduled, simulate};
use advisor::{Plan, Span};

use super::places::Places;
use super::thin;
use crate::messages::{MissingValue, ProducedRun, Track};

/// More curves are those of a library, not of a run.
const MOST_TRACKS: usize = 8;

/// Goes through the runs that have a schedule; `None` where there is none.
pub fn produced(plans: &[Plan], given: &[(String, String)], places: &Places<'_>) -> Option<ProducedRun> {
    let given = Given::of_texts(given.iter().cloned());
    let mut produced = ProducedRun::default();
    let mut stopped = Vec::new();
    let mut any = false;
    for plan in plans.iter().filter(|plan| is_scheduled(plan)) {
        any = true;
        match simulate(plan, &given, &[]) {
            Ok(simulation) => add(&mut produced, simulation, places),
            Err(stop) => stopped.push(stop),
        }
    }
    if produced.tracks.is_empty() {
        // What can be given is worth more than why there is nothing.
        stopped.sort_by_key(|stop| !matches!(stop, Stopped::Missing(_)));
        match stopped.into_iter().next() {
            Some(Stopped::Missing(missing)) => produced.missing = missing.iter().map(|one| told(one, places)).collect(),
            Some(Stopped::Unreadable(note)) => {
                produced.problem = Some(format!("{} ({})", note.text, places.words(note.span)));
            }
            Some(Stopped::TooLong) => {
                produced.problem =
                    Some(format!("The run has more than {MOST_STEPS} optimizer steps, too many to show."));
            }
            Some(Stopped::NothingTrains) | None => return None,
        }
    }
    any.then_some(produced)
}

fn add(produced: &mut ProducedRun, simulation: Simulation, places: &Places<'_>) {
    if let Some(batches) = &simulation.batches
        && !produced.by_epoch
    {
        produced.by_epoch = true;
        produced.missing.push(told(batches, places));
    }
    for track in simulation.tracks {
        let name = if track.name.is_empty() { "the optimizer" } else { track.name.as_str() };
        let curve = thin::steps(&track.lrs);
        // Two ways into the same run are one curve.
        if produced.tracks.len() == MOST_TRACKS || produced.tracks.iter().any(|other| other.curve == curve) {
            continue;
        }
        let error = track.error.map(|(step, error)| format!("It raises before step {step}: {error}."));
        produced.tracks.push(Track { name: name.into(), steps: track.lrs.len(), curve, error });
    }
    for note in simulation.notes {
        let text = format!("{} ({})", note.text, places.words(note.span));
        if !produced.notes.contains(&text) {
            produced.notes.push(text);
        }
    }
}

fn told(missing: &Missing, places: &Places<'_>) -> MissingValue {
    let example = if missing.wanted == Wanted::Number { "" } else { missing.wanted.example() };
    let place = if missing.span == Span::default() { String::new() } else { places.words(missing.span) };
    MissingValue { name: missing.name.clone(), what: missing.what.clone(), place, example: example.to_owned() }
}

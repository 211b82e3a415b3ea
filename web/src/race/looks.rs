//! Looks at the models of a race while they are trained: the decision surfaces of a task of points.

use leptos::prelude::*;
use trainer::messages::ToWorker;
use trainer::surface::{Point, Surface, Surfaces};

use super::Race;

/// How often the models are looked at, in milliseconds. A look costs about as much as six steps.
const AGAIN: f64 = 400.0;

/// What the user looks at, and what has been seen. A copy is a handle on the same.
#[derive(Clone, Copy)]
pub struct Looks {
    /// The seed whose models are looked at; `None` while nobody looks.
    pub seed: RwSignal<Option<u64>>,
    /// What has been seen of the race.
    pub seen: RwSignal<Seen>,
}

/// The last look at each lane.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// By the index of the lane in the race.
    surfaces: Vec<Option<Surface>>,
    /// The points of each seed.
    points: Vec<(u64, Vec<Point>)>,
}

impl Looks {
    /// Nobody looks.
    pub fn new() -> Self {
        Self { seed: RwSignal::new(None), seen: RwSignal::new(Seen::default()) }
    }
}

impl Seen {
    /// Takes a look at some of the lanes: `which[i]` is the index in the race of the worker's lane `i`.
    fn take(&mut self, which: &[usize], surfaces: Surfaces) {
        for surface in surfaces.lanes {
            let Some(&lane) = which.get(surface.lane as usize) else { continue };
            if self.surfaces.len() <= lane {
                self.surfaces.resize(lane + 1, None);
            }
            self.surfaces[lane] = Some(surface);
        }
        if !surfaces.points.is_empty() && self.points(surfaces.seed).is_empty() {
            self.points.push((surfaces.seed, surfaces.points));
        }
    }

    /// The surface of a lane, by its index in the race.
    pub fn surface(&self, lane: usize) -> Option<&Surface> {
        self.surfaces.get(lane)?.as_ref()
    }

    /// The points of a seed; none before a lane of it has been seen.
    pub fn points(&self, seed: u64) -> &[Point] {
        self.points.iter().find(|(known, _)| *known == seed).map_or(&[], |(_, points)| points)
    }
}

impl Race {
    /// Keeps what a worker has seen.
    pub(super) fn see(self, which: &[usize], surfaces: Surfaces) {
        self.looks.seen.update(|seen| seen.take(which, surfaces));
    }

    /// Asks the workers for the surfaces that the user looks at, if it is time for that.
    pub(super) fn look(self, now: f64) {
        let Some(seed) = self.looks.seed.get_untracked() else { return };
        self.team.update_value(|team| {
            let is_fresh = |(at, last): (f64, u64)| last == seed && now - at < AGAIN;
            if !team.looked.is_some_and(is_fresh) {
                team.looked = Some((now, seed));
                team.send(&ToWorker::Look { seed });
            }
        });
    }
}

//! The LR of a schedule, changed by hand while the race is under way.

use leptos::prelude::*;
use trainer::messages::{Command, ToWorker};
use trainer::validate::LR_FACTOR;

use super::Race;

impl Race {
    /// Multiplies the LR of a schedule, in each of its lanes from the next step that its worker trains.
    pub fn steer(self, schedule: usize, times: f64) {
        let factor = self.results.try_update(|results| {
            let factor = results.factors.entry(schedule).or_insert(1.0);
            *factor = (*factor * times).clamp(*LR_FACTOR.start(), *LR_FACTOR.end());
            *factor
        });
        if let Some(factor) = factor {
            self.team.with_value(|team| team.send(&order(schedule, factor)));
        }
    }

    /// What a worker who comes later is to be told of it.
    pub(super) fn orders(self) -> Vec<ToWorker> {
        let order = |(&schedule, &factor): (&usize, &f64)| order(schedule, factor);
        self.results.with_untracked(|results| results.factors.iter().map(order).collect())
    }
}

fn order(schedule: usize, factor: f64) -> ToWorker {
    ToWorker::Command(Command::ScaleLr { schedule, factor })
}

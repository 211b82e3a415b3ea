//! Schedules that a config has built, where nothing in sight says when they are stepped: Hydra's.

use super::super::metrics::Metrics;
use super::super::numbers::Numbers;
use super::super::{Stopped, Track, build};
use super::recorder::Recorder;
use super::told::number_of_steps;
use crate::plan::{Plan, ScheduleId};

/// Goes through the run of one schedule, which somebody says the length of and how often it is stepped.
pub(super) fn run(
    plan: &Plan,
    id: ScheduleId,
    numbers: &mut Numbers<'_>,
    metrics: &mut Metrics<'_>,
) -> Result<Track, Stopped> {
    let facts = plan.schedule(id);
    let of = plan.named_or_only(facts.optimizer);
    let unknown = crate::plan::OptimizerFacts { span: facts.span, ..Default::default() };
    let optimizer = of.map_or(&unknown, |of| plan.optimizer(of));
    let mut recorder = Recorder::of(build::optimizer(optimizer, numbers), optimizer.span);
    let schedule = build::schedule(plan, id, numbers).map_err(Stopped::Unreadable)?;
    let steps = numbers.ask("steps", "optimizer steps of the run", facts.span).unwrap_or_default();
    let apart = "optimizer steps from one call of scheduler.step() to the next: 1, or those of an epoch";
    let apart = numbers.ask("steps_per_call", apart, facts.span).unwrap_or(1.0).max(1.0) as usize;
    let Some(schedule) = schedule.filter(|_| numbers.missing.is_empty()) else {
        return Err(Stopped::Missing(std::mem::take(&mut numbers.missing)));
    };
    let steps = number_of_steps(steps, facts.span)?;
    let scheduler = recorder.build(&schedule)?;
    while recorder.updates() < steps && !recorder.has_ended() {
        recorder.update();
        if recorder.updates().is_multiple_of(apart) {
            let metric = schedule.needs_metric().then(|| metrics.next(numbers, facts.span, schedule.maximizes()));
            recorder.step(scheduler, metric);
        }
    }
    Ok(recorder.track())
}

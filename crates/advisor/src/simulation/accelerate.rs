//! What accelerate does to the optimizers and schedulers that it has prepared.
//!
//! As in `accelerate.scheduler.AcceleratedScheduler` and `Accelerator.accumulate`, accelerate 1.15.

use scheduler::Schedule;

use super::Note;
use super::numbers::Numbers;
use crate::plan::{ArgumentValue, Owner, Plan, ScheduleId, Settings};

/// What the accelerator of a script was told.
pub(super) struct Accelerate<'p> {
    settings: &'p Settings,
    /// Batches between two steps of an optimizer.
    accumulation: usize,
    /// Steps of a scheduler for each step of its optimizer.
    calls: usize,
    /// Whether schedulers wait for their optimizers.
    waits: bool,
    /// Of the schedules that have an end.
    counts: Vec<Count>,
}

/// The steps of a schedule as torch counts them, and the one at which it ends.
struct Count {
    of: ScheduleId,
    made: i64,
    end: i64,
}

impl<'p> Accelerate<'p> {
    /// The accelerator of a plan, where it has one that prepares.
    pub fn of(plan: &'p Plan, numbers: &mut Numbers<'_>) -> Option<Self> {
        let settings = plan.settings_of(Owner::Accelerator).next()?;
        let is = |settings: &Settings, name: &str, truth: bool| {
            settings
                .argument(name)
                .is_some_and(|argument| matches!(argument.value, ArgumentValue::Truth(is) if is == truth))
        };
        let accumulates = is(settings, "accumulates", true);
        let accumulation = match settings.argument("gradient_accumulation_steps").filter(|_| accumulates) {
            Some(every) => every
                .value
                .quantities()
                .first()
                .map_or(1, |quantity| numbers.count(quantity, "gradient_accumulation_steps", every.span).max(1)),
            None => 1,
        };
        let splits = is(settings, "split_batches", true)
            || plan.given_to(settings, Owner::Accelerator).any(|data| is(data, "split_batches", true));
        let waits = !is(settings, "step_scheduler_with_optimizer", false);
        let several = waits && !splits && !settings.schedules.is_empty();
        let calls = match numbers.named("num_processes").filter(|_| several) {
            Some(processes) => processes.max(1.0) as usize,
            None => {
                if several {
                    let text = "The run is taken to have one process; --set num_processes=N gives another number.";
                    numbers.note(Note { span: settings.span, text: text.to_owned() });
                }
                1
            }
        };
        Some(Self { settings, accumulation, calls, waits, counts: Vec::new() })
    }

    /// Whether gradients are complete after a batch: the last one of an epoch completes them, too.
    pub fn synchronizes(&self, batch: usize, batches: usize) -> bool {
        (batch + 1).is_multiple_of(self.accumulation) || batch + 1 == batches
    }

    /// A schedule is built.
    pub fn built(&mut self, id: ScheduleId, schedule: &Schedule) {
        if let Schedule::OneCycleLR(cycle) = schedule
            && let Some(end) = cycle.length()
        {
            self.counts.retain(|count| count.of != id);
            self.counts.push(Count { of: id, made: 1, end });
        }
    }

    /// How often a scheduler is really stepped where a script steps it once.
    pub fn calls(&mut self, id: ScheduleId, synchronizes: bool) -> usize {
        if !self.settings.schedules.contains(&id) {
            return 1;
        }
        let calls = if synchronizes || !self.waits { self.calls } else { 0 };
        let Some(count) = self.counts.iter_mut().find(|count| count.of == id && self.waits) else { return calls };
        // A call that does nothing is counted all the same.
        if !synchronizes {
            count.made += 1;
            return 0;
        }
        let left = (count.end + 1 - count.made).max(0) as usize;
        count.made += calls.min(left) as i64;
        calls.min(left)
    }
}

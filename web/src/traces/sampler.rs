//! The LR of any optimizer step of a run.

use scheduler::{Optimizer, RandomAccess, Resume, Run, Schedule, ScheduleError, curve};

/// The most calls of `step()` that are replayed for a schedule without random access.
const MOST_REPLAYED: usize = 100_000;

/// A schedule in a run, as a function from the optimizer step to the LR.
#[derive(Clone, Debug)]
pub struct Sampler {
    run: Run,
    access: Access,
    /// The schedule after the resume, where it is another one.
    resumed: Option<Access>,
}

/// How LRs are found.
#[derive(Clone, Debug)]
enum Access {
    /// In constant time.
    Random(Box<RandomAccess>),
    /// From a table of the first calls, by group.
    Replayed(Vec<Vec<f64>>, Option<ScheduleError>),
}

impl Sampler {
    /// Prepares a schedule on an optimizer for a run.
    ///
    /// # Errors
    /// What the constructor of the library raises.
    pub fn new(schedule: &Schedule, optimizer: &Optimizer, run: &Run) -> Result<Self, ScheduleError> {
        let calls = run.calls_before(run.horizon.steps());
        let resumed = match &run.resume {
            Some((_, Resume::As(other))) => Some(Access::new(other, optimizer, calls)?),
            _ => None,
        };
        Ok(Self { run: run.clone(), access: Access::new(schedule, optimizer, calls)?, resumed })
    }

    /// The LR of a parameter group at an optimizer step.
    ///
    /// # Errors
    /// What `step()` of the library raises on the way there.
    pub fn lr(&self, step: usize, group: usize) -> Result<f64, ScheduleError> {
        let calls = self.run.calls_before(step);
        match (&self.run.resume, &self.resumed) {
            (Some((at, _)), Some(resumed)) if step >= *at => resumed.lr(calls, group),
            (Some((at, Resume::Restarted)), _) if step >= *at => {
                self.access.lr(calls.saturating_sub(self.run.calls_before(*at)), group)
            }
            _ => self.access.lr(calls, group),
        }
    }

    /// Optimizer steps of the run.
    pub fn steps(&self) -> usize {
        self.run.horizon.steps()
    }
}

impl Access {
    fn new(schedule: &Schedule, optimizer: &Optimizer, calls: usize) -> Result<Self, ScheduleError> {
        let access = schedule.random_access(optimizer.clone())?;
        // What listens to a metric stays at its LR until a run tells it something.
        if schedule.needs_metric() || access.is_constant_time(calls.saturating_sub(1)) {
            return Ok(Self::Random(Box::new(access)));
        }
        let replayed = curve(schedule, optimizer.clone(), calls.clamp(1, MOST_REPLAYED), &[]);
        Ok(Self::Replayed(replayed.lrs, replayed.error.map(|(_, error)| error)))
    }

    fn lr(&self, call: usize, group: usize) -> Result<f64, ScheduleError> {
        match self {
            Self::Random(access) => access.lr(call, group),
            Self::Replayed(lrs, error) => match (lrs.get(call).or_else(|| lrs.last()), error) {
                (_, Some(error)) if call >= lrs.len() => Err(error.clone()),
                (Some(row), _) => Ok(row.get(group).copied().unwrap_or(f64::NAN)),
                (None, _) => Ok(f64::NAN),
            },
        }
    }
}

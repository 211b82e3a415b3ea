//! `join_schedules` and `sgdr_schedule`.

use std::sync::Arc;

use super::warmup::WarmupCosineDecaySchedule;
use super::{Prepared, counted};
use crate::class::{Constructor as _, constructor};
use crate::error::{Exception, ScheduleError, type_error};
use crate::motion::FunctionOfStep;
use crate::notation::{Argument, Arguments, Expression, Kind, NotationError};
use crate::optimizer::Optimizer;
use crate::schedule::Schedule;

constructor! {
    /// One schedule after another; each counts from where it begins.
    ///
    /// Rule: at step `boundaries[i]` schedule `i + 1` takes over, from its own step 0.
    ///
    /// Source: optax 0.2.8, `optax.join_schedules`.
    JoinSchedules = "join_schedules" in Optax;
    /// The schedules in order.
    schedules: Vec<Schedule>,
    /// Steps at which the next one takes over; one fewer than schedules.
    boundaries: Vec<i64>,
}

constructor! {
    /// Warmups and cosines, one after the other: warm restarts.
    ///
    /// Rule: each dict holds the arguments of a `warmup_cosine_decay_schedule`, whose `decay_steps` is also the length of the
    /// cycle.
    ///
    /// Source: optax 0.2.8, `optax.sgdr_schedule`; Loshchilov and Hutter 2017, arXiv 1608.03983.
    SgdrSchedule = "sgdr_schedule" in Optax;
    /// The arguments of each cycle.
    cosine_kwargs: Cycles,
}

/// The cycles of a [`SgdrSchedule`].
#[derive(Clone, Debug, PartialEq)]
pub struct Cycles(pub Vec<WarmupCosineDecaySchedule>);

impl Argument for Cycles {
    fn read(name: &str, expression: &Expression) -> Result<Self, NotationError> {
        let (Kind::List(items) | Kind::Tuple(items)) = &expression.kind else {
            let message = format!("`{name}` must be a list of dicts.");
            return Err(NotationError::of(Exception::TypeError, message, expression.span));
        };
        let cycle = |item: &Expression| {
            let Kind::Dict(entries) = &item.kind else {
                let message = format!("`{name}` must be a list of dicts.");
                return Err(NotationError::of(Exception::TypeError, message, item.span));
            };
            let mut keywords = Vec::new();
            for (key, value) in entries {
                match &key.kind {
                    Kind::Text(key) => keywords.push((key.as_str(), value)),
                    _ => return Err(NotationError::of(Exception::TypeError, "keywords must be strings", key.span)),
                }
            }
            let none = std::iter::empty::<&Expression>();
            let given = Arguments::new(&WarmupCosineDecaySchedule::CLASS, item.span, none, keywords)?;
            WarmupCosineDecaySchedule::read(&given)
        };
        items.iter().map(cycle).collect::<Result<_, _>>().map(Self)
    }

    fn write(&self) -> String {
        let cycle = |cycle: &WarmupCosineDecaySchedule| {
            let entries = cycle.arguments().into_iter().map(|argument| {
                let (name, value) = argument.split_once('=').unwrap_or((&argument, ""));
                format!("'{name}': {value}")
            });
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        };
        format!("[{}]", self.0.iter().map(cycle).collect::<Vec<_>>().join(", "))
    }

    fn blank() -> Self {
        Self(Vec::new())
    }
}

counted!(JoinSchedules);
counted!(SgdrSchedule);

/// Functions one after the other.
#[derive(Debug)]
struct Joined {
    first: Arc<dyn FunctionOfStep>,
    later: Vec<(i64, Arc<dyn FunctionOfStep>)>,
}

impl FunctionOfStep for Joined {
    fn lr(&self, step: i64, base_lr: f64, group: usize) -> Result<f64, ScheduleError> {
        // The last boundary that has been passed decides, also where they are not in order.
        match self.later.iter().rev().find(|(boundary, _)| step >= *boundary) {
            Some((boundary, schedule)) => schedule.lr(step - boundary, base_lr, group),
            None => self.first.lr(step, base_lr, group),
        }
    }
}

fn join(mut schedules: Vec<Arc<dyn FunctionOfStep>>, boundaries: &[i64]) -> Prepared {
    if schedules.is_empty() {
        return Err(type_error("join_schedules needs at least one schedule"));
    }
    let later = schedules.split_off(1);
    let Some(first) = schedules.pop() else { return Err(type_error("join_schedules needs at least one schedule")) };
    Ok(Arc::new(Joined { first, later: boundaries.iter().copied().zip(later).collect() }))
}

impl JoinSchedules {
    pub(super) fn prepare(&self) -> Prepared {
        // optax' schedules do not look at the optimizer.
        let optimizer = Optimizer::sgd(&[0.0], 0.0);
        let function = |schedule: &Schedule| {
            let optax = schedule.class().library == crate::class::Library::Optax;
            schedule.function(&optimizer).filter(|_| optax).unwrap_or_else(|| {
                Err(type_error(format!("{} is not a schedule of optax; join_schedules takes those.", schedule.name())))
            })
        };
        join(self.schedules.iter().map(function).collect::<Result<_, _>>()?, &self.boundaries)
    }
}

impl SgdrSchedule {
    fn prepare(&self) -> Prepared {
        let mut boundaries = Vec::new();
        let mut start = 0;
        for cycle in &self.cosine_kwargs.0 {
            start += cycle.decay_steps.0 as i64;
            boundaries.push(start);
        }
        boundaries.pop();
        let schedules = self.cosine_kwargs.0.iter().map(WarmupCosineDecaySchedule::prepare);
        join(schedules.collect::<Result<_, _>>()?, &boundaries)
    }
}

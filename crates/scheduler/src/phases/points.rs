//! `Points`.

use std::f64::consts::PI;
use std::sync::Arc;

use crate::class::constructor;
use crate::error::{Exception, ScheduleError, value_error};
use crate::motion::{FunctionOfStep, Motion, Node};
use crate::notation::{Argument, Expression, Kind, NotationError};
use crate::optimizer::Optimizer;
use crate::python::number;
use crate::torch::{Formula, Single};

constructor! {
    /// A curve through any points: what one has drawn by hand.
    ///
    /// Formula: between two points, a `linear` line, half a `cosine`, a `log` line (the same factor at each step), or a `step`
    /// that holds the first of the two.
    ///
    /// First value: `lr` times the factor of the first point, also before it. After the last point its factor holds.
    Points = "Points" in Lrscope;
    /// Steps and factors of the LR: `[(0, 0.0), (40, 1.0), (200, 0.1)]`, by ascending step.
    points: PointList,
    /// `linear`, `cosine`, `log` or `step`.
    interpolation: String = "linear".to_owned(),
}

/// Steps and factors.
#[derive(Clone, Debug, PartialEq)]
pub struct PointList(pub Vec<(f64, f64)>);

impl Argument for PointList {
    fn read(name: &str, expression: &Expression) -> Result<Self, NotationError> {
        let wrong = |span| {
            let message = format!("`{name}` must be a list of steps and factors such as [(0, 0.0), (40, 1.0)].");
            NotationError::of(Exception::TypeError, message, span)
        };
        let (Kind::List(items) | Kind::Tuple(items)) = &expression.kind else { return Err(wrong(expression.span)) };
        let point = |item: &Expression| match &item.kind {
            Kind::List(pair) | Kind::Tuple(pair) if pair.len() == 2 => {
                Ok((f64::read(name, &pair[0])?, f64::read(name, &pair[1])?))
            }
            _ => Err(wrong(item.span)),
        };
        items.iter().map(point).collect::<Result<_, _>>().map(Self)
    }

    fn write(&self) -> String {
        let points = self.0.iter().map(|(step, factor)| format!("({}, {factor:?})", number(*step)));
        format!("[{}]", points.collect::<Vec<_>>().join(", "))
    }

    fn blank() -> Self {
        Self(Vec::new())
    }
}

#[derive(Clone, Copy, Debug)]
enum Interpolation {
    Linear,
    Cosine,
    Log,
    Step,
}

#[derive(Debug)]
struct Curve {
    points: Vec<(f64, f64)>,
    interpolation: Interpolation,
}

impl Points {
    fn prepare(&self) -> Result<Arc<dyn FunctionOfStep>, ScheduleError> {
        let points = self.points.0.clone();
        let interpolation = match self.interpolation.as_str() {
            "linear" => Interpolation::Linear,
            "cosine" => Interpolation::Cosine,
            "log" => Interpolation::Log,
            "step" => Interpolation::Step,
            other => {
                let known = "'linear', 'cosine', 'log' or 'step'";
                return Err(value_error(format!("interpolation must be {known}, got '{other}'.")));
            }
        };
        if points.is_empty() {
            return Err(value_error("Points needs at least one point."));
        }
        if points.windows(2).any(|pair| pair[0].0 >= pair[1].0) {
            return Err(value_error("The steps of the points must ascend."));
        }
        if matches!(interpolation, Interpolation::Log) && points.iter().any(|(_, factor)| *factor <= 0.0) {
            return Err(value_error("Points on a log line need factors above 0."));
        }
        Ok(Arc::new(Curve { points, interpolation }))
    }
}

impl Motion for Points {
    fn start(&self, optimizer: &mut Optimizer, last_epoch: i64) -> Result<Node, ScheduleError> {
        Single::start(Formula::Function(self.prepare()?), optimizer, last_epoch)
    }

    fn function(&self, _: &Optimizer) -> Option<Result<Arc<dyn FunctionOfStep>, ScheduleError>> {
        Some(self.prepare())
    }
}

impl FunctionOfStep for Curve {
    fn lr(&self, step: i64, base_lr: f64, _: usize) -> Result<f64, ScheduleError> {
        let step = step as f64;
        let after = self.points.partition_point(|(at, _)| *at <= step);
        let factor = match (after.checked_sub(1).and_then(|before| self.points.get(before)), self.points.get(after)) {
            (Some((_, last)), None) => *last,
            (None, Some((_, first))) => *first,
            (None, None) => 1.0,
            (Some(&(begin, from)), Some(&(end, to))) => {
                let progress = (step - begin) / (end - begin);
                match self.interpolation {
                    Interpolation::Linear => from + (to - from) * progress,
                    Interpolation::Cosine => from + (to - from) * (1.0 - (PI * progress).cos()) / 2.0,
                    Interpolation::Log => from * (to / from).powf(progress),
                    Interpolation::Step => from,
                }
            }
        };
        Ok(base_lr * factor)
    }
}

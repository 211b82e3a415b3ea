//! `Phases`.

use std::f64::consts::PI;
use std::sync::Arc;

use crate::class::{Constructor as _, constructor};
use crate::error::{Exception, ScheduleError, value_error};
use crate::motion::{FunctionOfStep, Motion, Node};
use crate::notation::{Argument, Arguments, Expression, Kind, NotationError, Steps};
use crate::optimizer::Optimizer;
use crate::torch::{Formula, Single};

constructor! {
    /// Any number of phases, one after the other: warmup, hold, decay, whatever is wanted.
    ///
    /// Formula: within a phase of n steps, with `p` going from 0 to 1 over it, `lr(t) = lr * (start + (end - start) * f(p))`.
    /// Shapes: `linear` p; `cosine` (1 - cos(pi p)) / 2; `1-sqrt` sqrt(p); `square` p^2; `polynomial` 1 - (1 - p)^power; `rex`
    /// p / (2 - p); `mirror-cosine` 2 p - (1 - cos(pi p)) / 2; `exp` start * (end / start)^p; `inverse-power` start * (1 + t /
    /// timescale)^-power, which does not look at `end`.
    ///
    /// First value: `lr` times the first start. The step that follows the last one of a phase has the first value of the next
    /// phase; after the last phase its end holds. With `repeat` all phases start anew that many times.
    ///
    /// Source: the shapes of a decay are those of Hägele et al. 2024, arXiv 2405.18392, and Chen et al. 2021 (REX),
    /// arXiv 2107.04197.
    Phases = "Phases" in Lrscope;
    /// The phases in order: `[Phase(40, 0.0, 1.0), Phase(60, 1.0, 0.0, shape='cosine')]`.
    phases: Vec<Phase>,
    /// How many times they are gone through.
    repeat: i64 = 1,
}

constructor! {
    /// A stretch of a schedule; see [`Phases`].
    Phase = "Phase" in Lrscope;
    /// Steps from start to end.
    steps: Steps,
    /// Factor at its first step.
    start: f64,
    /// Factor where the next phase begins.
    end: f64,
    /// How it gets from one to the other.
    shape: Shape = Shape::Linear,
    /// Exponent of `polynomial` and `inverse-power`.
    power: f64 = 1.0,
    /// Steps after which `inverse-power` with power 1 has halved.
    timescale: Steps = Steps(1.0),
}

/// How a phase gets from its start to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A straight line.
    Linear,
    /// Half a cosine.
    Cosine,
    /// Fast at first: a decay of `1 - sqrt(p)`.
    OneMinusSqrt,
    /// Slow at first: a decay of `1 - p^2`.
    Square,
    /// A decay of `(1 - p)^power`.
    Polynomial,
    /// Slow at first, fast at the end: a decay of `(1 - p) / (1 - p / 2)`.
    Rex,
    /// The line, mirrored at the cosine.
    MirrorCosine,
    /// The same factor at each step.
    Exponential,
    /// A power of the time; never ends.
    InversePower,
}

const SHAPES: [(&str, Shape); 9] = [
    ("linear", Shape::Linear),
    ("cosine", Shape::Cosine),
    ("1-sqrt", Shape::OneMinusSqrt),
    ("square", Shape::Square),
    ("polynomial", Shape::Polynomial),
    ("rex", Shape::Rex),
    ("mirror-cosine", Shape::MirrorCosine),
    ("exp", Shape::Exponential),
    ("inverse-power", Shape::InversePower),
];

impl Shape {
    /// Every shape with its name.
    pub fn all() -> &'static [(&'static str, Self)] {
        &SHAPES
    }
}

impl Argument for Shape {
    fn read(name: &str, expression: &Expression) -> Result<Self, NotationError> {
        let given = String::read(name, expression)?;
        SHAPES.iter().find(|(known, _)| *known == given).map(|(_, shape)| *shape).ok_or_else(|| {
            let known = SHAPES.map(|(name, _)| format!("'{name}'")).join(", ");
            NotationError::of(Exception::ValueError, format!("`{name}` must be one of {known}."), expression.span)
        })
    }

    fn write(&self) -> String {
        let name = SHAPES.iter().find(|(_, shape)| shape == self).map_or("linear", |(name, _)| name);
        format!("'{name}'")
    }

    fn blank() -> Self {
        Self::Linear
    }
}

impl Argument for Vec<Phase> {
    fn read(name: &str, expression: &Expression) -> Result<Self, NotationError> {
        let expected = || format!("`{name}` must be a list such as [Phase(40, 0.0, 1.0), Phase(60, 1.0, 0.0)].");
        let (Kind::List(items) | Kind::Tuple(items)) = &expression.kind else {
            return Err(NotationError::of(Exception::TypeError, expected(), expression.span));
        };
        let phase = |item: &Expression| match &item.kind {
            Kind::Call { function, arguments, keywords, .. } if function.rsplit('.').next() == Some("Phase") => {
                let keywords = keywords.iter().map(|(name, value)| (name.as_str(), value));
                Phase::read(&Arguments::new(&Phase::CLASS, item.span, arguments.iter(), keywords)?)
            }
            _ => Err(NotationError::of(Exception::TypeError, expected(), item.span)),
        };
        items.iter().map(phase).collect()
    }

    fn write(&self) -> String {
        let phase = |phase: &Phase| {
            // The three that every phase has go without their names.
            let arguments = phase.arguments().into_iter().enumerate().map(|(index, argument)| {
                let value = argument.split_once('=').map_or(argument.as_str(), |(_, value)| value);
                if index < 3 { value.to_owned() } else { argument }
            });
            format!("Phase({})", arguments.collect::<Vec<_>>().join(", "))
        };
        format!("[{}]", self.iter().map(phase).collect::<Vec<_>>().join(", "))
    }

    fn blank() -> Self {
        Self::new()
    }
}

impl Phase {
    /// A phase of a shape that needs no more than its name.
    pub fn new(steps: f64, start: f64, end: f64, shape: Shape) -> Self {
        Self { steps: Steps(steps), start, end, shape, power: 1.0, timescale: Steps(1.0) }
    }

    /// The factor `t` steps into the phase.
    pub(super) fn factor(&self, t: f64) -> f64 {
        let progress = if self.steps.0 > 0.0 { (t / self.steps.0).clamp(0.0, 1.0) } else { 1.0 };
        let way = match self.shape {
            Shape::Linear => progress,
            Shape::Cosine => (1.0 - (PI * progress).cos()) / 2.0,
            Shape::OneMinusSqrt => progress.sqrt(),
            Shape::Square => progress * progress,
            Shape::Polynomial => 1.0 - (1.0 - progress).powf(self.power),
            Shape::Rex => progress / (2.0 - progress),
            Shape::MirrorCosine => 2.0 * progress - (1.0 - (PI * progress).cos()) / 2.0,
            Shape::Exponential => return self.start * (self.end / self.start).powf(progress),
            Shape::InversePower => return self.start * (1.0 + t / self.timescale.0).powf(-self.power),
        };
        self.start + (self.end - self.start) * way
    }

    /// The factor where the phase ends.
    pub(super) fn last(&self) -> f64 {
        self.factor(self.steps.0)
    }

    fn check(&self) -> Result<(), ScheduleError> {
        let Self { steps: Steps(steps), start, end, shape, timescale: Steps(timescale), .. } = *self;
        if steps < 0.0 {
            return Err(value_error(format!("A phase cannot have {steps} steps.")));
        }
        if shape == Shape::Exponential && (start <= 0.0 || end <= 0.0) {
            return Err(value_error("An exponential phase goes from a positive factor to a positive factor."));
        }
        if shape == Shape::InversePower && timescale <= 0.0 {
            return Err(value_error("An inverse-power phase needs a timescale above 0."));
        }
        Ok(())
    }
}

impl Phases {
    /// Steps of all phases, gone through once.
    pub fn steps(&self) -> f64 {
        self.phases.iter().map(|phase| phase.steps.0).sum()
    }

    /// The factor that holds after the last phase.
    pub fn last(&self) -> f64 {
        self.phases.last().map_or(1.0, Phase::last)
    }

    fn check(&self) -> Result<(), ScheduleError> {
        if self.phases.is_empty() {
            return Err(value_error("Phases needs at least one phase."));
        }
        self.phases.iter().try_for_each(Phase::check)
    }

    fn factor(&self, step: f64) -> f64 {
        let length = self.steps();
        let round = if length > 0.0 { (step / length).floor() } else { f64::INFINITY };
        let mut left = if round < self.repeat as f64 && length > 0.0 { step - round * length } else { f64::INFINITY };
        for phase in &self.phases {
            if left < phase.steps.0 {
                return phase.factor(left);
            }
            left -= phase.steps.0;
        }
        self.last()
    }
}

impl Motion for Phases {
    fn start(&self, optimizer: &mut Optimizer, last_epoch: i64) -> Result<Node, ScheduleError> {
        self.check()?;
        Single::start(Formula::Function(Arc::new(self.clone())), optimizer, last_epoch)
    }

    fn function(&self, _: &Optimizer) -> Option<Result<Arc<dyn FunctionOfStep>, ScheduleError>> {
        Some(self.check().map(|()| Arc::new(self.clone()) as Arc<dyn FunctionOfStep>))
    }
}

impl FunctionOfStep for Phases {
    fn lr(&self, step: i64, base_lr: f64, _: usize) -> Result<f64, ScheduleError> {
        Ok(base_lr * self.factor(step as f64))
    }
}

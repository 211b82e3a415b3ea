//! What a schedule is: a pure description of how the LR evolves, as a constructor call of the library it comes from.

use std::fmt;
use std::sync::Arc;

use crate::class::{Class, Constructor};
use crate::error::ScheduleError;
use crate::motion::{FunctionOfStep, Motion, Node};
use crate::notation::{Arguments, NotationError};
use crate::optimizer::Optimizer;
use crate::{gradual_warmup, keras, optax, phases, timm, torch, transformers};

/// Declares [`Schedule`], a variant per class, and hands each question on to the class.
macro_rules! schedules {
    ($($module:ident: $($name:ident),+;)+) => {
        /// A learning-rate schedule.
        ///
        /// Lengths count calls of `step()`; whether those are epochs or optimizer steps is the business of whoever calls it.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Schedule {
            $($(
                #[doc = concat!("[`", stringify!($module), "::", stringify!($name), "`](crate::", stringify!($module), "::", stringify!($name), ").")]
                $name($module::$name),
            )+)+
            /// Any of torch's and transformers' schedules, resumed: built with `last_epoch`.
            Resumed(Resumed),
        }

        /// Every class that can be read and written, by library.
        pub const CLASSES: &[Class] = &[$($($module::$name::CLASS,)+)+];

        impl Schedule {
            /// What its class is called, takes and means.
            pub fn class(&self) -> &'static Class {
                match self {
                    $($(Self::$name(_) => &const { $module::$name::CLASS },)+)+
                    Self::Resumed(resumed) => resumed.schedule.class(),
                }
            }

            /// Reads the arguments of a class; `None` for a class that there is not.
            pub(crate) fn read(class: &str, given: &Arguments<'_>) -> Option<Result<Self, NotationError>> {
                Self::take(class, given).map(|schedule| given.unless_wrong(schedule))
            }

            /// As [`Constructor::take`].
            fn take(class: &str, given: &Arguments<'_>) -> Option<Self> {
                $($(if class == $module::$name::CLASS.name {
                    return Some(Self::$name($module::$name::take(given)));
                })+)+
                None
            }

            fn write(&self, arguments: &mut Vec<String>) {
                match self {
                    $($(Self::$name(schedule) => schedule.write(arguments),)+)+
                    Self::Resumed(resumed) => {
                        resumed.schedule.write(arguments);
                        arguments.push(format!("last_epoch={}", resumed.last_epoch));
                    }
                }
            }

            fn motion(&self) -> &dyn Motion {
                match self {
                    $($(Self::$name(schedule) => schedule,)+)+
                    Self::Resumed(resumed) => resumed,
                }
            }
        }

        $($(impl From<$module::$name> for Schedule {
            fn from(schedule: $module::$name) -> Self {
                Self::$name(schedule)
            }
        })+)+
    };
}

schedules! {
    torch:
        LambdaLR, MultiplicativeLR, StepLR, MultiStepLR, ConstantLR, LinearLR, ExponentialLR, PolynomialLR,
        CosineAnnealingLR, CosineAnnealingWarmRestarts, CyclicLR, OneCycleLR, ReduceLROnPlateau, SequentialLR,
        ChainedScheduler, SWALR;
    transformers:
        ConstantSchedule, ConstantWithWarmup, LinearWithWarmup, CosineWithWarmup, CosineWithHardRestarts,
        PolynomialDecayWithWarmup, InverseSqrt, CosineWithMinLr, CosineWarmupWithMinLr, WarmupStableDecay, GreedyLR;
    timm:
        CosineLRScheduler, TanhLRScheduler, PolyLRScheduler, StepLRScheduler, MultiStepLRScheduler, WSDLRScheduler,
        PlateauLRScheduler;
    optax:
        OptaxConstantSchedule, LinearSchedule, PolynomialSchedule, PiecewiseConstantSchedule, PiecewiseInterpolateSchedule,
        OptaxExponentialDecay, CosineDecaySchedule, LinearOnecycleSchedule, CosineOnecycleSchedule, WarmupConstantSchedule,
        WarmupCosineDecaySchedule, WarmupExponentialDecaySchedule, SgdrSchedule, JoinSchedules;
    keras:
        ExponentialDecay, PiecewiseConstantDecay, PolynomialDecay, InverseTimeDecay, CosineDecay, CosineDecayRestarts,
        KerasReduceLROnPlateau;
    gradual_warmup:
        GradualWarmupScheduler;
    phases:
        Phases, Points;
}

/// A schedule that goes on where a run had stopped.
#[derive(Clone, Debug, PartialEq)]
pub struct Resumed {
    /// What is resumed.
    pub schedule: Box<Schedule>,
    /// The number of the last step before the resume: steps done, less one.
    pub last_epoch: i64,
}

impl Motion for Resumed {
    fn start(&self, optimizer: &mut Optimizer, _: i64) -> Result<Node, ScheduleError> {
        self.schedule.motion().start(optimizer, self.last_epoch)
    }
}

impl Schedule {
    /// The LR as it is: `ConstantLR(factor=1.0)`.
    pub fn constant() -> Self {
        Self::ConstantLR(torch::ConstantLR { factor: 1.0, total_iters: crate::Steps(5.0) })
    }

    /// The name of the class in its library.
    pub fn name(&self) -> &'static str {
        self.class().name
    }

    pub(crate) fn start(&self, optimizer: &mut Optimizer) -> Result<Node, ScheduleError> {
        self.motion().start(optimizer, -1)
    }

    pub(crate) fn function(&self, optimizer: &Optimizer) -> Option<Result<Arc<dyn FunctionOfStep>, ScheduleError>> {
        self.motion().function(optimizer)
    }

    /// The schedules that it is made of, if any.
    pub fn children(&self) -> &[Self] {
        match self {
            Self::SequentialLR(sequential) => &sequential.schedulers,
            Self::ChainedScheduler(chained) => &chained.schedulers,
            Self::JoinSchedules(joined) => &joined.schedules,
            Self::GradualWarmupScheduler(warmup) => warmup.after_scheduler.as_deref().map_or(&[], std::slice::from_ref),
            Self::Resumed(resumed) => resumed.schedule.children(),
            _ => &[],
        }
    }

    /// Whether it listens to a metric, so that its LRs are not known before the run.
    pub fn needs_metric(&self) -> bool {
        match self {
            Self::ReduceLROnPlateau(_)
            | Self::KerasReduceLROnPlateau(_)
            | Self::PlateauLRScheduler(_)
            | Self::GreedyLR(_) => true,
            _ => self.children().iter().any(Self::needs_metric),
        }
    }

    /// Whether it takes a metric that grows for one that gets better.
    pub fn maximizes(&self) -> bool {
        match self {
            Self::ReduceLROnPlateau(plateau) => plateau.mode == "max",
            Self::PlateauLRScheduler(plateau) => plateau.mode == "max",
            Self::GreedyLR(greedy) => greedy.mode == "max",
            Self::KerasReduceLROnPlateau(plateau) => plateau.is_rising(),
            _ => self.children().iter().any(Self::maximizes),
        }
    }
}

/// Canonical constructor text: keywords, no optimizer, nothing that equals its default.
impl fmt::Display for Schedule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut arguments = Vec::new();
        self.write(&mut arguments);
        // The list of schedules goes without its name: it is clear what it is, and links get shorter.
        for name in ["schedulers=", "schedules="] {
            if let Some(list) = arguments.first().and_then(|first| first.strip_prefix(name)) {
                arguments[0] = list.to_owned();
            }
        }
        write!(formatter, "{}({})", self.name(), arguments.join(", "))
    }
}

/// As its text in the notation, which is what people write into files, and short in messages.
impl serde::Serialize for Schedule {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Schedule {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        crate::notation::parse(&text).map_err(|error| serde::de::Error::custom(error.message))
    }
}

//! What can be put into a chain, and shapes of whole runs to start from.

use scheduler::phases::Shape;
use scheduler::torch::{CosineAnnealingLR, LinearLR, OneCycleLR, ReduceLROnPlateau, SequentialLR};
use scheduler::{Schedule, Steps, notation};

/// A kind of block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Up to the LR.
    Warmup,
    /// As it is.
    Hold,
    /// Down, in one of the shapes of a phase.
    Decay(Shape),
    /// Times a tenth, twice.
    Drops,
    /// Cosines, again and again.
    Restarts,
    /// Triangles.
    Cyclic,
    /// A function of the step.
    Expression,
}

/// Every kind with its name in forms and its words.
pub const KINDS: [(&str, &str, Kind); 14] = [
    ("warmup", "Warmup", Kind::Warmup),
    ("hold", "Hold", Kind::Hold),
    ("linear", "Linear decay", Kind::Decay(Shape::Linear)),
    ("cosine", "Cosine decay", Kind::Decay(Shape::Cosine)),
    ("1-sqrt", "1-sqrt decay", Kind::Decay(Shape::OneMinusSqrt)),
    ("square", "Square decay", Kind::Decay(Shape::Square)),
    ("rex", "REX decay", Kind::Decay(Shape::Rex)),
    ("exp", "Exponential decay", Kind::Decay(Shape::Exponential)),
    ("polynomial", "Polynomial decay", Kind::Decay(Shape::Polynomial)),
    ("inverse-power", "Inverse square root", Kind::Decay(Shape::InversePower)),
    ("drops", "Drops", Kind::Drops),
    ("restarts", "Cosine restarts", Kind::Restarts),
    ("cyclic", "Triangles", Kind::Cyclic),
    ("expression", "Expression", Kind::Expression),
];

impl Kind {
    /// A block of so many steps that begins at `start` times the LR. As a class of torch where that means the same and no
    /// phases stand beside it, because that is what people know.
    pub fn make(self, steps: f64, start: f64, lr: f64, among_phases: bool) -> Schedule {
        let classic = !among_phases && start == 1.0;
        let text = match self {
            Self::Warmup if !among_phases => format!("LinearLR(start_factor=0.01, total_iters={steps})"),
            Self::Warmup => format!("Phases([Phase({steps}, 0.0, 1.0)])"),
            Self::Hold if classic => "ConstantLR(factor=1.0)".into(),
            Self::Hold => format!("Phases([Phase({steps}, {start:?}, {start:?})])"),
            Self::Decay(Shape::Linear) if classic => {
                format!("LinearLR(start_factor=1.0, end_factor=0.0, total_iters={steps})")
            }
            Self::Decay(Shape::Cosine) if classic => format!("CosineAnnealingLR(T_max={steps})"),
            Self::Decay(shape) => decay(shape, steps, start),
            Self::Drops => {
                let (first, second) = ((steps / 2.0).round().max(1.0), (steps * 0.75).round().max(2.0));
                format!("MultiStepLR(milestones=[{first}, {second}], gamma=0.1)")
            }
            Self::Restarts => format!("CosineAnnealingWarmRestarts(T_0={})", (steps / 3.0).round().max(1.0)),
            Self::Cyclic => {
                let (low, up) = (lr / 10.0, (steps / 6.0).round().max(1.0));
                format!("CyclicLR(base_lr={low:?}, max_lr={lr:?}, step_size_up={up})")
            }
            Self::Expression => "LambdaLR(lr_lambda=lambda step: 0.99 ** step)".into(),
        };
        notation::parse(&text).unwrap_or_else(|_| Schedule::constant())
    }
}

fn decay(shape: Shape, steps: f64, start: f64) -> String {
    let name = Shape::all().iter().find(|(_, known)| *known == shape).map_or("linear", |(name, _)| name);
    // What begins at 0 has nowhere to go but up.
    let start = if start > 0.0 { start } else { 1.0 };
    match shape {
        Shape::Exponential => format!("Phases([Phase({steps}, {start:?}, {:?}, shape='exp')])", start / 100.0),
        Shape::Polynomial => format!("Phases([Phase({steps}, {start:?}, 0.0, shape='polynomial', power=0.9)])"),
        Shape::InversePower => {
            let timescale = (steps / 10.0).round().max(1.0);
            let end = start * (1.0 + steps / timescale).powf(-0.5);
            format!(
                "Phases([Phase({steps}, {start:?}, {end:?}, shape='inverse-power', power=0.5, timescale={timescale})])"
            )
        }
        Shape::Linear => format!("Phases([Phase({steps}, {start:?}, 0.0)])"),
        _ => format!("Phases([Phase({steps}, {start:?}, 0.0, shape='{name}')])"),
    }
}

type Make = fn(f64, usize) -> Schedule;

/// Shapes of whole runs, for a peak LR and a number of steps. Warmup takes a tenth of the run.
pub const SHAPES: [(&str, &str, Make); 10] = [
    ("constant", "Constant", |_, _| Schedule::constant()),
    ("warmup", "Warmup, then constant", |_, steps| warmup(steps)),
    ("warmup-cosine", "Warmup, then cosine", |_, steps| {
        let milestone = tenth(steps);
        let rest = cosine((steps as i64 - milestone).max(1) as usize);
        SequentialLR { schedulers: vec![warmup(steps), rest], milestones: vec![milestone] }.into()
    }),
    ("cosine", "Cosine", |_, steps| cosine(steps)),
    ("linear", "Linear to zero", |_, steps| {
        LinearLR { start_factor: 1.0, end_factor: 0.0, total_iters: Steps::from(steps) }.into()
    }),
    ("wsd", "Warmup, stable, decay", |_, steps| {
        let (warmup, cooldown) = (tenth(steps), (steps as i64 / 5).max(1));
        let stable = (steps as i64 - warmup - cooldown).max(1);
        written(&format!(
            "Phases([Phase({warmup}, 0.0, 1.0), Phase({stable}, 1.0, 1.0), Phase({cooldown}, 1.0, 0.0, shape='1-sqrt')])"
        ))
    }),
    ("rex", "REX", |_, steps| written(&format!("REX(total_steps={steps})"))),
    ("one-cycle", "OneCycle", |lr, steps| OneCycleLR::new(lr, steps.max(5) as i64).into()),
    ("plateau", "Reduce on plateau", |_, _| {
        ReduceLROnPlateau { factor: 0.3, patience: 40, ..ReduceLROnPlateau::default() }.into()
    }),
    ("expression", "Expression", |_, _| written("LambdaLR(lr_lambda=lambda step: 0.99 ** step)")),
];

fn written(text: &str) -> Schedule {
    notation::parse(text).unwrap_or_else(|_| Schedule::constant())
}

/// A cosine over the whole run.
pub fn cosine(steps: usize) -> Schedule {
    CosineAnnealingLR { t_max: Steps::from(steps), eta_min: 0.0 }.into()
}

fn tenth(steps: usize) -> i64 {
    (steps as i64 / 10).max(1)
}

fn warmup(steps: usize) -> Schedule {
    LinearLR { start_factor: 0.01, end_factor: 1.0, total_iters: Steps(tenth(steps) as f64) }.into()
}

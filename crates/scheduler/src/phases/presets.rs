//! Today's practice, as phases.

use super::phase::{Phase, Phases, Shape};
use crate::class::{Class, Constructor, constructor};
use crate::error::Exception;
use crate::notation::{Arguments, Expression, NotationError, Span, Steps};
use crate::schedule::Schedule;

constructor! {
    /// Warmup, stable, decay: a long stretch at the full LR and a short cooldown, which can be started at any time. The
    /// schedule for a run whose length is not known.
    ///
    /// Phases: 0 to 1 in `warmup_steps`, 1, then 1 to `floor` over the last `cooldown_steps`.
    ///
    /// Source: Hu et al. 2024 (MiniCPM), arXiv 2404.06395: 10 % of the steps are enough for the cooldown; Hägele et al. 2024,
    /// arXiv 2405.18392: `1-sqrt` was the best shape.
    WSD = "WSD" in Lrscope;
    /// Steps of the whole run.
    total_steps: Steps,
    /// Steps of the warmup.
    warmup_steps: Steps = Steps(0.0),
    /// Steps of the cooldown; a tenth of the run where it is not given.
    cooldown_steps: Option<Steps> = None,
    /// Shape of the cooldown: any shape of a phase.
    cooldown: Shape = Shape::OneMinusSqrt,
    /// The LR at the end as a share of the LR.
    floor: f64 = 0.0,
}

constructor! {
    /// Warmup and a cosine that ends at a share of the LR: how most language models of 2020 to 2024 were trained.
    ///
    /// Phases: 0 to 1 in `warmup_steps`, then half a cosine to `floor`, which holds after `total_steps`.
    ///
    /// Source: common practice since GPT-3 (Brown et al. 2020, arXiv 2005.14165), which decays to 10 %.
    CosineWithFloor = "CosineWithFloor" in Lrscope;
    /// Steps of the whole run.
    total_steps: Steps,
    /// Steps of the warmup.
    warmup_steps: Steps = Steps(0.0),
    /// The LR at the end as a share of the LR.
    floor: f64 = 0.1,
}

constructor! {
    /// Warmup and a straight line to exactly 0.
    ///
    /// Phases: 0 to 1 in `warmup_steps`, then a line to 0 at `total_steps`.
    ///
    /// Source: Bergsma et al. 2025, arXiv 2502.15938: better than a cosine to 10 % at a tuned peak LR.
    LinearToZero = "LinearToZero" in Lrscope;
    /// Steps of the whole run.
    total_steps: Steps,
    /// Steps of the warmup.
    warmup_steps: Steps = Steps(0.0),
}

constructor! {
    /// Warmup, one over the square root of the step, and a line to 0 at the end.
    ///
    /// Phases: 0 to 1 in `warmup_steps`, `(1 + t / warmup_steps) ** -0.5` after it, and from wherever that is, a line to 0 over
    /// the last `cooldown_steps`.
    ///
    /// Source: Zhai et al. 2022, arXiv 2106.04560.
    InverseSqrtWithCooldown = "InverseSqrtWithCooldown" in Lrscope;
    /// Steps of the whole run.
    total_steps: Steps,
    /// Steps of the warmup; also the timescale of the decay.
    warmup_steps: Steps,
    /// Steps of the cooldown.
    cooldown_steps: Steps,
}

constructor! {
    /// A decay that is slow at first and fast at the end: strong where the budget is small.
    ///
    /// Phases: 0 to 1 in `warmup_steps`, then `(1 - p) / (1 - p / 2)` to 0 at `total_steps`.
    ///
    /// Source: Chen et al. 2021, arXiv 2107.04197.
    REX = "REX" in Lrscope;
    /// Steps of the whole run.
    total_steps: Steps,
    /// Steps of the warmup.
    warmup_steps: Steps = Steps(0.0),
}

constructor! {
    /// Warmup, stable, linear warmdown, in shares of the run: the schedule of the nanoGPT speedruns and of nanochat.
    ///
    /// Phases: 0 to 1 over `warmup_ratio` of the steps, 1, then a line to `final_lr_frac` over the last `warmdown_ratio`.
    ///
    /// Source: github.com/KellerJordan/modded-nanogpt and github.com/karpathy/nanochat, which call the parameters so.
    Trapezoid = "Trapezoid" in Lrscope;
    /// Steps of the whole run.
    total_steps: Steps,
    /// Share of the run that is warmup.
    warmup_ratio: f64 = 0.0,
    /// Share of the run that is warmdown.
    warmdown_ratio: f64 = 0.4,
    /// The LR at the end as a share of the LR.
    final_lr_frac: f64 = 0.0,
}

/// Something that is written as a constructor and means phases.
trait Preset: Constructor {
    fn phases(&self) -> Vec<Phase>;
}

/// The presets, which are read like classes and turn into [`Phases`].
pub const PRESETS: &[Class] = &[
    WSD::CLASS,
    CosineWithFloor::CLASS,
    LinearToZero::CLASS,
    InverseSqrtWithCooldown::CLASS,
    REX::CLASS,
    Trapezoid::CLASS,
];

/// Reads a preset; `None` for any other name.
pub(crate) fn read_preset(
    name: &str,
    span: Span,
    positional: &[Expression],
    keywords: &[(&str, &Expression)],
) -> Option<Result<Schedule, NotationError>> {
    fn read<P: Preset>(
        span: Span,
        positional: &[Expression],
        keywords: &[(&str, &Expression)],
    ) -> Result<Schedule, NotationError> {
        let given = Arguments::new(&P::CLASS, span, positional.iter(), keywords.iter().copied())?;
        let phases = P::read(&given)?.phases();
        if let Some(phase) = phases.iter().find(|phase| phase.steps.0 < 0.0) {
            let message = format!("The parts of {} are {} steps longer than the run.", P::CLASS.name, -phase.steps.0);
            return Err(NotationError::of(Exception::ValueError, message, span));
        }
        if phases.iter().any(|phase| !(phase.start.is_finite() && phase.end.is_finite())) {
            let message = format!("{} needs a warmup and lengths that make finite factors.", P::CLASS.name);
            return Err(NotationError::of(Exception::ValueError, message, span));
        }
        Ok(Phases { phases: phases.into_iter().filter(|phase| phase.steps.0 > 0.0).collect(), repeat: 1 }.into())
    }
    Some(match name {
        "WSD" => read::<WSD>(span, positional, keywords),
        "CosineWithFloor" => read::<CosineWithFloor>(span, positional, keywords),
        "LinearToZero" => read::<LinearToZero>(span, positional, keywords),
        "InverseSqrtWithCooldown" => read::<InverseSqrtWithCooldown>(span, positional, keywords),
        "REX" => read::<REX>(span, positional, keywords),
        "Trapezoid" => read::<Trapezoid>(span, positional, keywords),
        _ => return None,
    })
}

fn warmup(steps: Steps) -> Phase {
    Phase::new(steps.0, 0.0, 1.0, Shape::Linear)
}

impl Preset for WSD {
    fn phases(&self) -> Vec<Phase> {
        let cooldown = self.cooldown_steps.map_or((self.total_steps.0 / 10.0).round(), |steps| steps.0);
        let stable = self.total_steps.0 - self.warmup_steps.0 - cooldown;
        vec![
            warmup(self.warmup_steps),
            Phase::new(stable, 1.0, 1.0, Shape::Linear),
            Phase::new(cooldown, 1.0, self.floor, self.cooldown),
        ]
    }
}

impl Preset for CosineWithFloor {
    fn phases(&self) -> Vec<Phase> {
        let rest = self.total_steps.0 - self.warmup_steps.0;
        vec![warmup(self.warmup_steps), Phase::new(rest, 1.0, self.floor, Shape::Cosine)]
    }
}

impl Preset for LinearToZero {
    fn phases(&self) -> Vec<Phase> {
        let rest = self.total_steps.0 - self.warmup_steps.0;
        vec![warmup(self.warmup_steps), Phase::new(rest, 1.0, 0.0, Shape::Linear)]
    }
}

impl Preset for InverseSqrtWithCooldown {
    fn phases(&self) -> Vec<Phase> {
        let falling = Phase {
            steps: Steps(self.total_steps.0 - self.warmup_steps.0 - self.cooldown_steps.0),
            start: 1.0,
            end: 1.0,
            shape: Shape::InversePower,
            power: 0.5,
            timescale: self.warmup_steps,
        };
        let falling = Phase { end: falling.last(), ..falling };
        let cooldown = Phase::new(self.cooldown_steps.0, falling.end, 0.0, Shape::Linear);
        vec![warmup(self.warmup_steps), falling, cooldown]
    }
}

impl Preset for REX {
    fn phases(&self) -> Vec<Phase> {
        let rest = self.total_steps.0 - self.warmup_steps.0;
        vec![warmup(self.warmup_steps), Phase::new(rest, 1.0, 0.0, Shape::Rex)]
    }
}

impl Preset for Trapezoid {
    fn phases(&self) -> Vec<Phase> {
        let total = self.total_steps.0;
        let (rise, fall) = ((total * self.warmup_ratio).round(), (total * self.warmdown_ratio).round());
        vec![
            warmup(Steps(rise)),
            Phase::new(total - rise - fall, 1.0, 1.0, Shape::Linear),
            Phase::new(fall, 1.0, self.final_lr_frac, Shape::Linear),
        ]
    }
}

//! timm's noise on the LR, drawn by torch's own generator from a seed, so that it is the same on every machine.

use std::f64::consts::PI;

use crate::error::Exception;
use crate::notation::{Argument, Expression, Kind, NotationError};

/// Where the LR is noisy: timm's `noise_range_t`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NoiseRange {
    /// `None`.
    Never,
    /// A number: from that step on.
    From(f64),
    /// Two numbers: from the first step to before the second.
    Between(f64, f64),
}

impl Argument for NoiseRange {
    fn read(name: &str, expression: &Expression) -> Result<Self, NotationError> {
        match &expression.kind {
            Kind::None => Ok(Self::Never),
            Kind::List(items) | Kind::Tuple(items) => match items.as_slice() {
                [from, to] => Ok(Self::Between(f64::read(name, from)?, f64::read(name, to)?)),
                _ => {
                    let message = format!("`{name}` must be a step, or two such as [10, 20].");
                    Err(NotationError::of(Exception::TypeError, message, expression.span))
                }
            },
            _ => f64::read(name, expression).map(Self::From),
        }
    }

    fn write(&self) -> String {
        match self {
            Self::Never => "None".into(),
            Self::From(step) => crate::python::number(*step),
            Self::Between(from, to) => format!("[{}, {}]", crate::python::number(*from), crate::python::number(*to)),
        }
    }

    fn blank() -> Self {
        Self::Never
    }
}

/// Normal noise, as a share of the LR.
#[derive(Clone, Copy, Debug)]
pub(super) struct Noise {
    range: NoiseRange,
    limit: f64,
    deviation: f64,
    seed: i64,
}

impl Noise {
    pub fn new(range: &NoiseRange, limit: f64, deviation: f64, seed: i64) -> Option<Self> {
        (*range != NoiseRange::Never).then_some(Self { range: *range, limit, deviation, seed })
    }

    pub fn apply(&self, step: i64, lr: f64) -> f64 {
        let t = step as f64;
        let noisy = match self.range {
            NoiseRange::Never => false,
            NoiseRange::From(from) => t >= from,
            NoiseRange::Between(from, to) => from <= t && t < to,
        };
        if noisy { lr + lr * self.share(step) } else { lr }
    }

    /// Draws until the noise is within the limit.
    fn share(&self, step: i64) -> f64 {
        /// timm draws for ever where the limit is too small for the deviation; we stop.
        const MOST_DRAWS: usize = 10_000;
        let mut normal = Normal::seeded(self.seed.wrapping_add(step) as u32);
        for _ in 0..MOST_DRAWS {
            let share = f64::from(normal.draw()) * self.deviation;
            if share.abs() < self.limit {
                return share;
            }
        }
        0.0
    }
}

/// `torch.randn(1)` on the CPU (ATen's `DistributionTemplates.h`, torch 2.15): Box-Muller on two uniform doubles of 53 bits
/// from a Mersenne Twister. The sine of a pair is the next draw.
struct Normal {
    generator: rand_mt::Mt,
    next: Option<f64>,
}

impl Normal {
    fn seeded(seed: u32) -> Self {
        Self { generator: rand_mt::Mt::new(seed), next: None }
    }

    fn draw(&mut self) -> f32 {
        if let Some(next) = self.next.take() {
            return next as f32;
        }
        let (angle, u2) = (2.0 * PI * self.uniform(), self.uniform());
        let radius = (-2.0 * (-u2).ln_1p()).sqrt();
        self.next = Some(radius * angle.sin());
        (radius * angle.cos()) as f32
    }

    fn uniform(&mut self) -> f64 {
        let (high, low) = (u64::from(self.generator.next_u32()), u64::from(self.generator.next_u32()));
        (((high << 32) | low) & ((1 << 53) - 1)) as f64 / (1u64 << 53) as f64
    }
}

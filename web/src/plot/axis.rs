//! From values to pixels, and the ticks between.

/// How values are spread over an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scale {
    /// Evenly.
    Linear,
    /// By their logarithm; positive values only.
    Log,
    /// As `ln(1 + value / constant)`: by their logarithm above the constant, evenly below it, so that 0 has a place.
    Symlog(f64),
}

/// One axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    low: f64,
    high: f64,
    scale: Scale,
    /// Pixel of `low` and of `high`.
    pixels: (f64, f64),
}

impl Scale {
    fn spread(self, value: f64) -> f64 {
        match self {
            Self::Linear => value,
            Self::Log => value.ln(),
            Self::Symlog(constant) => value.signum() * (value.abs() / constant).ln_1p(),
        }
    }

    fn gather(self, spread: f64) -> f64 {
        match self {
            Self::Linear => spread,
            Self::Log => spread.exp(),
            Self::Symlog(constant) => spread.signum() * constant * spread.abs().exp_m1(),
        }
    }
}

impl Axis {
    /// An axis over `low..high`; linear where there are no positive values to take a logarithm of.
    pub fn new(low: f64, high: f64, scale: Scale, pixels: (f64, f64)) -> Self {
        let scale = if high > 0.0 { scale } else { Scale::Linear };
        let low = if scale == Scale::Log && low <= 0.0 { high / 1e4 } else { low };
        // An axis of no length has nowhere to put anything.
        let high = if high > low { high } else { low + low.abs().max(1.0) };
        Self { low, high, scale, pixels }
    }

    /// The pixel of a value; values beyond the axis are held at its ends.
    pub fn pixel(&self, value: f64) -> f64 {
        let (low, high) = (self.scale.spread(self.low), self.scale.spread(self.high));
        let share = (self.scale.spread(value.clamp(self.low, self.high)) - low) / (high - low);
        self.pixels.0 + share * (self.pixels.1 - self.pixels.0)
    }

    /// The value at a pixel.
    pub fn value(&self, pixel: f64) -> f64 {
        let share = ((pixel - self.pixels.0) / (self.pixels.1 - self.pixels.0)).clamp(0.0, 1.0);
        let (low, high) = (self.scale.spread(self.low), self.scale.spread(self.high));
        self.scale.gather(low + share * (high - low))
    }

    /// Round values within the axis, about `wanted` of them.
    pub fn ticks(&self, wanted: usize) -> Vec<f64> {
        match self.scale {
            Scale::Linear => self.even_ticks(wanted),
            Scale::Log => decades(self.low, self.high, wanted),
            Scale::Symlog(constant) => {
                let above = decades(self.low.max(constant), self.high, wanted.saturating_sub(1));
                (self.low <= 0.0).then_some(0.0).into_iter().chain(above).collect()
            }
        }
    }

    fn even_ticks(&self, wanted: usize) -> Vec<f64> {
        let rough = (self.high - self.low) / wanted.max(1) as f64;
        let power = 10f64.powf(rough.log10().floor());
        let step =
            [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power).into_iter().find(|step| *step >= rough).unwrap_or(rough);
        let first = (self.low / step).ceil() as i64;
        let last = (self.high / step + 1e-9).floor() as i64;
        (first..=last).map(|index| index as f64 * step).collect()
    }
}

/// Powers of ten from `low`, which is positive, to `high`.
fn decades(low: f64, high: f64, wanted: usize) -> Vec<f64> {
    let decades = (low.log10().ceil() as i32)..=(high.log10().floor() as i32);
    let every = decades.clone().count().div_ceil(wanted.max(1)).max(1);
    decades.step_by(every).map(|exponent| 10f64.powi(exponent)).collect()
}

//! From values to pixels, and the ticks between.

/// One axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    low: f64,
    high: f64,
    log: bool,
    /// Pixel of `low` and of `high`.
    pixels: (f64, f64),
}

impl Axis {
    /// An axis over `low..high`; logarithmic if asked and if there are positive values.
    pub fn new(low: f64, high: f64, log: bool, pixels: (f64, f64)) -> Self {
        let log = log && high > 0.0;
        let low = if log && low <= 0.0 { high / 1e4 } else { low };
        // An axis of no length has nowhere to put anything.
        let high = if high > low { high } else { low + low.abs().max(1.0) };
        Self { low, high, log, pixels }
    }

    /// The pixel of a value; values beyond the axis are held at its ends.
    pub fn pixel(&self, value: f64) -> f64 {
        let share = if self.log {
            (value.max(self.low) / self.low).ln() / (self.high / self.low).ln()
        } else {
            (value - self.low) / (self.high - self.low)
        };
        self.pixels.0 + share.clamp(0.0, 1.0) * (self.pixels.1 - self.pixels.0)
    }

    /// The value at a pixel.
    pub fn value(&self, pixel: f64) -> f64 {
        let share = ((pixel - self.pixels.0) / (self.pixels.1 - self.pixels.0)).clamp(0.0, 1.0);
        if self.log { self.low * (self.high / self.low).powf(share) } else { self.low + share * (self.high - self.low) }
    }

    /// Round values within the axis, about `wanted` of them.
    pub fn ticks(&self, wanted: usize) -> Vec<f64> {
        if self.log {
            let decades = (self.low.log10().ceil() as i32)..=(self.high.log10().floor() as i32);
            let every = decades.clone().count().div_ceil(wanted.max(1)).max(1);
            return decades.step_by(every).map(|exponent| 10f64.powi(exponent)).collect();
        }
        let rough = (self.high - self.low) / wanted.max(1) as f64;
        let power = 10f64.powf(rough.log10().floor());
        let step =
            [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power).into_iter().find(|step| *step >= rough).unwrap_or(rough);
        let first = (self.low / step).ceil() as i64;
        let last = (self.high / step + 1e-9).floor() as i64;
        (first..=last).map(|index| index as f64 * step).collect()
    }
}

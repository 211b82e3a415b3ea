//! What the horizontal axis of a chart counts.

use scheduler::format_lr;

/// What the horizontal axis counts, and in which strides it is read off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unit {
    /// Words at the axis.
    pub label: &'static str,
    /// One of them.
    pub one: &'static str,
    /// From one place that can be read off to the next.
    pub stride: f64,
}

impl Unit {
    /// Optimizer steps.
    pub const STEP: Self = Self { label: "optimizer step", one: "step", stride: 1.0 };
    /// Epochs.
    pub const EPOCH: Self = Self { label: "epoch", one: "epoch", stride: 1.0 };
    /// Rows of a log.
    pub const ROW: Self = Self { label: "row of the log", one: "row", stride: 1.0 };

    /// The sum of the LRs of the steps before, over an axis that ends there.
    pub fn lr_area(end: f64) -> Self {
        Self { label: "sum of the LRs so far", one: "LR area", stride: end / 200.0 }
    }

    /// The nearest place that can be read off.
    pub fn nearest(&self, x: f64) -> f64 {
        (x / self.stride).round() * self.stride
    }

    /// A place in words: `step 12`.
    pub fn at(&self, x: f64) -> String {
        format!("{} {}", self.one, self.number(x))
    }

    /// A place as a number.
    pub fn number(&self, x: f64) -> String {
        if self.stride == 1.0 { x.to_string() } else { format_lr(rounded(x)) }
    }
}

/// Three digits are all that an axis can show.
fn rounded(x: f64) -> f64 {
    format!("{x:.2e}").parse().unwrap_or(x)
}

//! `get_polynomial_decay_schedule_with_warmup`.

use super::Warmup;
use super::function;
use crate::class::constructor;
use crate::error::ScheduleError;
use crate::error::{value_error, zero_division};
use crate::notation::Steps;
use crate::optimizer::Optimizer;

constructor! {
    /// A linear warmup from 0, then a power of what is left of the run, down to `lr_end`; `get_scheduler("polynomial")`.
    ///
    /// Formula: `lr(t) = lr * t / max(1, W)` while `t < W`, then `lr * ((d - lr_end) * (1 - (t - W) / (T - W)) ** power +
    /// lr_end) / d`, with `d` the LR that the *optimizer* was built with.
    ///
    /// First value: 0 (with a warmup of 0 steps: `lr`). Last value: `lr_end`, at step T and after, in groups with the
    /// optimizer's own LR; in others it ends at `lr_end * lr / d`. With W = T it divides by zero at that step.
    ///
    /// Source: transformers 5.23, `get_polynomial_decay_schedule_with_warmup`.
    PolynomialDecayWithWarmup = "get_polynomial_decay_schedule_with_warmup" in Transformers;
    /// Steps of the warmup.
    num_warmup_steps: Steps,
    /// Steps of the whole run, the warmup included.
    num_training_steps: Steps,
    /// The LR at the end; must be below the optimizer's LR.
    lr_end: f64 = 1e-7,
    /// Exponent.
    power: f64 = 1.0,
    @ignored "last_epoch";
}

function!(PolynomialDecayWithWarmup);

impl PolynomialDecayWithWarmup {
    fn prepare(
        &self,
        optimizer: &Optimizer,
    ) -> Result<impl Fn(f64) -> Result<f64, ScheduleError> + use<>, ScheduleError> {
        let (warmup, total) = (Warmup(self.num_warmup_steps.0), self.num_training_steps.0);
        let (lr_end, power, lr_init) = (self.lr_end, self.power, optimizer.default_lr);
        if lr_init <= lr_end {
            return Err(value_error(format!("lr_end ({lr_end:?}) must be smaller than initial lr ({lr_init:?})")));
        }
        Ok(move |step: f64| {
            if let Some(factor) = warmup.factor(step) {
                return Ok(factor);
            }
            if step > total {
                return Ok(lr_end / lr_init);
            }
            if total == warmup.0 {
                return Err(zero_division("division by zero"));
            }
            let remaining = 1.0 - (step - warmup.0) / (total - warmup.0);
            Ok(((lr_init - lr_end) * remaining.powf(power) + lr_end) / lr_init)
        })
    }
}

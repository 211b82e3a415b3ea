//! `get_inverse_sqrt_schedule`.

use super::Warmup;
use super::function;
use crate::class::constructor;
use crate::error::ScheduleError;
use crate::error::value_error;
use crate::notation::Steps;
use crate::optimizer::Optimizer;
use crate::python::divide;

constructor! {
    /// A linear warmup from 0, then one over the square root of the step: needs no end; `get_scheduler("inverse_sqrt")`.
    ///
    /// Formula: `lr(t) = lr * t / max(1, W)` while `t < W`, then `lr / sqrt((t + timescale - W) / timescale)`.
    ///
    /// First value: 0 (with a warmup of 0 steps: `lr`). `timescale` is the warmup where it is not given, and 10000 where
    /// there is none.
    ///
    /// Source: transformers 5.23, `get_inverse_sqrt_schedule`; Vaswani et al. 2017, arXiv 1706.03762; Zhai et al. 2022,
    /// arXiv 2106.04560.
    InverseSqrt = "get_inverse_sqrt_schedule" in Transformers;
    /// Steps of the warmup.
    num_warmup_steps: Steps,
    /// Steps after which the LR has fallen to 71 %.
    timescale: Option<Steps> = None,
    @ignored "last_epoch";
}

function!(InverseSqrt);

impl InverseSqrt {
    #[expect(clippy::unnecessary_wraps, reason = "the same shape as the other schedules")]
    fn prepare(&self, _: &Optimizer) -> Result<impl Fn(f64) -> Result<f64, ScheduleError> + use<>, ScheduleError> {
        let warmup = Warmup(self.num_warmup_steps.0);
        let timescale = match self.timescale {
            Some(timescale) => timescale.0,
            None if warmup.0 == 0.0 => 10_000.0,
            None => warmup.0,
        };
        let shift = timescale - warmup.0;
        Ok(move |step: f64| {
            if let Some(factor) = warmup.factor(step) {
                return Ok(factor);
            }
            let ratio = divide(step + shift, timescale)?;
            if ratio < 0.0 {
                return Err(value_error("math domain error"));
            }
            divide(1.0, ratio.sqrt())
        })
    }
}

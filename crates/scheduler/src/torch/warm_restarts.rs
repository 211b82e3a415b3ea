//! `CosineAnnealingWarmRestarts`.

use std::f64::consts::PI;

use super::single::{Formula, Single};
use crate::class::constructor;
use crate::error::{ScheduleError, value_error};
use crate::motion::{Motion, Node};
use crate::optimizer::Optimizer;
use crate::python::number;

constructor! {
    /// Half a cosine that starts anew after `T_0`, then `T_0 * T_mult`, ... steps (SGDR).
    ///
    /// Formula: `lr = eta_min + (lr - eta_min) * (1 + cos(pi * T_cur / T_i)) / 2`, where `T_cur` counts the steps since
    /// the last restart and `T_i` is the length of the cycle.
    ///
    /// First value: `lr`, and again at each restart. `eta_min` itself is never reached: the step that would have it is
    /// the restart. `step(epoch)` with a fraction of an epoch is its own documented use, for restarts counted in epochs
    /// and steps made per batch; there, with `T_mult > 1`, a restart at an exact power of `T_mult` may come out as the
    /// bottom of the cycle before, by the rounding of a logarithm.
    ///
    /// Source: torch 2.15, `torch.optim.lr_scheduler.CosineAnnealingWarmRestarts`; Loshchilov and Hutter 2017,
    /// arXiv 1608.03983.
    CosineAnnealingWarmRestarts = "CosineAnnealingWarmRestarts" in Torch;
    /// Steps of the first cycle.
    t_0 as "T_0": i64,
    /// Growth of the cycles, 1 or more.
    t_mult as "T_mult": i64 = 1,
    /// The LR towards which each cycle falls.
    eta_min: f64 = 0.0,
    @ignored "last_epoch";
}

#[derive(Clone, Debug)]
pub(crate) struct WarmRestarts {
    t_0: i64,
    t_mult: i64,
    eta_min: f64,
    /// Steps since the last restart.
    t_cur: f64,
    /// Length of the cycle under way.
    t_i: f64,
}

impl Motion for CosineAnnealingWarmRestarts {
    fn start(&self, optimizer: &mut Optimizer, last_epoch: i64) -> Result<Node, ScheduleError> {
        let restarts = self.check(last_epoch)?;
        Single::start(Formula::WarmRestarts(restarts), optimizer, last_epoch)
    }
}

impl CosineAnnealingWarmRestarts {
    fn check(&self, last_epoch: i64) -> Result<WarmRestarts, ScheduleError> {
        let Self { t_0, t_mult, eta_min } = *self;
        if t_0 <= 0 {
            return Err(value_error(format!("Expected positive integer T_0, but got {t_0}")));
        }
        if t_mult < 1 {
            return Err(value_error(format!("Expected integer T_mult >= 1, but got {t_mult}")));
        }
        Ok(WarmRestarts { t_0, t_mult, eta_min, t_cur: last_epoch as f64, t_i: t_0 as f64 })
    }
}

impl WarmRestarts {
    /// Moves to the next step; `last_epoch` is its number.
    pub fn advance(&mut self, last_epoch: i64) -> Result<(), ScheduleError> {
        if last_epoch == 0 {
            return self.jump(0.0);
        }
        self.t_cur += 1.0;
        if self.t_cur >= self.t_i {
            self.t_cur %= self.t_i;
            self.t_i *= self.t_mult as f64;
        }
        Ok(())
    }

    /// `step(epoch)`.
    pub fn jump(&mut self, epoch: f64) -> Result<(), ScheduleError> {
        let (t_0, t_mult) = (self.t_0 as f64, self.t_mult as f64);
        if epoch < 0.0 {
            return Err(value_error(format!("Expected non-negative epoch, but got {}", number(epoch))));
        }
        if epoch < t_0 {
            (self.t_cur, self.t_i) = (epoch, t_0);
        } else if self.t_mult == 1 {
            self.t_cur = epoch % t_0;
        } else {
            let restarts = ((epoch / t_0 * (t_mult - 1.0) + 1.0).ln() / t_mult.ln()).trunc();
            let growth = t_mult.powf(restarts);
            self.t_cur = epoch - t_0 * (growth - 1.0) / (t_mult - 1.0);
            self.t_i = t_0 * growth;
        }
        Ok(())
    }

    pub fn lr(&self, base_lr: f64) -> f64 {
        let angle = PI * self.t_cur / self.t_i;
        self.eta_min + (base_lr - self.eta_min) * (1.0 + angle.cos()) / 2.0
    }

    /// The LR at `step` of a run that started at 0, without replaying it.
    pub fn at(&self, step: i64, base_lr: f64) -> f64 {
        let (mut start, mut length) = (0, self.t_0);
        if self.t_mult == 1 {
            start = step - step % self.t_0;
        } else {
            // Cycles grow at least twofold, so there are at most 63.
            while step - start >= length {
                start += length;
                length = length.saturating_mul(self.t_mult);
            }
        }
        Self { t_cur: (step - start) as f64, t_i: length as f64, ..*self }.lr(base_lr)
    }
}

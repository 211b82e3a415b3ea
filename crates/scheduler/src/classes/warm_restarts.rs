//! `CosineAnnealingWarmRestarts`.

use std::f64::consts::PI;

use crate::error::{ScheduleError, value_error};

#[derive(Clone, Debug)]
pub(super) struct WarmRestarts {
    t_0: i64,
    t_mult: i64,
    eta_min: f64,
    /// Steps since the last restart.
    t_cur: i64,
    /// Length of the cycle under way.
    t_i: i64,
}

impl WarmRestarts {
    pub fn new(t_0: i64, t_mult: i64, eta_min: f64) -> Result<Self, ScheduleError> {
        if t_0 <= 0 {
            return Err(value_error(format!("Expected positive integer T_0, but got {t_0}")));
        }
        if t_mult < 1 {
            return Err(value_error(format!("Expected integer T_mult >= 1, but got {t_mult}")));
        }
        Ok(Self { t_0, t_mult, eta_min, t_cur: -1, t_i: t_0 })
    }

    /// Moves to the next step; `last_epoch` is its number.
    pub fn advance(&mut self, last_epoch: i64) {
        if last_epoch == 0 {
            (self.t_cur, self.t_i) = (0, self.t_0);
            return;
        }
        self.t_cur += 1;
        if self.t_cur >= self.t_i {
            self.t_cur %= self.t_i;
            // Beyond 2^63 steps the cycle cannot end; saturating keeps it that way.
            self.t_i = self.t_i.saturating_mul(self.t_mult);
        }
    }

    pub fn lr(&self, base_lr: f64) -> f64 {
        let angle = PI * self.t_cur as f64 / self.t_i as f64;
        self.eta_min + (base_lr - self.eta_min) * (1.0 + angle.cos()) / 2.0
    }
}

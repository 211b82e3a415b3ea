//! `PlateauLRScheduler`.

use crate::class::constructor;
use crate::error::ScheduleError;
use crate::motion::{Motion, Node};
use crate::notation::{PerGroup, Steps};
use crate::optimizer::Optimizer;
use crate::torch::{Plateau, ReduceLROnPlateau};

constructor! {
    /// torch's ReduceLROnPlateau with a warmup; deprecated by timm.
    ///
    /// Rule: a line from `warmup_lr_init` to `lr` over the first `warmup_t` steps, whose metrics are not looked at; after it
    /// every metric goes to a ReduceLROnPlateau. A step without a metric changes nothing.
    ///
    /// First value: `warmup_lr_init` with a warmup, else `lr`. The mode is `max` by default, where torch's is `min`.
    ///
    /// Source: timm 1.0.31, `timm.scheduler.PlateauLRScheduler`.
    PlateauLRScheduler = "PlateauLRScheduler" in Timm;
    /// Factor per reduction, below 1.
    decay_rate: f64 = 0.1,
    /// Bad steps that are let pass; the next one reduces.
    patience_t: i64 = 10,
    /// How much better counts as better, as a share of the best.
    threshold: f64 = 1e-4,
    /// Steps after a reduction in which bad ones are not counted.
    cooldown_t: i64 = 0,
    /// Steps of the warmup.
    warmup_t: Steps = Steps(0.0),
    /// The LR at step 0 of the warmup.
    warmup_lr_init: f64 = 0.0,
    /// The LR is never reduced below this.
    lr_min: f64 = 0.0,
    /// `min` or `max`: which way the metric improves.
    mode: String = "max".to_owned(),
    @ignored "noise_range_t", "noise_type", "noise_pct", "noise_std", "noise_seed", "initialize";
}

#[derive(Clone, Debug)]
pub(crate) struct TimmPlateau {
    plateau: Plateau,
    warmup: f64,
    warmup_lr_init: f64,
    base_lrs: Vec<f64>,
    step: i64,
}

impl Motion for PlateauLRScheduler {
    fn start(&self, optimizer: &mut Optimizer, _: i64) -> Result<Node, ScheduleError> {
        let base_lrs = optimizer.remember_initial_lrs();
        let parameters = ReduceLROnPlateau {
            mode: self.mode.clone(),
            factor: self.decay_rate,
            patience: self.patience_t,
            threshold: self.threshold,
            cooldown: self.cooldown_t,
            min_lr: PerGroup::All(self.lr_min),
            ..ReduceLROnPlateau::default()
        };
        let plateau = TimmPlateau {
            plateau: Plateau::new(&parameters, optimizer)?,
            warmup: self.warmup_t.0,
            warmup_lr_init: self.warmup_lr_init,
            base_lrs,
            step: 0,
        };
        if plateau.warmup != 0.0 {
            plateau.warm_up(optimizer);
        }
        Ok(Node::TimmPlateau(plateau))
    }
}

impl TimmPlateau {
    pub fn step(&mut self, metric: Option<f64>, optimizer: &mut Optimizer) {
        self.step += 1;
        if self.step as f64 <= self.warmup {
            self.warm_up(optimizer);
        } else if let Some(metric) = metric {
            self.plateau.step(metric, optimizer);
        }
    }

    fn warm_up(&self, optimizer: &mut Optimizer) {
        for (group, &base_lr) in optimizer.groups.iter_mut().zip(&self.base_lrs) {
            let rise = (base_lr - self.warmup_lr_init) / self.warmup;
            group.lr = (self.warmup_lr_init + self.step as f64 * rise) * group.lr_scale;
        }
    }
}

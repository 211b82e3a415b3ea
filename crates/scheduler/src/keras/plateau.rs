//! The callback `ReduceLROnPlateau`.

use crate::class::constructor;
use crate::error::{ScheduleError, value_error};
use crate::motion::{Motion, Node};
use crate::optimizer::Optimizer;

constructor! {
    /// Times `factor` whenever a metric has stopped improving, at the end of an epoch.
    ///
    /// Rule: a metric is better if it beats the best one by more than `min_delta`. After `patience` epochs without a better
    /// one the LR becomes `max(lr * factor, min_lr)`, and the count starts anew.
    ///
    /// First value: the LR of the optimizer. One epoch earlier than torch: `patience=2` reduces after the second bad epoch.
    /// The metric that is compared is the difference, where torch's is by default a share.
    ///
    /// Source: Keras 3.15, `keras.callbacks.ReduceLROnPlateau`.
    KerasReduceLROnPlateau = "keras.callbacks.ReduceLROnPlateau" in Keras;
    /// The metric that is watched.
    monitor: String = "val_loss".to_owned(),
    /// Factor per reduction, below 1.
    factor: f64 = 0.1,
    /// Bad epochs in a row that reduce.
    patience: i64 = 10,
    /// Whether it prints what it does.
    verbose: i64 = 0,
    /// `min`, `max`, or `auto`: by the name of the metric.
    mode: String = "auto".to_owned(),
    /// How much better counts as better.
    min_delta: f64 = 1e-4,
    /// Epochs after a reduction in which bad ones are not counted.
    cooldown: i64 = 0,
    /// The LR is never reduced below this.
    min_lr: f64 = 0.0,
}

#[derive(Clone, Debug)]
pub(crate) struct KerasPlateau {
    parameters: KerasReduceLROnPlateau,
    rising: bool,
    best: Option<f64>,
    waited: i64,
    cooldown_left: i64,
}

impl KerasReduceLROnPlateau {
    /// Whether a metric that grows gets better.
    pub(crate) fn is_rising(&self) -> bool {
        match self.mode.as_str() {
            "min" => false,
            "max" => true,
            // Keras asks the metric itself where it can; its name says the same.
            _ => ["acc", "auc", "precision", "recall", "f1"].iter().any(|metric| self.monitor.contains(metric)),
        }
    }
}

impl Motion for KerasReduceLROnPlateau {
    fn start(&self, _: &mut Optimizer, _: i64) -> Result<Node, ScheduleError> {
        if self.factor >= 1.0 {
            return Err(value_error(format!(
                "ReduceLROnPlateau does not support a factor >= 1.0. Received factor={:?}",
                self.factor
            )));
        }
        Ok(Node::KerasPlateau(KerasPlateau {
            parameters: self.clone(),
            rising: self.is_rising(),
            best: None,
            waited: 0,
            cooldown_left: 0,
        }))
    }
}

impl KerasPlateau {
    pub fn step(&mut self, metric: f64, optimizer: &mut Optimizer) {
        if self.cooldown_left > 0 {
            self.cooldown_left -= 1;
            self.waited = 0;
        }
        let delta = self.parameters.min_delta;
        let better =
            self.best.is_none_or(|best| if self.rising { metric - delta > best } else { metric + delta < best });
        if better {
            self.best = Some(metric);
            self.waited = 0;
        } else if self.cooldown_left == 0 {
            self.waited += 1;
            if self.waited >= self.parameters.patience && self.reduce(optimizer) {
                self.cooldown_left = self.parameters.cooldown;
                self.waited = 0;
            }
        }
    }

    /// Whether the LR was above its minimum.
    fn reduce(&self, optimizer: &mut Optimizer) -> bool {
        let min_lr = self.parameters.min_lr;
        let mut reduced = false;
        for group in &mut optimizer.groups {
            // The optimizer keeps its LR as a float32.
            let lr = f64::from(group.lr as f32);
            if lr > f64::from(min_lr as f32) {
                group.lr = f64::from((lr * self.parameters.factor).max(min_lr) as f32);
                reduced = true;
            }
        }
        reduced
    }
}

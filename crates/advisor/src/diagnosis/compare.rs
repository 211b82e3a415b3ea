//! Several runs side by side.

use serde::Serialize;

use super::run::Run;

/// One run in a comparison.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The run's name.
    pub name: String,
    /// How many steps, epochs or rows it has.
    pub length: u64,
    /// What the length counts.
    pub unit: &'static str,
    /// Greatest LR.
    pub peak_lr: Option<f64>,
    /// Last LR.
    pub last_lr: Option<f64>,
    /// Loss at the end, the median of the last tenth.
    pub loss: Option<f64>,
    /// Best validation loss.
    pub best_validation_loss: Option<f64>,
}

/// The runs, best first: by validation loss where all have one, else by the loss at the end.
pub fn compare(runs: &[Run]) -> Vec<Comparison> {
    let mut all: Vec<Comparison> = runs
        .iter()
        .map(|run| Comparison {
            name: run.name.clone(),
            length: run.length(),
            unit: run.unit(),
            peak_lr: run.lr.as_ref().map(|lr| lr.peak),
            last_lr: run.lr.as_ref().map(super::learning_rate::LearningRate::last),
            // A loss that ended as no number has no end.
            loss: run.loss.as_ref().filter(|loss| loss.not_finite == 0 && loss.len() > 0).map(super::run::Signal::end),
            best_validation_loss: run
                .validation
                .as_ref()
                .filter(|validation| validation.len() > 0)
                .map(|validation| validation.smooth[validation.lowest()]),
        })
        .collect();
    let validated = all.iter().all(|run| run.best_validation_loss.is_some());
    let key = |run: &Comparison| if validated { run.best_validation_loss } else { run.loss }.unwrap_or(f64::INFINITY);
    all.sort_by(|a, b| key(a).total_cmp(&key(b)));
    all
}

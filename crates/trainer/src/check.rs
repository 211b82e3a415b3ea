//! Bounds on what may be trained. Experiments come from links, that is, from anybody.

use crate::experiment::{Experiment, Optimizer, Task};

/// Why an experiment is refused, in one sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ExperimentError(String);

/// The most parameters of one lane's model. 32 lanes of it with Adam's moments take half a gigabyte.
const MAX_PARAMETERS: usize = 1_000_000;
/// The largest attention matrix of one lane and step, `batch * heads * sequence^2`.
const MAX_ACTIVATIONS: usize = 16_000_000;

impl Experiment {
    /// Whether it can be trained within sensible memory and with numbers that make sense.
    ///
    /// # Errors
    /// The first thing that cannot.
    pub fn check(&self) -> Result<(), ExperimentError> {
        let within = |name: &str, value: usize, least: usize, most: usize| {
            if (least..=most).contains(&value) {
                Ok(())
            } else {
                Err(ExperimentError(format!("The {name} must be from {least} to {most}, not {value}.")))
            }
        };
        within("batch", self.batch, 1, 4096)?;
        within("number of steps", self.steps, 1, 1_000_000)?;
        let activations = match &self.task {
            Task::Reverse(model) => {
                within("number of layers", model.layers, 1, 24)?;
                within("width", model.d_model, 4, 256)?;
                within("number of heads", model.heads, 1, 32)?;
                within("width of the feed-forward layer", model.feed_forward, 1, 1024)?;
                within("length of the sequence", model.sequence, 2, 128)?;
                within("vocabulary", model.vocabulary, 2, 256)?;
                if model.d_model % model.heads != 0 {
                    let message = format!("The width {} is not divisible by {} heads.", model.d_model, model.heads);
                    return Err(ExperimentError(message));
                }
                self.batch * model.heads * model.sequence * model.sequence
            }
            Task::Spirals(model) => {
                within("width of the hidden layers", model.hidden, 1, 512)?;
                within("number of hidden layers", model.layers, 1, 16)?;
                self.batch * model.hidden
            }
        };
        if self.parameters() > MAX_PARAMETERS || activations > MAX_ACTIVATIONS {
            return Err(ExperimentError("The model is too large to train in a page.".into()));
        }
        let shares: &[f64] = match &self.optimizer {
            Optimizer::Sgd { momentum } => &[*momentum],
            Optimizer::Adam { beta1, beta2, .. } => &[*beta1, *beta2],
        };
        if shares.iter().any(|share| !(0.0..1.0).contains(share)) {
            return Err(ExperimentError("Momentum and betas must be at least 0 and below 1.".into()));
        }
        match self.optimizer {
            Optimizer::Adam { epsilon, .. } if epsilon.is_nan() || epsilon < 0.0 => {
                Err(ExperimentError("Adam's epsilon must be at least 0.".into()))
            }
            _ => Ok(()),
        }
    }

    /// Trainable numbers in one lane's model.
    pub fn parameters(&self) -> usize {
        match &self.task {
            Task::Reverse(model) => {
                let (width, hidden) = (model.d_model, model.feed_forward);
                let attention = 4 * width * width;
                let feed_forward = 2 * width * hidden + hidden + width;
                let norms = 4 * width;
                let embeddings = (model.vocabulary + model.sequence) * width;
                let head = width * model.vocabulary + model.vocabulary;
                model.layers * (attention + feed_forward + norms) + embeddings + head
            }
            Task::Spirals(model) => {
                let hidden = model.hidden;
                (2 * hidden + hidden) + (model.layers - 1) * (hidden * hidden + hidden) + (hidden * 2 + 2)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::presets;

    #[test]
    fn the_presets_pass() {
        for preset in presets::all() {
            assert_eq!(preset.experiment.check(), Ok(()), "{}", preset.name);
        }
    }

    #[test]
    fn each_bound_is_told_in_a_sentence() {
        let refused = |change: fn(&mut Experiment)| {
            let mut experiment = presets::warmup().experiment;
            change(&mut experiment);
            experiment.check().unwrap_err().to_string()
        };
        assert_eq!(refused(|e| e.batch = 0), "The batch must be from 1 to 4096, not 0.");
        assert_eq!(refused(|e| e.batch = 4096 * 4096), "The batch must be from 1 to 4096, not 16777216.");
        let heads = |e: &mut Experiment| match &mut e.task {
            Task::Reverse(model) => model.heads = 5,
            Task::Spirals(_) => {}
        };
        assert_eq!(refused(heads), "The width 32 is not divisible by 5 heads.");
        let beta = |e: &mut Experiment| e.optimizer = Optimizer::Sgd { momentum: f64::NAN };
        assert_eq!(refused(beta), "Momentum and betas must be at least 0 and below 1.");
    }
}

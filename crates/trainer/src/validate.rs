//! Whether a run can be trained. Experiments come from links, so nothing about them is taken on trust.

use std::fmt;
use std::ops::RangeInclusive;

use crate::experiment::{Convolutional, Data, Experiment, Norm, Optimizer, Perceptron, Task, Teacher, Transformer};
use crate::messages::{Lane, ScheduledLr};

/// Why a run cannot be trained, in one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid(pub String);

impl fmt::Display for Invalid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Invalid {}

/// Lanes of one race, over all its workers.
pub const LANES: RangeInclusive<usize> = 1..=64;
/// Optimizer steps per lane.
pub const STEPS: RangeInclusive<usize> = 1..=20_000;
/// Examples per step.
pub const BATCH: RangeInclusive<usize> = 1..=1024;
/// Layers of a transformer.
pub const LAYERS: RangeInclusive<usize> = 1..=12;
/// Width of a transformer.
pub const D_MODEL: RangeInclusive<usize> = 4..=256;
/// Attention heads.
pub const HEADS: RangeInclusive<usize> = 1..=16;
/// Width of the hidden layer of a feed-forward block.
pub const FEED_FORWARD: RangeInclusive<usize> = 4..=1024;
/// Tokens per sequence.
pub const SEQUENCE: RangeInclusive<usize> = 2..=64;
/// Distinct tokens.
pub const VOCABULARY: RangeInclusive<usize> = 2..=64;
/// Width of a hidden layer of a perceptron.
pub const HIDDEN: RangeInclusive<usize> = 2..=512;
/// Hidden layers of a perceptron.
pub const HIDDEN_LAYERS: RangeInclusive<usize> = 1..=8;
/// Numbers per vector that a teacher labels.
pub const INPUTS: RangeInclusive<usize> = 1..=256;
/// Classes of a teacher.
pub const CLASSES: RangeInclusive<usize> = 2..=64;
/// Channels of the first convolution.
pub const CHANNELS: RangeInclusive<usize> = 1..=32;
/// Examples of a fixed set.
pub const FIXED: RangeInclusive<usize> = 1..=16_384;
/// Validation examples.
pub const VALIDATION: RangeInclusive<usize> = 1..=4096;
/// What an LR can be multiplied by while a run is under way.
pub const LR_FACTOR: RangeInclusive<f64> = 0.0..=1e6;

/// What a race on own images says before there are any.
pub const NEEDS_IMAGES: &str = "This race needs image files of your own, which no link holds: give it a pair such as \
                                train-images-idx3-ubyte.gz and train-labels-idx1-ubyte.gz.";

/// Floats in the largest tensor: WebGPU promises storage buffer bindings of 128 MiB and no more
/// (`maxStorageBufferBindingSize`).
const LARGEST_TENSOR: usize = (128 << 20) / 4;

/// Floats kept for the backward pass: 1 GiB, of the 4 GiB that WebAssembly can address.
const LARGEST_GRAPH: usize = (1 << 30) / 4;

impl Experiment {
    /// Whether the experiment can be trained with this many lanes.
    ///
    /// # Errors
    /// One sentence that says which number is out of bounds and what the bounds are.
    pub fn validate(&self, lanes: usize) -> Result<(), Invalid> {
        within("The number of lanes", lanes, LANES)?;
        within("The number of steps", self.steps, STEPS)?;
        within("The batch size", self.batch, BATCH)?;
        match &self.task {
            Task::Points(_, model) => validate_perceptron(model)?,
            Task::Teacher(teacher, model) => {
                validate_teacher(teacher)?;
                validate_perceptron(model)?;
            }
            Task::Tokens(_, model) => validate_transformer(model)?,
            Task::Images(_, Convolutional { channels }) => within("The number of channels", *channels, CHANNELS)?,
        }
        validate_optimizer(&self.optimizer)?;
        self.groups.check().map_err(Invalid)?;
        if let Some(clip) = self.clip.filter(|clip| !(*clip > 0.0 && clip.is_finite())) {
            return Err(Invalid(format!("The greatest norm of the gradient is {clip}; it must be above 0.")));
        }
        if let Data::Fixed(examples) = self.data {
            within("The number of examples", examples, FIXED)?;
            if self.batch > examples {
                let message = format!("A batch of {} cannot be filled from {examples} examples.", self.batch);
                return Err(Invalid(message));
            }
        }
        if let Some(validation) = self.validation {
            within("The number of validation examples", validation.examples, VALIDATION)?;
            within("The number of steps between validations", validation.every, STEPS)?;
        }
        if !(0.0..1.0).contains(&self.goal) {
            return Err(Invalid(format!(
                "The goal is an accuracy of {}; it must be at least 0 and below 1.",
                self.goal
            )));
        }
        let (largest, kept) = self.activations();
        let validation = lanes * self.validation.map_or(0, |validation| validation.examples);
        let rows = lanes * self.batch;
        let largest = (rows.max(validation) * largest).max(lanes * self.weights());
        if largest > LARGEST_TENSOR || rows * kept > LARGEST_GRAPH {
            return Err(Invalid(format!(
                "{lanes} lanes of batch {} need more memory than a browser gives: take fewer lanes, a smaller batch or a smaller model.",
                self.batch
            )));
        }
        Ok(())
    }

    /// Weights of a lane, which are the rows of one tensor.
    pub(crate) fn weights(&self) -> usize {
        let linear = |from: usize, to: usize| (from + 1) * to;
        let (width, classes) = (self.task.width(), self.task.classes());
        match &self.task {
            Task::Tokens(_, model) => {
                let (d, norm) = (model.d_model, 2 * model.d_model);
                let feed_forward = linear(d, model.feed_forward) + linear(model.feed_forward, d);
                let ends = (width + model.sequence) * d + linear(d, classes);
                let last = if model.norm == Norm::Pre { norm } else { 0 };
                ends + model.layers * (4 * d * d + feed_forward + 2 * norm) + last
            }
            Task::Points(_, model) | Task::Teacher(_, model) => {
                let hidden = (model.layers - 1) * linear(model.hidden, model.hidden);
                linear(width, model.hidden) + hidden + linear(model.hidden, classes)
            }
            // Patches of 3 by 3; 2 by 2 places are left at the end.
            Task::Images(_, Convolutional { channels }) => {
                linear(9, *channels) + linear(9 * channels, 2 * channels) + linear(8 * channels, classes)
            }
        }
    }

    /// Floats per example of the largest activation, and of all that the backward pass keeps (estimated from the
    /// operations of the forward pass).
    fn activations(&self) -> (usize, usize) {
        match &self.task {
            Task::Tokens(_, model) => {
                let attention = model.heads * model.sequence;
                let per_layer = 24 * model.d_model + 4 * attention + 3 * model.feed_forward;
                let widest = model.d_model.max(model.feed_forward).max(attention).max(model.vocabulary);
                (model.sequence * widest, model.sequence * (model.layers * per_layer + 8 * model.vocabulary))
            }
            Task::Points(_, model) | Task::Teacher(_, model) => {
                let ends = self.task.width().max(self.task.classes());
                (model.hidden.max(ends), model.layers * 3 * model.hidden + 4 * ends)
            }
            // 12 by 12 patches of 9 pixels, then 4 by 4 patches of 9 times the channels.
            Task::Images(_, model) => ((144 * 9).max(144 * model.channels), 1500 + 1000 * model.channels),
        }
    }
}

/// Whether a run can be trained: the experiment, and schedules and lanes that fit together.
///
/// # Errors
/// One sentence about the first thing that is wrong.
pub fn validate(experiment: &Experiment, schedules: &[ScheduledLr], lanes: &[Lane]) -> Result<(), Invalid> {
    experiment.validate(lanes.len())?;
    if experiment.task.lacks_images() {
        return Err(Invalid(NEEDS_IMAGES.into()));
    }
    if let Some(lane) = lanes.iter().find(|lane| lane.schedule >= schedules.len()) {
        return Err(Invalid(format!(
            "A lane asks for schedule {}, but the run has {}.",
            lane.schedule + 1,
            schedules.len()
        )));
    }
    match schedules.iter().find(|scheduled| !(scheduled.base_lr >= 0.0 && scheduled.base_lr.is_finite())) {
        Some(scheduled) => Err(Invalid(format!("The learning rate is {}; it must be 0 or more.", scheduled.base_lr))),
        None => Ok(()),
    }
}

fn validate_transformer(model: &Transformer) -> Result<(), Invalid> {
    within("The number of layers", model.layers, LAYERS)?;
    within("d_model", model.d_model, D_MODEL)?;
    within("The number of heads", model.heads, HEADS)?;
    within("The feed-forward width", model.feed_forward, FEED_FORWARD)?;
    within("The sequence length", model.sequence, SEQUENCE)?;
    within("The vocabulary", model.vocabulary, VOCABULARY)?;
    if !model.d_model.is_multiple_of(model.heads) {
        return Err(Invalid(format!("d_model {} is not a multiple of the {} heads.", model.d_model, model.heads)));
    }
    Ok(())
}

fn validate_perceptron(model: &Perceptron) -> Result<(), Invalid> {
    within("The hidden width", model.hidden, HIDDEN)?;
    within("The number of hidden layers", model.layers, HIDDEN_LAYERS)
}

fn validate_teacher(teacher: &Teacher) -> Result<(), Invalid> {
    within("The number of inputs", teacher.inputs, INPUTS)?;
    within("The number of classes", teacher.classes, CLASSES)?;
    if (0.0..=1.0).contains(&teacher.noise) {
        return Ok(());
    }
    Err(Invalid(format!("The label noise is {}; it must be from 0 to 1.", teacher.noise)))
}

fn validate_optimizer(optimizer: &Optimizer) -> Result<(), Invalid> {
    let decay = |name: &str, value: f64| match (0.0..1.0).contains(&value) {
        true => Ok(()),
        false => Err(Invalid(format!("{name} is {value}; it must be at least 0 and below 1."))),
    };
    let weight_decay = match *optimizer {
        Optimizer::Sgd { momentum, nesterov, weight_decay } => {
            decay("momentum", momentum)?;
            if nesterov && momentum == 0.0 {
                return Err(Invalid("Nesterov momentum requires a momentum.".into()));
            }
            weight_decay
        }
        Optimizer::Adam { beta1, beta2, epsilon, weight_decay }
        | Optimizer::AdamW { beta1, beta2, epsilon, weight_decay } => {
            decay("beta1", beta1)?;
            decay("beta2", beta2)?;
            if !(epsilon > 0.0 && epsilon.is_finite()) {
                return Err(Invalid(format!("epsilon is {epsilon}; it must be above 0.")));
            }
            weight_decay
        }
    };
    if weight_decay >= 0.0 && weight_decay.is_finite() {
        return Ok(());
    }
    Err(Invalid(format!("weight_decay is {weight_decay}; it must be 0 or more.")))
}

fn within(what: &str, value: usize, bounds: RangeInclusive<usize>) -> Result<(), Invalid> {
    if bounds.contains(&value) {
        return Ok(());
    }
    Err(Invalid(format!("{what} is {value}; it must be from {} to {}.", bounds.start(), bounds.end())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Groups, Tokens, Validation};
    use crate::presets;

    fn error(change: impl FnOnce(&mut Experiment)) -> String {
        let mut experiment = presets::warmup().experiment;
        change(&mut experiment);
        experiment.validate(20).unwrap_err().to_string()
    }

    #[test]
    fn presets_are_valid() {
        for preset in presets::all() {
            validate(&preset.experiment, &preset.scheduled(), &preset.lanes()).unwrap();
            let counter = preset.counter();
            validate(&counter.experiment, &counter.scheduled(), &counter.lanes()).unwrap();
        }
    }

    #[test]
    fn every_bound_has_a_sentence() {
        assert_eq!(error(|e| e.steps = 0), "The number of steps is 0; it must be from 1 to 20000.");
        assert_eq!(
            error(|e| e.batch = usize::MAX),
            format!("The batch size is {}; it must be from 1 to 1024.", usize::MAX)
        );
        let transformer = Transformer {
            layers: 1,
            d_model: 10,
            heads: 4,
            feed_forward: 8,
            sequence: 4,
            vocabulary: 4,
            norm: Norm::Pre,
        };
        assert_eq!(
            error(|e| e.task = Task::Tokens(Tokens::Reverse, transformer)),
            "d_model 10 is not a multiple of the 4 heads."
        );
        assert_eq!(
            error(|e| e.optimizer = Optimizer::Adam { beta1: 1.0, beta2: 0.9, epsilon: 1e-8, weight_decay: 0.0 }),
            "beta1 is 1; it must be at least 0 and below 1."
        );
        assert_eq!(
            error(|e| e.optimizer = Optimizer::sgd(f64::NAN)),
            "momentum is NaN; it must be at least 0 and below 1."
        );
        assert_eq!(
            error(|e| e.optimizer = Optimizer::Sgd { momentum: 0.0, nesterov: true, weight_decay: 0.0 }),
            "Nesterov momentum requires a momentum."
        );
        assert_eq!(
            error(|e| e.optimizer = Optimizer::Sgd { momentum: 0.0, nesterov: false, weight_decay: -1.0 }),
            "weight_decay is -1; it must be 0 or more."
        );
        assert_eq!(
            error(|e| e.groups = Groups { output: -1.0, ..Groups::ONE }),
            "The LR of the output group is multiplied by -1; it must be from 0 to 10000."
        );
        assert_eq!(error(|e| e.clip = Some(0.0)), "The greatest norm of the gradient is 0; it must be above 0.");
        assert_eq!(error(|e| e.data = Data::Fixed(31)), "A batch of 32 cannot be filled from 31 examples.");
        assert_eq!(
            error(|e| e.validation = Some(Validation { examples: 0, every: 1 })),
            "The number of validation examples is 0; it must be from 1 to 4096."
        );
        assert_eq!(
            error(|e| e.validation = Some(Validation { examples: 1, every: 0 })),
            "The number of steps between validations is 0; it must be from 1 to 20000."
        );
        assert_eq!(error(|e| e.goal = f32::NAN), "The goal is an accuracy of NaN; it must be at least 0 and below 1.");
        assert_eq!(
            error(|e| {
                e.task = Task::from_name("teacher").unwrap();
                e.task.set_noise(2.0);
            }),
            "The label noise is 2; it must be from 0 to 1."
        );
    }

    #[test]
    fn the_largest_of_everything_is_too_much_memory() {
        let transformer = Transformer {
            layers: 12,
            d_model: 256,
            heads: 16,
            feed_forward: 1024,
            sequence: 64,
            vocabulary: 64,
            norm: Norm::Post,
        };
        let error = error(|e| {
            e.task = Task::Tokens(Tokens::Reverse, transformer);
            e.batch = 1024;
        });
        assert!(error.contains("more memory than a browser gives"), "{error}");
    }

    #[test]
    fn the_weights_of_all_lanes_count_too() {
        let transformer = Transformer {
            layers: 12,
            d_model: 256,
            heads: 16,
            feed_forward: 1024,
            sequence: 2,
            vocabulary: 2,
            norm: Norm::Post,
        };
        let error = error(|e| {
            e.task = Task::Tokens(Tokens::Copy, transformer);
            e.batch = 1;
        });
        assert!(error.contains("more memory than a browser gives"), "{error}");
    }

    #[test]
    fn lanes_must_point_at_a_schedule() {
        let preset = presets::warmup();
        let lanes = [Lane { schedule: 2, seed: 0 }];
        let error = validate(&preset.experiment, &preset.scheduled(), &lanes).unwrap_err();
        assert_eq!(error.to_string(), "A lane asks for schedule 3, but the run has 2.");
    }
}

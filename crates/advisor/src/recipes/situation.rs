//! What is to be trained.

use serde::{Deserialize, Serialize};

/// The field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Domain {
    /// Image classification with a convolutional network.
    ImageCnn,
    /// Image classification with a vision transformer.
    ImageTransformer,
    /// A transformer on text.
    Language,
    /// Detection in two stages: Faster R-CNN, Mask R-CNN.
    DetectionTwoStage,
    /// Detection with a transformer: DETR.
    DetectionTransformer,
    /// Segmentation with a convolutional network: U-Net, DeepLab.
    SegmentationCnn,
    /// Segmentation with a transformer: SegFormer.
    SegmentationTransformer,
    /// Reinforcement learning.
    Reinforcement,
    /// A generative adversarial network.
    Gan,
    /// A diffusion model.
    Diffusion,
    /// Tables.
    Tabular,
    /// Anything else that is no transformer.
    Other,
    /// Any other transformer.
    OtherTransformer,
}

impl Domain {
    /// All domains with the word for each and what it means.
    pub const ALL: [(&'static str, Self, &'static str); 13] = [
        ("image-cnn", Self::ImageCnn, "image classification, CNN (ResNet, EfficientNet, ConvNeXt)"),
        ("image-transformer", Self::ImageTransformer, "image classification, transformer (ViT, Swin, DeiT)"),
        ("language", Self::Language, "text, transformer (BERT, GPT, T5)"),
        ("detection-two-stage", Self::DetectionTwoStage, "detection, two stages (Faster R-CNN)"),
        ("detection-transformer", Self::DetectionTransformer, "detection, transformer (DETR)"),
        ("segmentation-cnn", Self::SegmentationCnn, "segmentation, CNN (U-Net, DeepLab)"),
        ("segmentation-transformer", Self::SegmentationTransformer, "segmentation, transformer (SegFormer)"),
        ("reinforcement", Self::Reinforcement, "reinforcement learning (PPO, DQN)"),
        ("gan", Self::Gan, "generative adversarial network"),
        ("diffusion", Self::Diffusion, "diffusion model"),
        ("tabular", Self::Tabular, "tables"),
        ("other", Self::Other, "something else, no transformer"),
        ("other-transformer", Self::OtherTransformer, "something else, a transformer"),
    ];
}

/// Where the weights come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Start {
    /// Random.
    Scratch,
    /// Trained before, with a new head on top.
    Pretrained,
}

/// How long the run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Length {
    /// As long as is usual for the domain.
    Usual,
    /// Passes over the data, and the optimizer steps in one where they are known.
    Epochs {
        /// Passes.
        epochs: u64,
        /// Optimizer steps in one pass.
        steps_per_epoch: Option<u64>,
    },
    /// Optimizer steps.
    Steps {
        /// How many.
        steps: u64,
    },
    /// Nobody knows yet.
    Unknown,
}

/// An optimizer that is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OptimizerKind {
    /// SGD with momentum.
    Sgd,
    /// Adam.
    Adam,
    /// AdamW.
    AdamW,
}

/// What matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Goal {
    /// The numbers of a paper, by its own recipe.
    Reproduce,
    /// The best result in the given length.
    Best,
    /// A good result soon.
    Fast,
    /// Finding out; the schedule is not known yet.
    Explore,
}

/// What is to be trained, from what, for how long and for what.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Situation {
    /// The field.
    pub domain: Domain,
    /// Where the weights come from.
    pub start: Start,
    /// Weights in the model.
    pub parameters: Option<f64>,
    /// How long.
    pub length: Length,
    /// Examples per optimizer step, over all devices and accumulated batches.
    pub batch: Option<u64>,
    /// The optimizer, if it cannot be chosen.
    pub optimizer: Option<OptimizerKind>,
    /// What matters.
    pub goal: Goal,
}

/// A situation that is out of bounds: one sentence.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum Invalid {
    /// A run of no length.
    #[error("The run has {0} {1}; give between 1 and {MOST_STEPS}.")]
    Length(u64, &'static str),
    /// No batch.
    #[error("The batch has {0} examples; give between 1 and {MOST_STEPS}.")]
    Batch(u64),
    /// No model.
    #[error("The model has {0} parameters; give a number from 1 to 1e14.")]
    Parameters(f64),
}

/// More steps, epochs or examples than anybody has.
const MOST_STEPS: u64 = 1_000_000_000;

impl Situation {
    /// A domain from scratch, for the best result in the usual length.
    pub fn new(domain: Domain) -> Self {
        Self {
            domain,
            start: Start::Scratch,
            parameters: None,
            length: Length::Usual,
            batch: None,
            optimizer: None,
            goal: Goal::Best,
        }
    }

    /// Whether the model is a transformer.
    pub fn is_transformer(&self) -> bool {
        matches!(
            self.domain,
            Domain::ImageTransformer
                | Domain::Language
                | Domain::DetectionTransformer
                | Domain::SegmentationTransformer
                | Domain::OtherTransformer
        )
    }

    pub(super) fn check(&self) -> Result<(), Invalid> {
        let within = |number: u64| (1..=MOST_STEPS).contains(&number);
        match self.length {
            Length::Epochs { epochs, .. } if !within(epochs) => return Err(Invalid::Length(epochs, "epochs")),
            Length::Epochs { epochs, steps_per_epoch: Some(steps) }
                if !within(steps) || epochs.saturating_mul(steps) > MOST_STEPS =>
            {
                return Err(Invalid::Length(epochs.saturating_mul(steps), "steps"));
            }
            Length::Steps { steps } if !within(steps) => return Err(Invalid::Length(steps, "steps")),
            _ => {}
        }
        if let Some(batch) = self.batch.filter(|batch| !within(*batch)) {
            return Err(Invalid::Batch(batch));
        }
        match self.parameters {
            Some(parameters) if !(1.0..=1e14).contains(&parameters) => Err(Invalid::Parameters(parameters)),
            _ => Ok(()),
        }
    }
}

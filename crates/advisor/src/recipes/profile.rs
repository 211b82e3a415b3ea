//! The published numbers of each domain: what its papers trained with.

use super::situation::{Domain, OptimizerKind, Situation, Start};
use crate::source::{self, Source};

/// How a domain is usually trained.
#[derive(Clone, Debug)]
pub struct Profile {
    /// The optimizer.
    pub optimizer: OptimizerKind,
    /// LR at [`Profile::reference_batch`].
    pub lr: f64,
    /// Examples per optimizer step that the LR belongs to.
    pub reference_batch: u64,
    /// Where optimizer, LR and batch come from.
    pub lr_source: Source,
    /// Decoupled for AdamW, L2 for SGD.
    pub weight_decay: f64,
    /// Adam's decay rates.
    pub betas: (f64, f64),
    /// The schedule.
    pub shape: Shape,
    /// Where the schedule comes from.
    pub shape_source: Source,
    /// What the paper of the domain did, for those who reproduce it.
    pub original: Shape,
    /// Where that is from.
    pub original_source: Source,
    /// Warmup, where nothing else demands more.
    pub warmup: Warmup,
    /// The usual number of epochs; `None` where runs are counted in steps.
    pub epochs: Option<u64>,
    /// The usual number of steps.
    pub steps: u64,
    /// Groups with their share of the LR, first the one that the LR is for; one for most.
    pub groups: &'static [(&'static str, f64)],
    /// Where the groups come from.
    pub groups_source: Source,
    /// Norm that the gradient is clipped to.
    pub clipping: Option<f64>,
}

/// The shape of a schedule after its warmup.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    /// No change.
    Constant,
    /// Half a cosine to near zero.
    Cosine,
    /// A straight line to zero.
    Linear,
    /// (1 - t)^power to zero.
    Polynomial {
        /// The power.
        power: f64,
    },
    /// By ten, at these shares of the run.
    Steps(&'static [f64]),
    /// Up to a peak and down again.
    OneCycle,
    /// Constant, then straight to zero over the last share of the run.
    Cooldown {
        /// The share.
        share: f64,
    },
    /// By ten, when the validation loss stops falling.
    Plateau,
}

/// How long warmup is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Warmup {
    /// None.
    None,
    /// Up to so many epochs, a twentieth of the run (a tenth of a short one).
    UpToEpochs(u64),
    /// This share of all steps, up to so many.
    Share(f64, u64),
}

const ONE_GROUP: &[(&str, f64)] = &[("all", 1.0)];

/// The profile of a situation's domain, adjusted for pretrained weights.
pub fn of(situation: &Situation) -> Profile {
    let mut profile = from_scratch(situation.domain);
    if situation.start == Start::Pretrained {
        fine_tuning(situation.domain, &mut profile);
    }
    profile
}

fn from_scratch(domain: Domain) -> Profile {
    let cnn = Profile {
        optimizer: OptimizerKind::Sgd,
        lr: 0.1,
        reference_batch: 256,
        lr_source: source::RESNET,
        weight_decay: 1e-4,
        betas: (0.9, 0.999),
        shape: Shape::Cosine,
        shape_source: source::BAG_OF_TRICKS,
        original: Shape::Steps(&[0.3, 0.6, 0.9]),
        original_source: source::RESNET,
        warmup: Warmup::UpToEpochs(5),
        epochs: Some(100),
        steps: 500_000,
        groups: ONE_GROUP,
        groups_source: source::PRACTICE,
        clipping: None,
    };
    let transformer = Profile {
        optimizer: OptimizerKind::AdamW,
        lr: 5e-4,
        reference_batch: 512,
        lr_source: source::DEIT,
        weight_decay: 0.05,
        shape: Shape::Cosine,
        shape_source: source::DEIT,
        original: Shape::Cosine,
        original_source: source::DEIT,
        warmup: Warmup::UpToEpochs(10),
        epochs: Some(300),
        ..cnn.clone()
    };
    let adam = |lr: f64, batch: u64, source: Source| Profile {
        optimizer: OptimizerKind::Adam,
        lr,
        reference_batch: batch,
        lr_source: source,
        weight_decay: 0.0,
        shape_source: source,
        original_source: source,
        warmup: Warmup::None,
        epochs: None,
        ..cnn.clone()
    };
    match domain {
        Domain::ImageCnn => cnn,
        Domain::Other => Profile { lr_source: source::PRACTICE, shape_source: source::COSINE, ..cnn },
        Domain::ImageTransformer => transformer,
        Domain::OtherTransformer => Profile {
            lr: 5e-4,
            reference_batch: 256,
            lr_source: source::PRACTICE,
            weight_decay: 0.01,
            epochs: Some(100),
            clipping: Some(1.0),
            ..transformer
        },
        Domain::Language => Profile {
            lr: 5e-4,
            reference_batch: 256,
            lr_source: source::GPT3,
            weight_decay: 0.1,
            betas: (0.9, 0.95),
            shape: Shape::Linear,
            shape_source: source::LINEAR_TO_ZERO,
            original: Shape::Linear,
            original_source: source::BERT,
            warmup: Warmup::Share(0.1, 10_000),
            epochs: None,
            steps: 100_000,
            clipping: Some(1.0),
            ..transformer
        },
        Domain::DetectionTwoStage => Profile {
            lr: 0.02,
            reference_batch: 16,
            lr_source: source::TORCHVISION,
            shape: Shape::Steps(&[16.0 / 26.0, 22.0 / 26.0]),
            shape_source: source::TORCHVISION,
            original: Shape::Steps(&[16.0 / 26.0, 22.0 / 26.0]),
            original_source: source::TORCHVISION,
            warmup: Warmup::None,
            epochs: Some(26),
            ..cnn
        },
        Domain::DetectionTransformer => Profile {
            lr: 1e-4,
            reference_batch: 64,
            lr_source: source::DETR,
            weight_decay: 1e-4,
            shape: Shape::Steps(&[2.0 / 3.0]),
            shape_source: source::DETR,
            original: Shape::Steps(&[2.0 / 3.0]),
            original_source: source::DETR,
            warmup: Warmup::None,
            groups: &[("transformer", 1.0), ("backbone", 0.1)],
            groups_source: source::DETR,
            clipping: Some(0.1),
            ..transformer
        },
        Domain::SegmentationCnn => Profile {
            lr: 0.01,
            reference_batch: 16,
            lr_source: source::DEEPLAB,
            shape: Shape::Polynomial { power: 0.9 },
            shape_source: source::DEEPLAB,
            original: Shape::Polynomial { power: 0.9 },
            original_source: source::DEEPLAB,
            warmup: Warmup::None,
            ..cnn
        },
        Domain::SegmentationTransformer => Profile {
            lr: 6e-5,
            reference_batch: 16,
            lr_source: source::SEGFORMER,
            weight_decay: 0.01,
            shape: Shape::Polynomial { power: 1.0 },
            shape_source: source::SEGFORMER,
            original: Shape::Polynomial { power: 1.0 },
            original_source: source::SEGFORMER,
            warmup: Warmup::Share(0.01, 1500),
            epochs: None,
            steps: 160_000,
            groups: &[("encoder", 1.0), ("head", 10.0)],
            groups_source: source::SEGFORMER,
            ..transformer
        },
        Domain::Reinforcement => Profile {
            shape: Shape::Constant,
            original: Shape::Linear,
            steps: 1_000_000,
            clipping: Some(0.5),
            ..adam(3e-4, 64, source::PPO)
        },
        Domain::Gan => Profile {
            betas: (0.5, 0.999),
            shape: Shape::Constant,
            original: Shape::Constant,
            steps: 200_000,
            ..adam(2e-4, 128, source::DCGAN)
        },
        Domain::Diffusion => Profile {
            optimizer: OptimizerKind::AdamW,
            shape: Shape::Constant,
            original: Shape::Constant,
            warmup: Warmup::Share(0.01, 5000),
            steps: 800_000,
            clipping: Some(1.0),
            ..adam(2e-4, 128, source::DDPM)
        },
        Domain::Tabular => Profile {
            optimizer: OptimizerKind::AdamW,
            weight_decay: 1e-5,
            shape: Shape::Plateau,
            original: Shape::Constant,
            epochs: Some(100),
            ..adam(1e-3, 256, source::TABULAR)
        },
    }
}

/// What changes when the weights have been trained before.
fn fine_tuning(domain: Domain, profile: &mut Profile) {
    match domain {
        // These start from a pretrained backbone or have no such practice as it is.
        Domain::DetectionTwoStage
        | Domain::DetectionTransformer
        | Domain::SegmentationCnn
        | Domain::SegmentationTransformer
        | Domain::Reinforcement
        | Domain::Gan => return,
        Domain::Language => {
            profile.lr = 2e-5;
            profile.reference_batch = 32;
            profile.lr_source = source::BERT;
            profile.weight_decay = 0.01;
            profile.betas = (0.9, 0.999);
            profile.shape = Shape::Linear;
            profile.shape_source = source::BERT_FINE_TUNING;
            profile.warmup = Warmup::Share(0.1, 1000);
            profile.epochs = Some(3);
            return;
        }
        Domain::Diffusion => {
            profile.lr = 1e-5;
            profile.lr_source = source::PRACTICE;
            profile.steps = 20_000;
            profile.warmup = Warmup::Share(0.01, 500);
            return;
        }
        _ => {}
    }
    profile.optimizer = OptimizerKind::AdamW;
    profile.lr = 1e-3;
    profile.reference_batch = 64;
    profile.lr_source = source::PRACTICE;
    profile.weight_decay = 0.01;
    profile.shape = Shape::Cosine;
    profile.shape_source = source::PRACTICE;
    profile.original = Shape::Constant;
    profile.original_source = source::PRACTICE;
    profile.warmup = Warmup::None;
    profile.epochs = Some(10);
    profile.groups = &[("head", 1.0), ("backbone", 0.01)];
    profile.groups_source = source::DISCRIMINATIVE;
}

//! A block in a word or two.

use scheduler::Schedule;
use scheduler::phases::{Phase, Shape};

use super::Block;

/// What a block does.
pub fn words(block: &Block) -> String {
    if let Some(phase) = block.phase() {
        return phase_words(phase).to_owned();
    }
    match &block.schedule {
        Schedule::LinearLR(linear) if linear.start_factor < linear.end_factor => "warmup".into(),
        Schedule::LinearLR(_) => "linear".into(),
        Schedule::ConstantLR(constant) if constant.factor == 1.0 => "hold".into(),
        Schedule::CosineAnnealingLR(_) => "cosine".into(),
        Schedule::CosineAnnealingWarmRestarts(_) => "restarts".into(),
        Schedule::MultiStepLR(_) | Schedule::StepLR(_) => "drops".into(),
        Schedule::ExponentialLR(_) => "exponential".into(),
        Schedule::PolynomialLR(_) => "polynomial".into(),
        Schedule::CyclicLR(_) => "triangles".into(),
        Schedule::LambdaLR(_) => "expression".into(),
        Schedule::OneCycleLR(_) => "OneCycle".into(),
        Schedule::ReduceLROnPlateau(_) => "plateau".into(),
        Schedule::Phases(phases) => format!("{} phases", phases.phases.len()),
        other => other.name().into(),
    }
}

fn phase_words(phase: &Phase) -> &'static str {
    if phase.start == phase.end && phase.shape != Shape::InversePower {
        return "hold";
    }
    match phase.shape {
        Shape::Linear if phase.start < phase.end => "warmup",
        Shape::Linear => "linear",
        Shape::Cosine => "cosine",
        Shape::OneMinusSqrt => "1-sqrt",
        Shape::Square => "square",
        Shape::Polynomial => "polynomial",
        Shape::Rex => "REX",
        Shape::MirrorCosine => "mirror cosine",
        Shape::Exponential => "exponential",
        Shape::InversePower => "inverse power",
    }
}

//! Other ways, and when they are better.

use super::profile::{Profile, Shape};
use super::recipe::Alternative;
use super::situation::{Domain, Goal, Length, OptimizerKind, Situation, Start};
use crate::source::{self, Source};

pub(super) fn of(situation: &Situation, profile: &Profile) -> Vec<Alternative> {
    let mut all = Vec::new();
    let mut add = |instead: &str, when: &str, source: Source| {
        all.push(Alternative { instead: instead.into(), when: when.into(), source });
    };
    let scratch = situation.start == Start::Scratch;
    match (situation.goal, situation.domain) {
        (Goal::Best, Domain::ImageCnn | Domain::Other) if scratch => add(
            "MultiStepLR: by ten at 30, 60 and 90 % of the run, no warmup",
            "you compare with results of that time, or reproduce a paper",
            source::RESNET,
        ),
        (Goal::Reproduce, Domain::ImageCnn | Domain::Other) => add(
            "5 epochs of warmup, then cosine",
            "the paper's numbers are reproduced and you want better ones",
            source::BAG_OF_TRICKS,
        ),
        (Goal::Best, Domain::Reinforcement) => {
            add("linear to zero over the run", "PPO with a known number of steps", source::PPO);
        }
        (_, Domain::Gan) => {
            add("discriminator 4e-4, generator 1e-4", "the discriminator falls behind", source::TWO_TIME_SCALES);
            add("constant for half of the run, then linear to zero", "image-to-image translation", source::CYCLE_GAN);
        }
        (_, Domain::DetectionTwoStage) => {
            add(
                "500 to 1,000 steps of linear warmup",
                "the loss spikes in the first steps, or the batch is above 16",
                source::TORCHVISION,
            );
        }
        (_, Domain::SegmentationCnn) => add("cosine, 5 epochs of warmup", "a modern backbone", source::PRACTICE),
        _ => {}
    }
    if situation.domain == Domain::Language && scratch {
        add(
            "WSD: constant after warmup, linear (or 1 - sqrt) to zero over the last 10 to 20 %",
            "the length may change, or you want models of several lengths from one run",
            source::MINICPM,
        );
        add("cosine to a tenth", "you compare with earlier language models", source::GPT3);
        add(
            "Muon for the hidden weight matrices, AdamW with its own LR for embeddings, head, norms and biases; one shape for both",
            "you can afford to tune two LRs; the speedruns' fastest records use it",
            source::MUON,
        );
        add("LRs by muP", "you tune on a narrow model and train a wide one", source::MUP);
        add(
            "inverse square root after 4,000 steps of warmup",
            "you reproduce the first transformer",
            source::TRANSFORMER,
        );
    }
    if situation.length == Length::Unknown {
        add(
            "ReduceLROnPlateau on the validation loss",
            "there is a validation loss with little noise, and no attention",
            source::TORCH,
        );
        add(
            "schedule-free AdamW or SGD",
            "you may change the optimizer; call its train() and eval()",
            source::SCHEDULE_FREE,
        );
    }
    if situation.goal == Goal::Explore {
        add(
            "a constant LR",
            "dozens of short trials are compared with each other; add a schedule to the winner",
            source::PRACTICE,
        );
    }
    if situation.goal == Goal::Best && scratch && !situation.is_transformer() && matches!(profile.shape, Shape::Cosine)
    {
        add("OneCycle over 10 to 30 epochs", "time matters more than the last bit", source::ONE_CYCLE);
        add("ReduceLROnPlateau, patience 10", "you do not know how long you will train", source::TORCH);
    }
    if situation.start == Start::Pretrained {
        add("a constant LR", "3 epochs or fewer", source::PRACTICE);
        add(
            "LRs that shrink from layer to layer towards the input",
            "a large transformer and little data",
            source::DISCRIMINATIVE,
        );
        if situation.domain != Domain::Language && situation.is_transformer() {
            add("warmup over a tenth of the steps", "some seeds fail", source::BERT_FINE_TUNING);
        }
    }
    let batch = situation.batch.unwrap_or(profile.reference_batch);
    let adam = situation.optimizer.unwrap_or(profile.optimizer) != OptimizerKind::Sgd;
    if batch > 8192 {
        let (instead, source) = if adam { ("LAMB", source::LAMB) } else { ("LARS", source::LARS) };
        add(instead, "the batch has to be this large", source);
    }
    all
}

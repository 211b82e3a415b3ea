//! Length, warmup and schedule.

use std::fmt::Write as _;

use scheduler::format_lr;

use super::learning_rate::is_adam;
use super::profile::{Profile, Shape, Warmup};
use super::recipe::{Line, Optimizer, ParameterGroup, Run, Topic, Unit};
use super::situation::{Domain, Goal, Length, OptimizerKind, Situation, Start};
use crate::source;

/// Batches above this need warmup under linear scaling (Goyal et al. 2017).
const LARGE_BATCH: u64 = 512;
/// And above this a longer one.
const VERY_LARGE_BATCH: u64 = 4096;
/// Runs of fewer epochs are too short for a schedule in epochs.
const FEW_EPOCHS: u64 = 10;
/// OneCycle is for runs up to about this many epochs.
const FAST_EPOCHS: u64 = 30;
/// And from this many steps.
const SHORTEST_ONE_CYCLE: u64 = 50;
/// Steps of an epoch, to draw and to count where nobody says: CIFAR-10 in batches of 128.
const EXAMPLE_STEPS_PER_EPOCH: u64 = 390;
/// Steps to draw a schedule of unknown length over.
const EXAMPLE_STEPS: u64 = 100_000;

/// How long the run is, and what its schedule counts.
pub(super) fn run(situation: &Situation, profile: &Profile, lines: &mut Vec<Line>) -> Run {
    let fast = situation.goal == Goal::Fast;
    let run = match situation.length {
        Length::Steps { steps } => Run { unit: Unit::Steps, length: steps, known: true, steps_per_epoch: None },
        Length::Unknown => Run { unit: Unit::Steps, length: EXAMPLE_STEPS, known: false, steps_per_epoch: None },
        Length::Usual => {
            let usual = match profile.epochs {
                Some(epochs) if fast && epochs > 20 => Some(20),
                epochs => epochs,
            };
            let (advice, run) = match usual {
                Some(epochs) => (format!("{epochs} epochs"), epochs_run(situation, profile, epochs, None)),
                None => {
                    let run = Run { unit: Unit::Steps, length: profile.steps, known: true, steps_per_epoch: None };
                    (format!("{} steps", profile.steps), run)
                }
            };
            let (reason, source) = if fast && profile.epochs.is_some_and(|epochs| epochs > 20) {
                ("Enough for OneCycle, which is made for short runs.", source::ONE_CYCLE)
            } else {
                ("As long as the domain's published runs.", profile.shape_source)
            };
            lines.push(Line::new(Topic::Length, advice, reason, source));
            return run;
        }
        Length::Epochs { epochs, steps_per_epoch } => epochs_run(situation, profile, epochs, steps_per_epoch),
    };
    if !run.known {
        lines.push(Line::new(
            Topic::Length,
            "unknown; decide on the way",
            "With a constant LR after warmup, a cooldown over the last 10 to 20 % of the steps can be added whenever you decide to \
             stop, and does about as well as a cosine that knew.",
            source::COOLDOWN,
        ));
    }
    run
}

/// In epochs where those are many enough and the domain counts so; else in steps.
fn epochs_run(situation: &Situation, profile: &Profile, epochs: u64, steps_per_epoch: Option<u64>) -> Run {
    let shape = shape_for(situation, profile, Some(epochs));
    let counts_steps = matches!(profile.warmup, Warmup::Share(..)) || shape == Shape::OneCycle;
    if shape == Shape::Plateau || (epochs >= FEW_EPOCHS && !counts_steps) {
        return Run { unit: Unit::Epochs, length: epochs, known: true, steps_per_epoch };
    }
    let per_epoch = steps_per_epoch.unwrap_or(EXAMPLE_STEPS_PER_EPOCH);
    Run { unit: Unit::Steps, length: epochs.saturating_mul(per_epoch), known: true, steps_per_epoch: Some(per_epoch) }
}

/// Warmup in the unit of the run.
pub(super) fn warmup(
    situation: &Situation,
    profile: &Profile,
    optimizer: &Optimizer,
    run: &Run,
    lines: &mut Vec<Line>,
) -> u64 {
    let epochs = epochs(situation, profile, run);
    let shape = shape_for(situation, profile, epochs);
    let mut say = |advice: String, reason: &str, source| lines.push(Line::new(Topic::Warmup, advice, reason, source));
    if shape == Shape::OneCycle {
        say(
            "built in: OneCycle rises over the first 30 % of the steps".into(),
            "It starts at a 25th of its peak.",
            source::TORCH,
        );
        return 0;
    }
    if shape == Shape::Plateau {
        say(
            "none".into(),
            "torch refuses ReduceLROnPlateau inside SequentialLR, so warmup would need code of its own.",
            source::TORCH,
        );
        return 0;
    }
    let large = optimizer.kind == OptimizerKind::Sgd && situation.batch.is_some_and(|batch| batch > LARGE_BATCH);
    let very_large = large && situation.batch.is_some_and(|batch| batch > VERY_LARGE_BATCH);
    let reproduces = situation.goal == Goal::Reproduce && profile.original == Shape::Steps(&[0.3, 0.6, 0.9]);
    let rule = match profile.warmup {
        _ if very_large => Warmup::UpToEpochs(20),
        // Ren et al.'s and He et al.'s recipes have none; a large batch needs it whoever is reproduced.
        Warmup::UpToEpochs(_) | Warmup::None if large => Warmup::UpToEpochs(10),
        _ if reproduces => Warmup::None,
        // Published transformer recipes without warmup (DETR) clip hard instead; others need it under Adam.
        Warmup::None
            if situation.is_transformer() && situation.start == Start::Scratch && profile.clipping.is_none() =>
        {
            Warmup::Share(0.05, 10_000)
        }
        rule => rule,
    };
    let length = match rule {
        Warmup::None => 0,
        Warmup::UpToEpochs(most) => match run.unit {
            Unit::Epochs => share_of_epochs(run.length).min(most),
            Unit::Steps => {
                // A twentieth of the steps, but never more than the epochs allow where they are known.
                let cap = run.steps_per_epoch.map_or(10_000, |steps| most.saturating_mul(steps));
                run.length.div_ceil(if very_large { 10 } else { 20 }).min(cap)
            }
        },
        Warmup::Share(share, most) => match run.unit {
            Unit::Epochs => share_of_epochs(run.length),
            Unit::Steps => ((run.length as f64 * share).round() as u64).clamp(1, most),
        },
    };
    // A run of one or two epochs or steps has no room.
    let length = if run.length < 3 { 0 } else { length.min(run.length / 2) };
    if length == 0 {
        let (reason, source) = match (situation.start, reproduces) {
            (Start::Pretrained, _) => ("The weights are good already and the LR is small.", source::PRACTICE),
            (_, true) => ("The paper's recipe has none.", profile.original_source),
            _ => ("The domain's published recipe does without.", profile.lr_source),
        };
        say("none".into(), reason, source);
        return 0;
    }
    let advice = format!("{length} {}, linear", run.unit.words());
    if large {
        say(
            advice,
            "A LR scaled up for a large batch is too high for fresh weights. Warmup does not make up for too few steps.",
            source::LARGE_BATCH,
        );
    } else if situation.is_transformer() && is_adam(optimizer.kind) {
        say(
            advice,
            "With layer norm after the residual (Post-LN) and Adam at a high LR, warmup decides: 10 of 10 seeds learn with it, 0 \
             to 1 without, in our runs. With Pre-LN or a low LR it is cheap insurance.",
            source::WARMUP_RUNS,
        );
    } else {
        say(advice, "It allows a higher LR; at a moderate one it changes little.", source::BAG_OF_TRICKS);
    }
    length
}

/// A twentieth of the epochs, at least a tenth of a short run's.
fn share_of_epochs(epochs: u64) -> u64 {
    epochs.div_ceil(20).max(epochs.div_ceil(10).min(3))
}

fn epochs(situation: &Situation, profile: &Profile, run: &Run) -> Option<u64> {
    match (situation.length, run.unit) {
        (Length::Epochs { epochs, .. }, _) => Some(epochs),
        (_, Unit::Epochs) => Some(run.length),
        (Length::Usual, Unit::Steps) => profile.epochs.map(|epochs| match situation.goal {
            Goal::Fast => epochs.min(20),
            _ => epochs,
        }),
        _ => None,
    }
}

/// The shape for a goal and a length.
fn shape_for(situation: &Situation, profile: &Profile, epochs: Option<u64>) -> Shape {
    match (situation.length, by_goal(situation, profile, epochs)) {
        (Length::Unknown, _) => Shape::Constant,
        // A peak of a few steps is none.
        (Length::Steps { steps }, Shape::OneCycle) if steps < SHORTEST_ONE_CYCLE => Shape::Linear,
        (Length::Epochs { epochs, steps_per_epoch: Some(steps) }, Shape::OneCycle)
            if epochs.saturating_mul(steps) < SHORTEST_ONE_CYCLE =>
        {
            Shape::Linear
        }
        // Plateau watches a validation loss, which a run counted in steps has only now and then; it knows its length.
        (Length::Steps { .. }, Shape::Plateau) if situation.goal == Goal::Explore => Shape::Cooldown { share: 0.2 },
        (Length::Steps { .. }, Shape::Plateau) => Shape::Cosine,
        (_, shape) => shape,
    }
}

fn by_goal(situation: &Situation, profile: &Profile, epochs: Option<u64>) -> Shape {
    let short = epochs.is_some_and(|epochs| epochs < FEW_EPOCHS);
    // OneCycle drives momentum against the LR, for SGD on networks without attention.
    let one_cycle = epochs.is_none_or(|epochs| epochs <= FAST_EPOCHS)
        && situation.start == Start::Scratch
        && !situation.is_transformer()
        && matches!(profile.optimizer, OptimizerKind::Sgd);
    match situation.goal {
        Goal::Reproduce => profile.original,
        Goal::Fast if one_cycle && !short => Shape::OneCycle,
        Goal::Fast if situation.start == Start::Scratch && !matches!(profile.shape, Shape::Constant) => Shape::Linear,
        Goal::Explore
            if situation.start == Start::Scratch
                && !situation.is_transformer()
                && profile.optimizer == OptimizerKind::Sgd
                && !short =>
        {
            Shape::Plateau
        }
        Goal::Explore if situation.is_transformer() && situation.start == Start::Scratch => {
            Shape::Cooldown { share: 0.2 }
        }
        _ if short && profile.shape == Shape::Plateau => Shape::Constant,
        _ if short && situation.start == Start::Scratch && matches!(profile.shape, Shape::Cosine | Shape::Steps(_)) => {
            Shape::Linear
        }
        _ => profile.shape,
    }
}

/// The whole schedule in the notation.
pub(super) fn schedule(
    situation: &Situation,
    profile: &Profile,
    run: &Run,
    warmup: u64,
    groups: &[ParameterGroup],
    lines: &mut Vec<Line>,
) -> Option<String> {
    let shape = shape_for(situation, profile, epochs(situation, profile, run));
    let rest = run.length - warmup;
    let lr = groups.first().map_or(0.0, |group| group.lr);
    let unit = run.unit.words();
    let mut say = |advice: String, reason: &str, source| lines.push(Line::new(Topic::Schedule, advice, reason, source));
    let mut body: Vec<(String, u64)> = Vec::new();
    match shape {
        Shape::Constant => {
            if run.known {
                say(
                    "constant LR".into(),
                    constant_reason(situation),
                    if situation.goal == Goal::Reproduce { profile.original_source } else { profile.shape_source },
                );
            } else {
                say(
                    "constant after warmup; when you decide to stop, go linearly to zero over 10 to 20 % of the steps so far".into(),
                    "The last part brings nearly all of what a decay brings, whenever it comes.",
                    source::COOLDOWN,
                );
            }
        }
        Shape::Cosine => {
            let floor = if groups.len() == 1 && lr >= 1e-3 { 1e-5 } else { 0.0 };
            body.push((format!("CosineAnnealingLR(T_max={rest}, eta_min={floor})"), rest));
            let to = if floor > 0.0 { format_lr(floor) } else { "0".into() };
            say(
                format!("cosine to {to} over {rest} {unit}"),
                "Smooth, and nothing to tune but its length, which must be that of the run less warmup.",
                profile.shape_source,
            );
        }
        Shape::Linear => {
            body.push((format!("LinearLR(start_factor=1.0, end_factor=0.0, total_iters={rest})"), rest));
            let source = if situation.is_transformer() && situation.start == Start::Scratch {
                source::LINEAR_TO_ZERO
            } else {
                profile.shape_source
            };
            say(
                format!("linear to zero over {rest} {unit}"),
                "No worse than a cosine where both were tuned, and better than one that stops at a tenth.",
                source,
            );
        }
        Shape::Polynomial { power } => {
            body.push((format!("PolynomialLR(total_iters={rest}, power={power})"), rest));
            say(
                format!("polynomial to zero, power {power}, over {rest} {unit}"),
                "The domain's habit.",
                profile.shape_source,
            );
        }
        Shape::Steps(shares) => {
            let at: Vec<u64> = shares.iter().map(|share| (run.length as f64 * share).round() as u64).collect();
            // The milestones of a part of SequentialLR count from its own beginning.
            let own: Vec<String> = at.iter().map(|at| at.saturating_sub(warmup).max(1).to_string()).collect();
            body.push((format!("MultiStepLR(milestones=[{}], gamma=0.1)", own.join(", ")), rest));
            let told: Vec<String> = at.iter().map(u64::to_string).collect();
            let source = if situation.goal == Goal::Reproduce { profile.original_source } else { profile.shape_source };
            say(format!("by ten at {} {unit}", told.join(", ")), "As published, in proportion to the length.", source);
        }
        Shape::OneCycle => {
            say(
                format!("OneCycle over {} {unit}, peak {}", run.length, format_lr(lr)),
                "In our runs no better than a cosine at its own best peak, and far better than a constant LR that high.",
                source::SPIRALS_RUNS,
            );
            return Some(format!("OneCycleLR(max_lr={lr:?}, total_steps={})", run.length));
        }
        Shape::Cooldown { share } => {
            let cooldown = ((rest as f64 * share).ceil() as u64).clamp(1, rest);
            let stable = rest - cooldown;
            if stable > 0 {
                body.push(("ConstantLR(factor=1.0)".to_owned(), stable));
            }
            body.push((format!("LinearLR(start_factor=1.0, end_factor=0.0, total_iters={cooldown})"), cooldown));
            say(
                format!("constant for {stable} {unit}, then linear to zero over {cooldown}"),
                "The constant part can be stopped or prolonged at will; every checkpoint of it can be cooled down and judged.",
                source::COOLDOWN,
            );
        }
        Shape::Plateau => {
            say(
                "by ten when the validation loss has not fallen for 10 epochs".into(),
                "It needs no length. It never stops the run by itself, and a noisy metric makes it fire too often: watch how often \
                 it does.",
                source::TORCH,
            );
            return Some("ReduceLROnPlateau(mode='min', factor=0.1, patience=10)".into());
        }
    }
    let mut parts = Vec::new();
    if warmup > 0 {
        let start = if warmup < 100 { 0.01 } else { 1e-3 };
        parts.push((format!("LinearLR(start_factor={start:?}, end_factor=1.0, total_iters={warmup})"), warmup));
    }
    parts.extend(body);
    compose(&parts)
}

fn constant_reason(situation: &Situation) -> &'static str {
    match situation.domain {
        Domain::Reinforcement => {
            "The data change with the policy all the time, so there is no end to settle down for; PPO is often annealed."
        }
        Domain::Gan => "The two networks chase each other; a decay ends the chase.",
        Domain::Diffusion => {
            "What is sampled from is a moving average of the weights, which does what a decay would do."
        }
        _ if situation.start == Start::Pretrained => "The run is short and the LR small.",
        _ => "Too short, or too varied, for a schedule to matter.",
    }
}

/// One part as it is, several one after the other.
fn compose(parts: &[(String, u64)]) -> Option<String> {
    match parts {
        [] => None,
        [(only, _)] => Some(only.clone()),
        several => {
            let texts: Vec<&str> = several.iter().map(|(text, _)| text.as_str()).collect();
            let mut at = 0;
            let mut milestones = String::new();
            for (index, (_, length)) in several[..several.len() - 1].iter().enumerate() {
                at += length;
                let _ = write!(milestones, "{}{at}", if index > 0 { ", " } else { "" });
            }
            Some(format!("SequentialLR([{}], milestones=[{milestones}])", texts.join(", ")))
        }
    }
}

//! The optimizer, its LR scaled to the batch, and the LRs of parameter groups.

use scheduler::format_lr;

use super::profile::Profile;
use super::recipe::{Line, Optimizer, ParameterGroup, Topic};
use super::situation::{Domain, Goal, Length, OptimizerKind, Situation, Start};
use crate::source;

/// The rule holds up to about this batch (Goyal et al. 2017, figure 1).
const LINEAR_HOLDS_TO: u64 = 8192;

pub(super) fn optimizer(situation: &Situation, profile: &Profile, lines: &mut Vec<Line>) -> Optimizer {
    let kind = situation.optimizer.unwrap_or(match (situation.goal, situation.start, situation.is_transformer()) {
        // OneCycle is for SGD with momentum, which it cycles against the LR.
        (Goal::Fast, Start::Scratch, false) if profile.optimizer == OptimizerKind::Sgd => OptimizerKind::Sgd,
        _ => profile.optimizer,
    });
    let swapped = is_adam(kind) != is_adam(profile.optimizer);
    let reference = reference_lr(situation, profile, kind);
    let lr = scaled(situation, profile, kind, reference, lines, swapped);
    let optimizer = Optimizer {
        kind,
        lr,
        momentum: 0.9,
        betas: if swapped { (0.9, 0.999) } else { profile.betas },
        weight_decay: match (swapped, kind) {
            (false, _) => profile.weight_decay,
            (true, OptimizerKind::Sgd) => 1e-4,
            (true, OptimizerKind::AdamW) => 0.05,
            (true, OptimizerKind::Adam) => 0.0,
        },
    };
    let settings = match kind {
        OptimizerKind::Sgd => format!("SGD, momentum {}, weight decay {}", optimizer.momentum, optimizer.weight_decay),
        _ => format!(
            "{}, betas ({}, {}), weight decay {}",
            optimizer.class(),
            optimizer.betas.0,
            optimizer.betas.1,
            optimizer.weight_decay
        ),
    };
    let (reason, source) = match (situation.optimizer, swapped) {
        (Some(_), true) => (
            "As you ask. The domain's papers use the other kind, so the LR is a guess: run the LR finder before you believe it.",
            source::PRACTICE,
        ),
        (Some(_), false) => ("As you ask, with the domain's usual settings.", profile.lr_source),
        (None, _) if is_adam(kind) && situation.is_transformer() => (
            "Gradients of a transformer differ in size by orders from layer to layer; Adam evens them out.",
            profile.lr_source,
        ),
        (None, _) => ("What the domain's published results were made with.", profile.lr_source),
    };
    lines.push(Line::new(Topic::Optimizer, settings, reason, source));
    optimizer
}

pub(super) fn is_adam(kind: OptimizerKind) -> bool {
    kind != OptimizerKind::Sgd
}

/// The LR at the reference batch.
fn reference_lr(situation: &Situation, profile: &Profile, kind: OptimizerKind) -> f64 {
    match (is_adam(profile.optimizer), is_adam(kind)) {
        (false, true) => 1e-3,
        (true, false) => 0.1,
        _ => match (situation.domain, situation.start, situation.parameters) {
            (Domain::Language, Start::Scratch, Some(parameters)) => by_size(parameters),
            _ => profile.lr,
        },
    }
}

/// Peak LRs of GPT-3's eight sizes (Brown et al. 2020, table 2.1), between them on a line in logarithms.
fn by_size(parameters: f64) -> f64 {
    const TABLE: [(f64, f64); 8] = [
        (125e6, 6e-4),
        (350e6, 3e-4),
        (760e6, 2.5e-4),
        (1.3e9, 2e-4),
        (2.7e9, 1.6e-4),
        (6.7e9, 1.2e-4),
        (13e9, 1e-4),
        (175e9, 6e-5),
    ];
    let after = TABLE.iter().position(|(size, _)| *size >= parameters);
    match after {
        Some(0) => TABLE[0].1,
        None => TABLE[TABLE.len() - 1].1,
        Some(after) => {
            let ((small, high), (large, low)) = (TABLE[after - 1], TABLE[after]);
            let share = (parameters / small).ln() / (large / small).ln();
            short((high.ln() + share * (low / high).ln()).exp())
        }
    }
}

fn scaled(
    situation: &Situation,
    profile: &Profile,
    kind: OptimizerKind,
    reference: f64,
    lines: &mut Vec<Line>,
    swapped: bool,
) -> f64 {
    let at = format!("{} at a batch of {}", format_lr(reference), profile.reference_batch);
    let by_size =
        situation.domain == Domain::Language && situation.start == Start::Scratch && situation.parameters.is_some();
    let source = if swapped { source::PRACTICE } else { profile.lr_source };
    let Some(batch) = situation.batch.filter(|_| !by_size || swapped) else {
        let reason = if by_size && !swapped {
            "The LR of a GPT-3 model of this size, made with batches of 0.5 to 3 million tokens; at a much smaller batch, start \
             lower."
        } else {
            "The usual LR for the usual batch; say the batch size to have it scaled."
        };
        lines.push(Line::new(Topic::LearningRate, at, reason, source));
        return reference;
    };
    let ratio = batch as f64 / profile.reference_batch as f64;
    if is_adam(kind) {
        let lr = short(reference * ratio.sqrt());
        let reason = format!("Scaled with the square root of the batch from {at}: under Adam, noise scales so.");
        lines.push(Line::new(Topic::LearningRate, format_lr(lr), reason, source::SQUARE_ROOT_SCALING));
        return lr;
    }
    let most = (LINEAR_HOLDS_TO as f64 / profile.reference_batch as f64).max(1.0);
    let lr = short(reference * ratio.min(most));
    let mut reason = format!("Scaled with the batch from {at}.");
    if ratio > most {
        reason += &format!(
            " The rule was shown to hold up to about {LINEAR_HOLDS_TO}, so the LR stops there: a larger batch saves no steps this \
             way."
        );
    }
    lines.push(Line::new(Topic::LearningRate, format_lr(lr), reason, source::LARGE_BATCH));
    lr
}

/// Four significant digits: nobody knows a LR better.
fn short(lr: f64) -> f64 {
    format!("{lr:.3e}").parse().unwrap_or(lr)
}

pub(super) fn groups(
    situation: &Situation,
    profile: &Profile,
    optimizer: &Optimizer,
    lines: &mut Vec<Line>,
) -> Vec<ParameterGroup> {
    let group = |&(name, share): &(&'static str, f64)| ParameterGroup { name, lr: short(optimizer.lr * share) };
    let groups: Vec<ParameterGroup> = profile.groups.iter().map(group).collect();
    if groups.len() > 1 {
        let told: Vec<String> = groups.iter().map(|group| format!("{} {}", group.name, format_lr(group.lr))).collect();
        let reason = match situation.start {
            Start::Pretrained => {
                "What has been trained before needs small steps, what is new large ones. A floor such as eta_min is absolute \
                 in torch and would end their ratio, so there is none."
            }
            Start::Scratch => "The parts differ in how far they are from where they should be.",
        };
        lines.push(Line::new(Topic::Groups, told.join(", "), reason, profile.groups_source));
    }
    groups
}

/// Whether and how to use the LR finder.
pub(super) fn finder_line(situation: &Situation) -> Line {
    let line = |advice: &str, reason: &str| Line::new(Topic::Finder, advice, reason, source::PROBLEM_RUNS);
    match (situation.goal, situation.start, situation.length) {
        (Goal::Reproduce, ..) => line("not needed", "The LR is part of what you reproduce."),
        (_, Start::Pretrained, _) => line(
            "not needed",
            "Published LRs for fine-tuning are narrow, and a range test soon destroys the pretrained weights it starts from.",
        ),
        (Goal::Fast, ..) => line(
            "run it over several seeds and take the peak from its band",
            "OneCycle lives by its peak. Steepest slope of one run is a lottery; `lrscope find-lr` reads several and refuses a \
             number where they disagree.",
        ),
        (_, _, Length::Unknown) | (Goal::Explore, ..) => line(
            "run it once per architecture, over several seeds",
            "It narrows the LR to a factor of a few in minutes.",
        ),
        _ => line(
            "run it if model, data or batch differ much from the source's",
            "Over several seeds it finds a LR that trains well; it does not know the length of your run.",
        ),
    }
}

//! Where in the run a scheduler is stepped, and how often that is.

use crate::classes::PLATEAU;
use crate::plan::{Action, Arm, Block, Guard, Loop, Node, Plan, ScheduleFacts, ScheduleId, SchedulerStep, Turn};
use crate::quantity::Quantity;
use crate::span::Span;

/// What encloses a node, from the outside in.
#[derive(Clone, Copy, Debug)]
pub enum Frame<'p> {
    /// A turn of a loop.
    Loop(&'p Loop, Span),
    /// An arm of a branch.
    Arm(&'p Arm),
}

/// A call of a scheduler's `step` and what encloses it.
#[derive(Clone, Debug)]
pub struct Site<'p> {
    /// The call.
    pub step: &'p SchedulerStep,
    /// Where it stands.
    pub span: Span,
    /// What encloses it, from the outside in.
    pub frames: Vec<Frame<'p>>,
    /// The arms among that.
    pub(crate) arms: Arms,
}

/// How often a scheduler is stepped.
#[derive(Clone, Copy, Debug)]
pub enum Cadence<'p> {
    /// Once in each turn of an epoch loop; the number of epochs, as far as known.
    PerEpoch(&'p Loop, Span),
    /// At each optimizer step.
    PerStep(Span),
    /// Not known.
    Unknown,
}

/// All places where a scheduler is stepped.
pub fn sites(plan: &Plan) -> Vec<Site<'_>> {
    let mut found = Vec::new();
    collect(&plan.run, &mut Vec::new(), &mut Arms::new(), &mut found);
    found
}

/// Where schedulers are brought to a position in some runs: told the epoch or the step each time, or stepped up to the start
/// of the epochs before. Each place with the schedules that may be stepped there.
pub fn brought_to_position(runs: &[Block], schedules: &[ScheduleFacts]) -> Vec<Vec<ScheduleId>> {
    let mut all = Vec::new();
    runs.iter().for_each(|run| collect(run, &mut Vec::new(), &mut Arms::new(), &mut all));
    // A plateau takes the epoch for its metric.
    let is_plateau = |site: &Site<'_>| site.step.schedules.iter().all(|id| schedules[id.0].class == PLATEAU);
    let by_epoch = |site: &Site<'_>| {
        (site.step.schedules.is_empty() || !is_plateau(site))
            && site.step.first.as_ref().is_some_and(|first| {
                let text = first.text.to_ascii_lowercase();
                ["epoch", "steps", "global_step"].iter().any(|word| text.contains(word)) && !text.contains("loss")
            })
    };
    let in_loop = |site: &Site<'_>| site.frames.iter().any(|frame| matches!(frame, Frame::Loop(..)));
    let trains = |site: &Site<'_>| {
        site.frames.iter().any(|frame| matches!(frame, Frame::Loop(inner, _) if contains_optimizer_step(&inner.body)))
    };
    // `for epoch in range(start_epoch): scheduler.step()`, beside a loop that trains.
    let only_steps = |site: &Site<'_>| {
        let body = site.innermost_loop().map(|(inner, ..)| &inner.body);
        body.is_some_and(|body| body.len() == 1) && !trains(site) && all.iter().any(trains)
    };
    let caught_up = |site: &Site<'_>| in_loop(site) && (site.epochs().is_none() && all.len() > 1 || only_steps(site));
    let brings = |site: &&Site<'_>| by_epoch(site) || caught_up(site);
    all.iter().filter(brings).map(|site| site.step.schedules.clone()).collect()
}

/// Whether the run restores an optimizer before it builds the schedule that stands there: as the caller of the function that
/// builds it may do.
pub(crate) fn restored_before(plan: &Plan, built: Span) -> bool {
    fn first(block: &Block, is_built: &dyn Fn(&Action) -> bool) -> Option<bool> {
        block.iter().find_map(|node| match &node.action {
            Action::RestoreOptimizer(_) => Some(true),
            Action::Loop(inner) => first(&inner.body, is_built),
            Action::Branch(arms) => arms.iter().find_map(|arm| first(&arm.body, is_built)),
            action => is_built(action).then_some(false),
        })
    }
    let is_built = |action: &Action| matches!(action, Action::BuildSchedule(id) if plan.schedule(*id).span == built);
    first(&plan.run, &is_built) == Some(true)
}

fn collect<'p>(block: &'p Block, frames: &mut Vec<Frame<'p>>, arms: &mut Arms, found: &mut Vec<Site<'p>>) {
    for node in block {
        match &node.action {
            Action::Loop(inner) => {
                frames.push(Frame::Loop(inner, node.span));
                collect(&inner.body, frames, arms, found);
                frames.pop();
            }
            Action::Branch(branch) => {
                for (index, arm) in branch.iter().enumerate() {
                    frames.push(Frame::Arm(arm));
                    arms.push((node.span, index));
                    collect(&arm.body, frames, arms, found);
                    arms.pop();
                    frames.pop();
                }
            }
            Action::SchedulerStep(step) => {
                found.push(Site { step, span: node.span, frames: frames.clone(), arms: arms.clone() });
            }
            _ => {}
        }
    }
}

/// All loops over epochs, with where they stand, the outer before the inner.
pub fn epoch_loops(block: &Block) -> Vec<(&Loop, Span)> {
    let mut found = Vec::new();
    for node in block {
        match &node.action {
            Action::Loop(inner) => {
                found.extend((inner.turn == Turn::Epoch).then_some((inner, node.span)));
                found.extend(epoch_loops(&inner.body));
            }
            Action::Branch(arms) => found.extend(arms.iter().flat_map(|arm| epoch_loops(&arm.body))),
            _ => {}
        }
    }
    found
}

/// The arms among what encloses a node, from the outside in.
pub fn arms<'p>(frames: &[Frame<'p>]) -> impl Iterator<Item = &'p Arm> {
    frames.iter().filter_map(|frame| match frame {
        Frame::Arm(arm) => Some(*arm),
        Frame::Loop(..) => None,
    })
}

impl<'p> Site<'p> {
    /// The innermost loop around the call, where that is written, and what encloses the call within a turn of it.
    pub fn innermost_loop(&self) -> Option<(&'p Loop, Span, &[Frame<'p>])> {
        self.frames.iter().enumerate().rev().find_map(|(index, frame)| match frame {
            Frame::Loop(inner, span) => Some((*inner, *span, &self.frames[index + 1..])),
            Frame::Arm(_) => None,
        })
    }

    /// How often the scheduler is stepped here, where that is proved.
    pub fn cadence(&self) -> Cadence<'p> {
        let Some((inner, span, within)) = self.innermost_loop() else { return Cadence::Unknown };
        let mut accumulates = false;
        for arm in arms(within) {
            match &arm.guard {
                Guard::Fixed => {}
                Guard::Every(_) => accumulates = true,
                // A warmup that holds the schedule back for some epochs still steps it once per epoch after that;
                // among batches a condition may be anything.
                Guard::Changing if inner.turn == Turn::Epoch => {}
                // `if batch is None: continue`, before the optimizer as well.
                Guard::Changing if contains_optimizer_step(&arm.body) => {}
                Guard::Changing => return Cadence::Unknown,
            }
        }
        match inner.turn {
            // `if (i + 1) % k == 0:` is an accumulation guard only if the optimizer stands behind it, too.
            Turn::Batch if accumulates && !steps_optimizer_behind_guard(&inner.body) => Cadence::Unknown,
            Turn::Batch => Cadence::PerStep(span),
            // Every few epochs is not every epoch, and without a loop over batches an epoch is a step.
            Turn::Epoch if accumulates || updates_directly(&inner.body) => Cadence::Unknown,
            Turn::Epoch => Cadence::PerEpoch(inner, span),
            Turn::Other => Cadence::Unknown,
        }
    }

    /// The innermost loop over epochs around this place.
    pub fn epoch_loop(&self) -> Option<&'p Loop> {
        self.frames.iter().rev().find_map(|frame| match frame {
            Frame::Loop(inner, _) if inner.turn == Turn::Epoch => Some(*inner),
            _ => None,
        })
    }

    /// The number of epochs of the run around this place, where there is a loop over them.
    pub fn epochs(&self) -> Option<&'p Quantity> {
        self.epoch_loop().map(|epochs| &epochs.turns)
    }
}

fn steps_optimizer_behind_guard(block: &Block) -> bool {
    block.iter().any(|node| match &node.action {
        Action::Branch(arms) => arms.iter().any(|arm| match arm.guard {
            Guard::Every(_) => contains_optimizer_step(&arm.body),
            _ => steps_optimizer_behind_guard(&arm.body),
        }),
        _ => false,
    })
}

/// Whether there is an optimizer step anywhere in a block.
pub fn contains_optimizer_step(block: &[Node]) -> bool {
    block.iter().any(|node: &Node| match &node.action {
        Action::Loop(inner) => contains_optimizer_step(&inner.body),
        Action::Branch(arms) => arms.iter().any(|arm| contains_optimizer_step(&arm.body)),
        Action::OptimizerStep(_) => true,
        _ => false,
    })
}

/// Whether a turn goes over its batches in one loop of its own that trains.
pub fn passes_once(block: &[Node]) -> bool {
    let passes = |node: &&Node| matches!(&node.action, Action::Loop(inner) if inner.turn == Turn::Batch && contains_optimizer_step(&inner.body));
    block.iter().filter(passes).count() == 1
}

/// The arms that something stands in, each as its branch and its place there.
pub(crate) type Arms = Vec<(Span, usize)>;

/// Whether two things stand in different arms of one branch.
pub(crate) fn exclude(a: &Arms, b: &Arms) -> bool {
    a.iter().any(|(branch, arm)| b.iter().any(|(other, other_arm)| branch == other && arm != other_arm))
}

/// Whether the weights are updated in this very turn and not in a loop inside it.
pub fn updates_directly(block: &[Node]) -> bool {
    block.iter().any(|node| match &node.action {
        Action::Branch(arms) => arms.iter().any(|arm| updates_directly(&arm.body)),
        Action::OptimizerStep(step) => step.in_sight,
        _ => false,
    })
}

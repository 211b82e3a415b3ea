//! A schedule as a chain of blocks.

use scheduler::phases::{Phase, Phases};
use scheduler::torch::SequentialLR;
use scheduler::{Optimizer, Schedule, Steps};

use super::catalogue::Kind;

/// A schedule with the number of steps that it has its turn.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// What happens.
    pub schedule: Schedule,
    /// How long.
    pub steps: f64,
}

/// Blocks, one after the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    /// In order.
    pub blocks: Vec<Block>,
    /// How many times they are gone through; only phases can be repeated.
    pub repeat: i64,
    /// The last block has a length of its own, as phases have. Otherwise it lasts to the end of the run.
    pub closed: bool,
}

impl Chain {
    /// The blocks of a schedule in a run of so many steps; `None` where it is not one thing after another.
    pub fn of(schedule: &Schedule, run: usize) -> Option<Self> {
        let run = run as f64;
        match schedule {
            Schedule::Phases(phases) => {
                let block = |phase: &Phase| Block { schedule: alone(phase.clone()), steps: phase.steps.0 };
                Some(Self { blocks: phases.phases.iter().map(block).collect(), repeat: phases.repeat, closed: true })
            }
            Schedule::SequentialLR(SequentialLR { schedulers, milestones }) => {
                let in_order =
                    milestones.first().is_none_or(|first| *first > 0) && milestones.windows(2).all(|m| m[0] < m[1]);
                let simple = schedulers.iter().all(|part| part.children().is_empty());
                if schedulers.len() != milestones.len() + 1 || !in_order || !simple {
                    return None;
                }
                let starts = std::iter::once(0.0).chain(milestones.iter().map(|at| *at as f64));
                let last = milestones.last().map_or(run, |last| run.max(*last as f64 + 1.0));
                let ends = milestones.iter().map(|at| *at as f64).chain([last]);
                let blocks = schedulers.iter().zip(starts.zip(ends));
                let blocks = blocks.map(|(part, (start, end))| Block { schedule: part.clone(), steps: end - start });
                Some(Self { blocks: blocks.collect(), repeat: 1, closed: false })
            }
            Schedule::Resumed(_) => None,
            other if !other.children().is_empty() => None,
            other => {
                Some(Self { blocks: vec![Block { schedule: other.clone(), steps: run }], repeat: 1, closed: false })
            }
        }
    }

    /// The schedule of the blocks.
    pub fn schedule(&self) -> Schedule {
        let phases: Option<Vec<Phase>> = self.blocks.iter().map(|block| phase(&block.schedule).cloned()).collect();
        match (phases, self.blocks.as_slice()) {
            (Some(phases), _) if self.closed || phases.len() > 1 => Phases { phases, repeat: self.repeat }.into(),
            (_, [only]) => only.schedule.clone(),
            (_, blocks) => {
                let mut at = 0.0;
                let ends = blocks.iter().map(|block| {
                    at += block.steps;
                    at as i64
                });
                let milestones = ends.take(blocks.len().saturating_sub(1)).collect();
                SequentialLR { schedulers: blocks.iter().map(|block| block.schedule.clone()).collect(), milestones }
                    .into()
            }
        }
    }

    /// Whether something can be put before or after these blocks: what listens to a metric, and OneCycleLR, stand alone.
    pub fn can_grow(&self) -> bool {
        !self
            .blocks
            .iter()
            .any(|block| block.schedule.needs_metric() || matches!(block.schedule, Schedule::OneCycleLR(_)))
    }

    /// Whether the blocks can be gone through several times.
    pub fn can_repeat(&self) -> bool {
        self.closed && self.blocks.iter().all(|block| phase(&block.schedule).is_some())
    }

    /// Adds a block at the end. It gets what is left of the run, or else a third of the last block's turn.
    pub fn add(&mut self, kind: Kind, lr: f64, run: usize) {
        let left = run as f64 - self.total();
        let steps = match self.blocks.last_mut() {
            Some(last) if !self.closed || left < 1.0 => {
                let taken = (last.steps / 3.0).round().max(1.0);
                let kept = (last.steps - taken).max(1.0);
                last.resize(kept);
                taken
            }
            _ => left.max(1.0),
        };
        let start = self.blocks.last().map_or(1.0, Block::last_factor);
        let schedule = kind.make(steps, start, lr, self.closed);
        // A warmup belongs before everything else.
        let at = if kind == Kind::Warmup && start == 1.0 { 0 } else { self.blocks.len() };
        self.closed = self.closed && phase(&schedule).is_some();
        self.blocks.insert(at, Block { schedule, steps });
        self.settle(run);
    }

    /// Gives a block another length.
    pub fn resize(&mut self, index: usize, steps: f64, run: usize) {
        if let Some(block) = self.blocks.get_mut(index) {
            block.resize(steps.max(1.0).round());
        }
        self.settle(run);
    }

    /// The steps at which a block ends and can be made to end elsewhere, each with the number of the block.
    pub fn ends(&self) -> Vec<(usize, f64)> {
        let mut at = 0.0;
        let ends = self.blocks.iter().enumerate().map(|(index, block)| {
            at += block.steps;
            (index, at)
        });
        ends.take(self.blocks.len() - usize::from(!self.closed && !self.blocks.is_empty())).collect()
    }

    /// Moves the end of a block; what follows it gets the difference, so that nothing else moves.
    pub fn move_end(&mut self, index: usize, to: f64, run: usize) {
        let start: f64 = self.blocks.iter().take(index).map(|block| block.steps).sum();
        let Some(block) = self.blocks.get(index) else { return };
        let next = self.blocks.get(index + 1).map(|next| next.steps);
        let most = next.map_or(f64::INFINITY, |next| block.steps + next - 1.0);
        let steps = (to - start).round().clamp(1.0, most.max(1.0));
        let change = steps - block.steps;
        self.blocks[index].resize(steps);
        if let (Some(next), Some(before)) = (self.blocks.get_mut(index + 1), next) {
            next.resize(before - change);
        }
        self.settle(run);
    }

    /// Takes a block out; the last one stays.
    pub fn remove(&mut self, index: usize, run: usize) {
        if self.blocks.len() > 1 && index < self.blocks.len() {
            self.blocks.remove(index);
            self.settle(run);
        }
    }

    /// Moves a block to another place.
    pub fn reorder(&mut self, from: usize, to: usize, run: usize) {
        if from < self.blocks.len() && to < self.blocks.len() {
            let block = self.blocks.remove(from);
            self.blocks.insert(to, block);
            self.settle(run);
        }
    }

    /// Lets the last block fill the run, where it has no length of its own.
    fn settle(&mut self, run: usize) {
        let Some((last, others)) = self.blocks.split_last_mut() else { return };
        if !self.closed {
            let before: f64 = others.iter().map(|block| block.steps).sum();
            let steps = (run as f64 - before).max(1.0);
            last.schedule.fit(last.steps as usize, steps as usize);
            last.steps = steps;
            if let Some(phase) = phase_mut(&mut last.schedule) {
                phase.steps = Steps(steps);
            }
        }
    }

    fn total(&self) -> f64 {
        self.blocks.iter().map(|block| block.steps).sum()
    }
}

impl Block {
    /// Gives it another length; a warmup or a decay that ends with it goes on doing so.
    fn resize(&mut self, to: f64) {
        let from = self.steps;
        match &mut self.schedule {
            Schedule::LinearLR(linear) if linear.total_iters.0 == from => linear.total_iters = Steps(to),
            schedule => match phase_mut(schedule) {
                Some(phase) => phase.steps = Steps(to),
                None => schedule.fit(from as usize, to as usize),
            },
        }
        self.steps = to;
    }

    /// The share of the LR that it ends with; 1 where that cannot be told.
    fn last_factor(&self) -> f64 {
        let access = self.schedule.random_access(Optimizer::sgd(&[1.0], 0.9)).ok();
        let factor = access.and_then(|access| access.lr(self.steps as usize, 0).ok());
        let rounded = factor.map(|factor| (factor * 1e4).round() / 1e4);
        rounded.filter(|factor| factor.is_finite() && *factor >= 0.0).unwrap_or(1.0)
    }

    /// The phase that it is, if it is one.
    pub fn phase(&self) -> Option<&Phase> {
        phase(&self.schedule)
    }

    /// Changes the phase that it is.
    pub fn change_phase(&mut self, change: impl FnOnce(&mut Phase)) {
        if let Some(phase) = phase_mut(&mut self.schedule) {
            change(phase);
            self.steps = phase.steps.0;
        }
    }
}

fn alone(phase: Phase) -> Schedule {
    Phases { phases: vec![phase], repeat: 1 }.into()
}

fn phase(schedule: &Schedule) -> Option<&Phase> {
    match schedule {
        Schedule::Phases(Phases { phases, repeat: 1 }) => match phases.as_slice() {
            [phase] => Some(phase),
            _ => None,
        },
        _ => None,
    }
}

fn phase_mut(schedule: &mut Schedule) -> Option<&mut Phase> {
    match schedule {
        Schedule::Phases(Phases { phases, repeat: 1 }) => match phases.as_mut_slice() {
            [phase] => Some(phase),
            _ => None,
        },
        _ => None,
    }
}

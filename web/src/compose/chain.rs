//! A schedule as a chain of blocks.

use scheduler::Schedule;
use scheduler::phases::{Phase, Phases};
use scheduler::torch::SequentialLR;

use super::block::{Block, alone, phase};

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

    /// The steps at which a block ends and can be made to end elsewhere, each with the number of the block.
    pub fn ends(&self) -> Vec<(usize, f64)> {
        let mut at = 0.0;
        let ends = self.blocks.iter().enumerate().map(|(index, block)| {
            at += block.steps;
            (index, at)
        });
        ends.take(self.blocks.len() - usize::from(!self.closed && !self.blocks.is_empty())).collect()
    }
}

//! What the user does to a chain of blocks.

use scheduler::Steps;

use super::block::{Block, phase, phase_mut};
use super::catalogue::Kind;
use super::chain::Chain;

impl Chain {
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

//! Builds the tree of what happens in a run.

use advisor::Span;
use advisor::plan::{Action, Arm, Block, Loop, Node, Turn};
use advisor::quantity::Quantity;

/// The tree under construction: the innermost block is the last.
#[derive(Debug, Default)]
pub struct Trace {
    open: Vec<Block>,
    /// While above zero nothing is written down: a trial turn of a loop.
    muted: usize,
    /// How much has happened so far, written down or not.
    count: usize,
}

impl Trace {
    /// Opens a block.
    pub fn open(&mut self) {
        self.open.push(Block::new());
    }

    /// Closes the innermost block.
    pub fn close(&mut self) -> Block {
        self.open.pop().unwrap_or_default()
    }

    /// Something happens.
    pub fn push(&mut self, span: Span, action: Action) {
        self.count += 1;
        if self.muted == 0
            && let Some(block) = self.open.last_mut()
        {
            block.push(Node { span, action });
        }
    }

    /// A loop with this body; nothing if the body is empty.
    pub fn push_loop(&mut self, span: Span, turn: Turn, turns: Quantity, body: Block) {
        if !body.is_empty() {
            self.push(span, Action::Loop(Loop { turn, turns, body }));
        }
    }

    /// A branch with these arms; nothing if all are empty.
    pub fn push_branch(&mut self, span: Span, mut arms: Vec<Arm>) {
        arms.retain(|arm| !arm.body.is_empty());
        if !arms.is_empty() {
            self.push(span, Action::Branch(arms));
        }
    }

    /// How much has happened so far.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Stops writing down.
    pub fn mute(&mut self) {
        self.muted += 1;
    }

    /// Whether nothing is written down.
    pub fn is_muted(&self) -> bool {
        self.muted > 0
    }

    /// Goes on writing down.
    pub fn unmute(&mut self) {
        self.muted -= 1;
    }
}

//! A loop that a framework runs, with what the script has it call at some point of it.
//!
//! Each such function is taken by itself, with the training around it that the framework does.

use advisor::Span;
use advisor::plan::{Action, Block, Loop, Node, OptimizerStep, Turn};
use advisor::quantity::Quantity;

/// When the framework calls a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Before the batches of an epoch.
    EpochStarted,
    /// After them.
    EpochCompleted,
    /// Before the update of a batch.
    IterationStarted,
    /// After it.
    IterationCompleted,
}

/// What the framework does, with a function that stands at `span` and does `body`; nothing if that is nothing.
pub fn run(event: Event, span: Span, body: Block) -> Block {
    if body.is_empty() {
        return body;
    }
    let node = |action| Node { span, action };
    let looped = |turn, body| node(Action::Loop(Loop { turn, turns: Quantity::unknown(), body }));
    let update = node(Action::OptimizerStep(OptimizerStep { optimizer: None, may_step: Vec::new(), in_sight: false }));
    let (mut epoch, mut batch) = (Block::new(), vec![update]);
    match event {
        Event::IterationStarted => batch.splice(..0, body).for_each(drop),
        Event::IterationCompleted => batch.extend(body),
        Event::EpochStarted => epoch.extend(body),
        Event::EpochCompleted => {
            epoch.push(looped(Turn::Batch, std::mem::take(&mut batch)));
            epoch.extend(body);
        }
    }
    if !batch.is_empty() {
        epoch.push(looped(Turn::Batch, batch));
    }
    vec![looped(Turn::Epoch, epoch)]
}

//! pytorch-ignite: an engine runs the loop and calls what has been attached to its events.
//!
//! Each handler is taken by itself, with the training around it that the engine does: `ignite.engine.Engine`, ignite 0.5.

use advisor::Span;
use advisor::plan::{Action, Block, Loop, Node, OptimizerStep, Turn};
use advisor::quantity::Quantity;
use ruff_python_ast::{Expr, StmtFunctionDef};

/// When the engine calls a handler.
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

/// The event that a function is attached to by `@trainer.on(Events.EPOCH_STARTED)`. What is filtered
/// (`Events.EPOCH_COMPLETED(every=5)`) is none of them, nor is anything attached to an evaluator.
pub fn event(definition: &StmtFunctionDef) -> Option<Event> {
    definition.decorator_list.iter().find_map(|decorator| {
        let Expr::Call(call) = &decorator.expression else { return None };
        let Expr::Attribute(on) = &*call.func else { return None };
        let of_evaluator =
            matches!(&*on.value, Expr::Name(name) if name.id.contains("eval") || name.id.contains("val"));
        let Some(Expr::Attribute(event)) = call.arguments.args.first() else { return None };
        let is_event =
            on.attr.as_str() == "on" && matches!(&*event.value, Expr::Name(name) if name.id.as_str() == "Events");
        match event.attr.as_str() {
            _ if !is_event || of_evaluator => None,
            "EPOCH_STARTED" => Some(Event::EpochStarted),
            "EPOCH_COMPLETED" => Some(Event::EpochCompleted),
            "ITERATION_STARTED" => Some(Event::IterationStarted),
            "ITERATION_COMPLETED" => Some(Event::IterationCompleted),
            _ => None,
        }
    })
}

/// What the engine does, with a handler that stands at `span` and does `body`; nothing if that is nothing.
pub fn run(event: Event, span: Span, body: Block) -> Block {
    if body.is_empty() {
        return body;
    }
    let node = |action| Node { span, action };
    let looped = |turn, body| node(Action::Loop(Loop { turn, turns: Quantity::unknown(), body }));
    let update = node(Action::OptimizerStep(OptimizerStep { optimizer: None, in_sight: false }));
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

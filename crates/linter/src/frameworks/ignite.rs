//! pytorch-ignite: an engine runs the loop and calls what has been attached to its events.
//!
//! As in `ignite.engine.Engine`, ignite 0.5.

use ruff_python_ast::{Expr, StmtFunctionDef};

use super::engine::Event;

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

//! What frameworks are told: the arguments of their constructors, as written, and what is handed to what.

use std::rc::Rc;

use advisor::plan::{Argument, ArgumentValue, Owner, Settings};
use ruff_python_ast::{Expr, ExprCall};
use ruff_text_size::Ranged;

use super::Interpreter;
use super::calls::Given;
use crate::frameworks::{self, Taker};
use crate::names;
use crate::value::{Opaque, SHARED, Value};

/// Of an accelerator: the script accumulates gradients through it.
const ACCUMULATES: &str = "accumulates";

impl<'a> Interpreter<'a> {
    /// Takes note of a call that tells a framework how to train.
    pub(super) fn note_settings(&mut self, call: &'a ExprCall, name: &str, given: &Given<'a>) {
        let of_options = name.strip_suffix(".from_argparse_args");
        let Some(taker) = frameworks::taker(of_options.unwrap_or(name)) else { return };
        let class = names::last_part(of_options.unwrap_or(name)).to_owned();
        let index = match of_options {
            Some(_) => {
                let given = self.told_by_options(given);
                self.note(call, taker, class, &given)
            }
            None => self.note(call, taker, class, given),
        };
        self.told.insert(&self.call_key(call), index);
    }

    /// The options that are all given to a trainer, `Trainer.from_argparse_args(args)`: those that say how long it runs.
    fn told_by_options(&mut self, given: &Given<'a>) -> Given<'a> {
        const LENGTHS: [&str; 3] = ["max_epochs", "max_steps", "accumulate_grad_batches"];
        let mut all = Given { positional: Vec::new(), open: true, ..given.clone() };
        let Some((options, written)) = given.positional.first() else { return all };
        for name in LENGTHS {
            if given.keyword(name).is_none() && self.option(name).is_some() {
                all.keywords.push((name.into(), self.attribute(options, name), written));
            }
        }
        all
    }

    /// What `accelerator.prepare(...)` was given, prepared: schedules are noted, and a loader is shared by the processes.
    pub(super) fn prepared(&mut self, accelerator: &Value, value: Value) -> Value {
        let Some(index) = self.accelerator(accelerator) else { return value };
        let splits = self.settings[index].argument("split_batches");
        let splits = splits.is_some_and(|argument| matches!(argument.value, ArgumentValue::Truth(true)));
        match &value {
            Value::Schedule(id) => {
                let schedules = &mut self.settings[index].schedules;
                schedules.retain(|known| known != id);
                schedules.push(*id);
                value
            }
            _ => match value.loader_key() {
                Some(key) if !splits && !key.starts_with(SHARED) => Value::Loader(format!("{SHARED}{key}").into()),
                _ => value,
            },
        }
    }

    /// Takes note of `with accelerator.accumulate(model):`.
    pub(super) fn note_accumulation(&mut self, accelerator: &Value, method: &str, call: &ExprCall) {
        let Some(index) = self.accelerator(accelerator).filter(|_| method == "accumulate") else { return };
        if self.settings[index].argument(ACCUMULATES).is_none() {
            let (text, span) = (self.wording_of(call), self.span(call.range()));
            let value = ArgumentValue::Truth(true);
            self.settings[index].arguments.push(Argument { name: ACCUMULATES.to_owned(), text, value, span });
        }
    }

    /// Which settings an accelerator was made with.
    fn accelerator(&self, value: &Value) -> Option<usize> {
        // Of several that it may be, the first stands for all.
        value.alternatives().iter().find_map(|value| {
            let Value::Opaque(Opaque { key, .. }) = value else { return None };
            self.told.get(key).copied().filter(|index| self.settings[*index].owner == Owner::Accelerator)
        })
    }

    /// Takes note of `model.compile(...)` and `model.fit(...)`.
    pub(super) fn note_model(&mut self, call: &'a ExprCall, model: &Value, method: &str, given: &Given<'a>) {
        let Some(taker) = frameworks::keras::method(method) else { return };
        let class = match model {
            // An attribute may be another model in another method: only what one call leads to belongs together.
            Value::Opaque(Opaque { key, .. }) if key.starts_with("object") => {
                let root = self.frames.get(1).and_then(|frame| frame.function);
                format!("{key} in {root:?}")
            }
            Value::Opaque(Opaque { key, .. }) => key.to_string(),
            Value::Object(object) => format!("object{object}"),
            // Built of layers that a loop has put together.
            Value::Changing if let Expr::Attribute(called) = &*call.func => self.wording_of(&*called.value),
            _ => return,
        };
        // Many things have a method `fit`; models of Keras are given at least one of these by name, or something of
        // Keras.
        const TELLING: [&str; 7] =
            ["optimizer", "callbacks", "epochs", "validation_data", "validation_split", "loss", "steps_per_epoch"];
        let mut handed_over = Vec::new();
        given.positional.iter().for_each(|(value, _)| self.told_by(value, &mut handed_over));
        if !handed_over.is_empty() || given.keywords.iter().any(|(name, ..)| TELLING.contains(&&**name)) {
            self.note(call, taker, class, given);
        }
    }

    fn note(&mut self, call: &'a ExprCall, taker: Taker, class: String, given: &Given<'a>) -> usize {
        let span = self.span(call.range());
        if let Some(index) = self.settings.iter().position(|settings| settings.span == span) {
            return index;
        }
        let by_position = taker
            .parameters
            .iter()
            .zip(&given.positional)
            .map(|(name, (value, expression))| (Rc::from(*name), value.clone(), *expression));
        let all: Vec<(Rc<str>, Value, &'a Expr)> = by_position.chain(given.keywords.iter().cloned()).collect();
        let (mut arguments, mut handed_over) = (Vec::new(), Vec::new());
        for (name, value, expression) in all {
            self.told_by(&value, &mut handed_over);
            self.flatten(name.to_string(), &value, expression, &mut arguments);
        }
        let complete = !given.open && given.positional.len() <= taker.parameters.len();
        let schedules = Vec::new();
        self.settings.push(Settings {
            owner: taker.owner,
            class,
            span,
            arguments,
            complete,
            schedules,
            given: handed_over,
        });
        self.settings.len() - 1
    }

    /// The settings that a value, or a list of values, was made with.
    fn told_by(&self, value: &Value, found: &mut Vec<usize>) {
        match value {
            Value::Opaque(Opaque { key, .. }) => found.extend(self.told.get(key)),
            Value::Optimizer(id) => {
                let span = self.optimizers[id.0].span;
                found.extend(self.settings.iter().position(|settings| settings.span == span));
            }
            Value::Sequence(values) | Value::Either(values) => {
                values.iter().for_each(|value| self.told_by(value, found));
            }
            _ => {}
        }
    }

    /// An argument, or those of the dict that it is; `None` is as good as absent.
    fn flatten(&mut self, name: String, value: &Value, expression: &'a Expr, arguments: &mut Vec<Argument>) {
        match value {
            Value::None => {}
            Value::Dict(items) if !items.is_empty() && !name.contains('.') => {
                for (key, value) in items.iter() {
                    let inner = entry_of(expression, key).unwrap_or(expression);
                    self.flatten(format!("{name}.{key}"), value, inner, arguments);
                }
            }
            Value::Qualified(qualified) => {
                let mut argument = self.argument(name, value, expression);
                if let Some(kind) = frameworks::scheduler_type(qualified) {
                    argument.value = ArgumentValue::Text(kind);
                }
                arguments.push(argument);
            }
            _ => {
                let argument = self.argument(name, value, expression);
                arguments.push(argument);
            }
        }
    }
}

/// The value of a key, where the dict is written out right there.
fn entry_of<'a>(expression: &'a Expr, key: &str) -> Option<&'a Expr> {
    match expression {
        Expr::Dict(dict) => dict.items.iter().rev().find_map(|item| {
            let Expr::StringLiteral(name) = item.key.as_ref()? else { return None };
            (name.value.to_str() == key).then_some(&item.value)
        }),
        Expr::Call(call) => call
            .arguments
            .keywords
            .iter()
            .find(|keyword| keyword.arg.as_ref().is_some_and(|arg| arg.as_str() == key))
            .map(|keyword| &keyword.value),
        _ => None,
    }
}

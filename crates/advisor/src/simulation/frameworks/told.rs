//! Settings of a framework, read as numbers and constructor text.

use scheduler::{Schedule, notation};

use super::super::numbers::Numbers;
use super::super::{MOST_STEPS, Note, Stopped};
use crate::effect::number;
use crate::plan::{Argument, ArgumentValue, Settings};
use crate::quantity::Quantity;
use crate::span::Span;

/// Settings, and the account of what is missing in them or rests on a default.
pub(super) struct Told<'p, 'n, 'g> {
    pub settings: &'p Settings,
    pub numbers: &'n mut Numbers<'g>,
}

impl<'p, 'n, 'g> Told<'p, 'n, 'g> {
    pub fn new(settings: &'p Settings, numbers: &'n mut Numbers<'g>) -> Self {
        Self { settings, numbers }
    }

    /// Other settings, on the same account.
    pub fn of<'t>(&'t mut self, settings: &'p Settings) -> Told<'p, 't, 'g> {
        Told { settings, numbers: self.numbers }
    }

    /// Where the settings stand.
    pub fn span(&self) -> Span {
        self.settings.span
    }

    /// The number of that name: as given, else as somebody says; `None` where there is none.
    pub fn maybe(&mut self, name: &str) -> Option<f64> {
        match self.settings.argument(name) {
            Some(argument) => Some(self.value(argument)),
            None => self.numbers.named(last(name)),
        }
    }

    /// The number of that name, or one that goes without saying.
    pub fn or(&mut self, name: &str, plain: f64) -> f64 {
        self.maybe(name).unwrap_or(plain)
    }

    /// The number of that name, or the default of the framework, which is noted.
    pub fn or_default(&mut self, name: &str, default: f64) -> f64 {
        self.maybe(name).unwrap_or_else(|| {
            self.note(format!("{name} is {}, the default.", number(default)));
            default
        })
    }

    /// The number of that name, which is asked for if it is not there; `what` it is, in words.
    pub fn needed(&mut self, name: &str, what: &str) -> f64 {
        match self.settings.argument(name) {
            Some(argument) => self.value(argument),
            None => self.ask(last(name), what),
        }
    }

    /// A number that no settings hold, only somebody knows.
    pub fn ask(&mut self, name: &str, what: &str) -> f64 {
        let span = self.span();
        self.numbers.ask(name, what, span).unwrap_or(1.0)
    }

    /// The value of an argument as a number; 1 where it is missing, which is remembered.
    fn value(&mut self, argument: &Argument) -> f64 {
        let name = last(&argument.name);
        let unknown = Quantity::unknown();
        let quantity = match &argument.value {
            ArgumentValue::Number(quantity) => quantity,
            // "1e-4" in quotes, which the tools that read it take for a number; not so "auto".
            ArgumentValue::Text(text) => match text.trim().parse::<f64>() {
                Ok(value) if value.is_finite() => return value,
                _ => &unknown,
            },
            _ => &unknown,
        };
        self.numbers.value(quantity, name, argument.span).unwrap_or(1.0)
    }

    /// The text of that name, or one that goes without saying.
    ///
    /// # Errors
    /// There is something of that name, and it is no text that can be told.
    pub fn text(&self, name: &str, plain: &'p str) -> Result<&'p str, Stopped> {
        match self.settings.argument(name) {
            None => Ok(plain),
            Some(Argument { value: ArgumentValue::Text(text), .. }) => Ok(text),
            Some(Argument { span, text, .. }) => {
                let text = format!("`{}` is {text}, which cannot be told.", last(name));
                Err(Stopped::Unreadable(Note { span: *span, text }))
            }
        }
    }

    /// Whether something of that name is switched on; `plain` where nothing is said.
    ///
    /// # Errors
    /// As [`Told::text`].
    pub fn is_on(&self, name: &str, plain: bool) -> Result<bool, Stopped> {
        match self.settings.argument(name).map(|argument| &argument.value) {
            None => Ok(plain),
            Some(ArgumentValue::Truth(truth)) => Ok(*truth),
            Some(ArgumentValue::Number(Quantity { value: Some(value), .. })) => Ok(*value != 0.0),
            Some(_) => self.text(name, "").and_then(|_| Err(self.refused(format!("`{name}` is no truth value.")))),
        }
    }

    /// An argument as it goes into constructor text.
    pub fn literal(&mut self, argument: &Argument) -> Result<String, Stopped> {
        Ok(match &argument.value {
            ArgumentValue::Truth(truth) => if *truth { "True" } else { "False" }.to_owned(),
            ArgumentValue::Numbers(quantities) => {
                let each = quantities.iter().map(|quantity| {
                    number(self.numbers.value(quantity, last(&argument.name), argument.span).unwrap_or(1.0))
                });
                format!("[{}]", each.collect::<Vec<_>>().join(", "))
            }
            ArgumentValue::Text(text) if text.parse::<f64>().is_err() => {
                if text.contains(['\'', '\\', '\n']) {
                    return Err(self.refused(format!("`{}` cannot be read.", argument.name)));
                }
                format!("'{text}'")
            }
            _ => number(self.value(argument)),
        })
    }

    /// The arguments whose names begin with a prefix, as `(name without it, argument)`.
    pub fn inside(&self, prefix: &str) -> Vec<(&'p str, &'p Argument)> {
        let inside = |argument: &'p Argument| Some((argument.name.strip_prefix(prefix)?, argument));
        self.settings.arguments.iter().filter_map(inside).collect()
    }

    /// Batches in an epoch: those of a data set of known size, or as asked for.
    pub fn batches(&mut self, batch_size: Option<f64>) -> f64 {
        if let Some(size) = batch_size
            && let Some(examples) = self.numbers.named("dataset_size")
        {
            let processes = self.or("num_processes", 1.0);
            return (examples / (size * processes).max(1.0)).ceil();
        }
        let what = match batch_size {
            Some(_) => "batches in an epoch on one process, or give dataset_size",
            None => "batches in an epoch",
        };
        self.ask("steps_per_epoch", what)
    }

    /// The schedule that a constructor text stands for; made up numbers in it are no reason to complain yet.
    pub fn schedule(&mut self, text: &str) -> Result<Schedule, Stopped> {
        self.settled()?;
        notation::parse(text).map_err(|error| self.refused(format!("The schedule cannot be built: {}", error.message)))
    }

    /// Stops if anything is missing.
    pub fn settled(&mut self) -> Result<(), Stopped> {
        if self.numbers.missing.is_empty() {
            return Ok(());
        }
        Err(Stopped::Missing(std::mem::take(&mut self.numbers.missing)))
    }

    /// A number of steps, once nothing is missing.
    pub fn steps(&mut self, steps: f64) -> Result<usize, Stopped> {
        self.settled()?;
        number_of_steps(steps, self.span())
    }

    pub fn note(&mut self, text: String) {
        let span = self.span();
        self.numbers.note(Note { span, text });
    }

    /// Why there is nothing to show, in one sentence.
    pub fn refused(&self, text: String) -> Stopped {
        Stopped::Unreadable(Note { span: self.span(), text })
    }
}

/// A number of optimizer steps that can be made.
pub(super) fn number_of_steps(steps: f64, span: Span) -> Result<usize, Stopped> {
    match steps {
        _ if steps > MOST_STEPS as f64 => Err(Stopped::TooLong),
        _ if steps >= 1.0 => Ok(steps as usize),
        _ => Err(Stopped::Unreadable(Note { span, text: "The run makes no optimizer step.".to_owned() })),
    }
}

/// `min_lr` of `lr_scheduler_kwargs.min_lr`.
fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

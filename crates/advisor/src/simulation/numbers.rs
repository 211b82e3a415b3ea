//! Quantities as numbers.

use super::given::{Given, short_name};
use super::{Missing, Note, Wanted};
use crate::effect::number;
use crate::origin::Symbol;
use crate::plan::Chosen;
use crate::quantity::{Quantity, Unit};
use crate::span::Span;

/// Evaluates quantities and remembers what was missing and what rests on a default.
pub(super) struct Numbers<'a> {
    given: &'a Given,
    pub missing: Vec<Missing>,
    /// How often something was missing, the same again among it.
    pub misses: usize,
    /// The number of batches in an epoch, where it is missing but may not be needed.
    pub batches: Option<Missing>,
    pub notes: Vec<Note>,
}

impl<'a> Numbers<'a> {
    pub fn new(given: &'a Given) -> Self {
        Self { given, missing: Vec::new(), misses: 0, batches: None, notes: Vec::new() }
    }

    /// The value of a quantity that is needed at `span`; `None` is remembered. What nothing is known of is asked for by
    /// `name`.
    pub fn value(&mut self, quantity: &Quantity, name: &str, span: Span) -> Option<f64> {
        let (mut missing, mut notes) = (Vec::new(), Vec::new());
        let given = self.given;
        let value = quantity.evaluate(&mut |symbol| {
            // What has no name in the source is asked for by that of the parameter.
            let short = short_name(symbol);
            let has_name = short.starts_with(|first: char| first.is_alphabetic() || first == '_');
            let said = given.of(symbol).or_else(|| if has_name { None } else { given.named(name) });
            let name = if has_name { short } else { name.to_owned() };
            match (said, symbol.default) {
                (Some(value), _) => Some(value),
                (None, Some(value)) => {
                    notes.push((format!("{name} is "), number(value), format!(", {}.", symbol.whence())));
                    Some(value)
                }
                (None, None) => {
                    missing.push(Missing { name, wanted: Wanted::Number, what: as_written(symbol), span });
                    None
                }
            }
        });
        if value.is_some() {
            notes.into_iter().for_each(|note| self.note_number(note, span));
            return value;
        }
        if missing.is_empty() {
            return self.ask(name, "", span);
        }
        missing.into_iter().for_each(|one| self.miss(one));
        None
    }

    /// Whether a way of a branch is chosen: as somebody says or, with `by_default`, as it is unless somebody does.
    pub fn choose(&mut self, chosen: &Chosen, by_default: bool, span: Span) -> bool {
        let (decided, notes) = self.choices(chosen, by_default, span);
        let is_chosen = decided == Some(true);
        notes.into_iter().filter(|_| is_chosen).for_each(|note| self.note(note));
        is_chosen
    }

    /// Whether something is chosen, as somebody says or by default; `None` where nobody knows.
    pub fn decided(&mut self, chosen: &Chosen, span: Span) -> Option<bool> {
        let (decided, notes) = self.choices(chosen, true, span);
        notes.into_iter().filter(|_| decided.is_some()).for_each(|note| self.note(note));
        decided
    }

    /// Whether all choices are made that way, and what was taken for granted to tell.
    fn choices(&self, chosen: &Chosen, by_default: bool, span: Span) -> (Option<bool>, Vec<Note>) {
        let (mut decided, mut notes) = (chosen.is_all.then_some(true), Vec::new());
        for choice in &chosen.by {
            let symbol = Symbol { name: &choice.subject, unit: Unit::Unknown, default: None };
            let said = self.given.text(symbol);
            let is_said = said.is_some();
            let Some(value) = said.or_else(|| choice.default.clone().filter(|_| by_default)) else {
                decided = None;
                continue;
            };
            if !is_said {
                let value = if value.is_empty() { "not set" } else { &value };
                let text = format!("{} is {value}, {}.", short_name(symbol), symbol.whence());
                notes.push(Note { span, text });
            }
            // One that is not made that way is enough.
            if !choice.is_made_by(&value) {
                return (Some(false), notes);
            }
        }
        (decided, notes)
    }

    /// A number that somebody says, of which the source says nothing.
    pub fn named(&self, name: &str) -> Option<f64> {
        self.given.named(name)
    }

    /// A number that only somebody can say, who is told `what` it is; that it is missing is remembered.
    pub fn ask(&mut self, name: &str, what: &str, span: Span) -> Option<f64> {
        let given = self.given.named(name);
        if given.is_none() {
            self.miss(Missing { name: name.to_owned(), wanted: Wanted::Number, what: what.to_owned(), span });
        }
        given
    }

    /// What is counted; that the number of batches in an epoch is missing for it is remembered by itself.
    pub fn spare_batches<T>(&mut self, count: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.missing.len();
        let counted = count(self);
        if let [missing] = &self.missing[before..]
            && missing.name == "steps_per_epoch"
        {
            let missing = self.missing.pop();
            self.batches = self.batches.take().or(missing);
        }
        counted
    }

    /// What somebody says of something that need not be a number.
    pub fn said(&self, name: &str) -> Option<String> {
        self.given.said(name)
    }

    /// Remembers that something is missing, once.
    pub fn miss(&mut self, missing: Missing) {
        self.misses += 1;
        if !self.missing.iter().any(|other| other.name == missing.name) {
            self.missing.push(missing);
        }
    }

    /// A count, not negative; what is missing counts 0.
    pub fn count(&mut self, quantity: &Quantity, name: &str, span: Span) -> usize {
        self.value(quantity, name, span).map_or(0, |value| value.max(0.0) as usize)
    }

    /// Remembers a number with what stands before and behind it; the numbers of a list in one sentence.
    fn note_number(&mut self, (before, value, behind): (String, String, String), span: Span) {
        for note in self.notes.iter_mut().filter(|note| note.span == span) {
            let told = note.text.strip_prefix(&before).and_then(|rest| rest.strip_suffix(&behind));
            if let Some(told) = told {
                if !told.split(", ").any(|other| other == value) {
                    note.text = format!("{before}{told}, {value}{behind}");
                }
                return;
            }
        }
        self.note(Note { span, text: before + &value + &behind });
    }

    /// Remembers something that was taken for granted, once.
    pub fn note(&mut self, note: Note) {
        if !self.notes.iter().any(|other| other.text == note.text) {
            self.notes.push(note);
        }
    }
}

/// A symbol as it stands in the source, where it does: front ends tell names of functions apart by what is before a colon.
fn as_written(symbol: Symbol<'_>) -> String {
    match symbol.name.rsplit_once(':') {
        Some((_, rest)) if rest.starts_with(|c: char| c.is_ascii_digit()) => match symbol.unit {
            Unit::StepsPerEpoch => "the length of a data loader".to_owned(),
            _ => String::new(),
        },
        Some((before, rest)) if before.starts_with("len(") => format!("len({rest}"),
        Some((_, rest)) => rest.to_owned(),
        // Of an attribute of an object the front end has the number of the object.
        None => {
            match symbol.name.strip_prefix("object").map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit())) {
                Some(rest) if rest.starts_with('.') => rest[1..].to_owned(),
                _ => symbol.name.to_owned(),
            }
        }
    }
}

//! Rows of numbers become series.

use super::columns;
use super::format::Format;
use super::messages::{MOST_MESSAGES, Message};
use super::series::Series;

/// Numeric columns that are kept; further ones are told and left out.
pub const MOST_COLUMNS: usize = 64;

/// Something a reader of the log should know: one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note(pub String);

/// A log as it was read.
#[derive(Clone, Debug)]
pub struct Log {
    /// How it was read.
    pub format: Format,
    /// Rows, records or lines that held numbers.
    pub rows: u64,
    /// One for each numeric column.
    pub series: Vec<Series>,
    /// What the places of the values are.
    pub places: Places,
    /// What a reader should know.
    pub notes: Vec<Note>,
    /// What torch has said about a scheduler, each with the first line that says it, from 1.
    pub messages: Vec<(usize, Message)>,
}

/// What the places of values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Places {
    /// Optimizer steps, as the log says.
    Steps,
    /// Epochs, as the log says.
    Epochs,
    /// Rows of the log: it names neither.
    Rows,
}

impl Log {
    /// The series of that name.
    pub fn series(&self, name: &str) -> Option<&Series> {
        self.series.iter().find(|series| series.name == name)
    }
}

pub(super) struct Recorder {
    log: Log,
    /// The series that the next number is of, where each row has the same columns.
    next: usize,
    left_out: u64,
    /// The last step and epoch told, for rows that do not repeat them.
    step: Option<f64>,
    epoch: Option<f64>,
}

impl Recorder {
    pub fn new(format: Format) -> Self {
        let log =
            Log { format, rows: 0, series: Vec::new(), places: Places::Rows, notes: Vec::new(), messages: Vec::new() };
        Self { log, next: 0, left_out: 0, step: None, epoch: None }
    }

    /// Numbers that were written together.
    pub fn row(&mut self, cells: &[(String, f64)]) {
        if cells.is_empty() {
            return;
        }
        let place = |is: fn(&str) -> bool| cells.iter().find(|(name, _)| is(name)).map(|(_, value)| *value);
        let is_finite = |value: &f64| value.is_finite();
        let epoch = place(columns::is_epoch).filter(is_finite);
        match place(columns::is_step).filter(is_finite) {
            Some(step) => self.step = Some(step),
            // A counter that starts again in each epoch is no place in the run.
            None if epoch.is_some() && epoch != self.epoch && self.log.places != Places::Steps => self.step = None,
            None => {}
        }
        self.epoch = epoch.or(self.epoch);
        let at = match (self.step, self.epoch) {
            (Some(step), _) => {
                self.log.places = Places::Steps;
                step
            }
            (None, Some(epoch)) => {
                if self.log.places == Places::Rows {
                    self.log.places = Places::Epochs;
                }
                epoch
            }
            (None, None) => self.log.rows as f64,
        };
        self.log.rows += 1;
        for (name, value) in cells {
            self.value(name, at, *value);
        }
    }

    /// One number at its place.
    pub fn value_at_step(&mut self, name: &str, step: f64, value: f64) {
        self.log.places = Places::Steps;
        self.log.rows += 1;
        self.value(name, step, value);
    }

    fn value(&mut self, name: &str, at: f64, value: f64) {
        let series = &self.log.series;
        let is_next = series.get(self.next).is_some_and(|series| series.name == name);
        let known = if is_next { Some(self.next) } else { series.iter().position(|series| series.name == name) };
        let index = match known {
            Some(index) => index,
            None if series.len() == MOST_COLUMNS => {
                self.left_out += 1;
                return;
            }
            None => {
                self.log.series.push(Series::new(name.to_owned()));
                self.log.series.len() - 1
            }
        };
        self.next = (index + 1) % self.log.series.len();
        self.log.series[index].push(at, value);
    }

    pub fn note(&mut self, text: impl Into<String>) {
        const MOST_NOTES: usize = 8;
        if self.log.notes.len() < MOST_NOTES {
            self.log.notes.push(Note(text.into()));
        }
    }

    /// Keeps what a line of text says about a scheduler, where it says something new.
    pub fn message(&mut self, line: usize, text: &str) {
        let messages = &mut self.log.messages;
        if messages.len() < MOST_MESSAGES
            && let Some(message) = Message::of(text)
            && !messages.iter().any(|(_, other)| *other == message)
        {
            messages.push((line, message));
        }
    }

    pub fn finish(mut self) -> Log {
        if self.left_out > 0 {
            self.note(format!("Only the first {MOST_COLUMNS} numeric columns are used; the log has more."));
        }
        self.log
    }
}

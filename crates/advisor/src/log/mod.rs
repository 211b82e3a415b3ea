//! Logs of training runs, whoever wrote them.
//!
//! ```text
//! bytes --format::detect--> Format --formats::*--> rows of (column, number) --Recorder--> Log: one Series per column
//!                                                                                   |
//!                            the user's corrections --> Columns::guess --> which column is the loss, the LR, ...
//! ```
//!
//! Everything is read as a stream. What is kept of a column has a fixed size ([`MOST_BINS`]), so a log of any length
//! takes the same memory; short logs are kept exactly. Limits on lines, columns and records bound the time.

mod columns;
mod format;
mod formats;
mod limited;
mod messages;
mod recorder;
mod series;

pub use columns::{Columns, Role, UnknownColumn};
pub use format::Format;
pub use messages::Message;
pub use recorder::{Log, MOST_COLUMNS, Note, Places};
pub use series::{Bin, MOST_BINS, Series};

use std::io::{BufRead, BufReader, Read};

/// Why nothing could be read: one sentence.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// The file cannot be read at all.
    #[error("It could not be read: {0}.")]
    Io(#[from] std::io::Error),
    /// There is nothing in it.
    #[error("It is empty.")]
    Empty,
    /// It is none of the formats.
    #[error(
        "It is binary, and no TensorBoard event file. Logs are read as CSV, JSON, JSON lines, text or TensorBoard event files."
    )]
    Binary,
    /// It has the form but no numbers.
    #[error("It was read as {format}, and there are no numbers in it that belong to a training run{hint}.")]
    NoNumbers {
        /// How it was read.
        format: Format,
        /// What was seen instead; empty or ` (...)`.
        hint: String,
    },
    /// It starts well and breaks where nothing can be saved.
    #[error("It was read as {format}, but {message}.")]
    Broken {
        /// How it was read.
        format: Format,
        /// What is wrong and where.
        message: String,
    },
}

/// Reads a log. `name` is the name of the file, which tells some formats; `format` overrides the guess.
///
/// A log that breaks off, as that of a run that was killed does, is read up to there, with a [`Note`].
///
/// # Errors
/// [`Unreadable`] where there is nothing to show.
pub fn read(name: &str, format: Option<Format>, input: impl Read) -> Result<Log, Unreadable> {
    let mut input = BufReader::with_capacity(64 * 1024, input);
    let beginning = input.fill_buf()?;
    if beginning.is_empty() {
        return Err(Unreadable::Empty);
    }
    let format = match format {
        Some(format) => format,
        None => format::detect(name, beginning).ok_or(Unreadable::Binary)?,
    };
    let mut log = recorder::Recorder::new(format);
    let read = match format {
        Format::Csv => formats::csv::read(input, &mut log),
        Format::Json => formats::json::read(input, &mut log),
        Format::JsonLines => formats::json_lines::read(input, &mut log),
        Format::TensorBoard => formats::tensorboard::read(input, &mut log),
        Format::Text => formats::text::read(input, &mut log),
    };
    let log = log.finish();
    if !log.series.is_empty() || !log.messages.is_empty() {
        let mut log = log;
        if let Err(message) = read {
            log.notes.push(Note(format!("It breaks off: {message}. What comes before is used.")));
        }
        return Ok(log);
    }
    match read {
        Err(message) => Err(Unreadable::Broken { format, message }),
        Ok(()) => {
            let hint = log.notes.first().map(|note| format!(" ({})", note.0)).unwrap_or_default();
            Err(Unreadable::NoNumbers { format, hint })
        }
    }
}

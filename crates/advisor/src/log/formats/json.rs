//! One JSON document: rows in a list (`log_history` of transformers' `trainer_state.json`, or at the top), or a list of
//! numbers per column (a Keras history, torch-lr-finder's history).
//!
//! Rows are handed on while the document is read; a list of numbers is kept up to a limit.

use std::fmt;
use std::io::Read;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::log::recorder::Recorder;

/// The longest list of numbers that is kept.
const MOST_NUMBERS: usize = 4_000_000;
/// Objects in objects are followed so far.
const DEEPEST: usize = 6;

pub(in crate::log) fn read(input: impl Read, log: &mut Recorder) -> Result<(), String> {
    let mut columns = Vec::new();
    let mut reader = serde_json::Deserializer::from_reader(PythonJson::new(input));
    let result = Node { log, columns: &mut columns, name: String::new(), depth: 0 }.deserialize(&mut reader);
    let result = result.and_then(|_| reader.end());
    rows(&columns, log);
    result.map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        if error.is_eof() { format!("it ends in the middle, at {place}") } else { format!("it is no JSON at {place}") }
    })
}

/// Columns of numbers as rows.
fn rows(columns: &[(String, Vec<f64>)], log: &mut Recorder) {
    let length = columns.iter().map(|(_, values)| values.len()).max().unwrap_or(0);
    if columns.iter().any(|(_, values)| values.len() != length) {
        let lengths: Vec<String> = columns.iter().map(|(name, values)| format!("{name} {}", values.len())).collect();
        log.note(format!("The lists differ in length: {}.", lengths.join(", ")));
    }
    for row in 0..length {
        let cell = |(name, values): &(String, Vec<f64>)| Some((name.clone(), *values.get(row)?));
        let cells: Vec<(String, f64)> = columns.iter().filter_map(cell).collect();
        log.row(&cells);
    }
}

/// The numbers of an object, those of objects in it with the names joined by dots.
pub(super) fn flatten(prefix: &str, object: &Map<String, Value>, cells: &mut Vec<(String, f64)>) {
    for (key, value) in object {
        let name = join(prefix, key);
        match value {
            Value::Object(inner) if name.matches('.').count() < DEEPEST => flatten(&name, inner, cells),
            value => {
                if let Some(number) = number(value) {
                    cells.push((name, number));
                }
            }
        }
    }
}

fn join(prefix: &str, key: &str) -> String {
    if prefix.is_empty() { key.to_owned() } else { format!("{prefix}.{key}") }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        // `NaN` is given to us as text by `PythonJson`; numbers in quotes are common, too.
        Value::String(text) => text.trim().parse().ok(),
        // One LR per parameter group: the first.
        Value::Array(items) if items.len() <= 8 => items.first().and_then(number),
        _ => None,
    }
}

/// A value of the document. Gives back its number, if it is one.
struct Node<'a> {
    log: &'a mut Recorder,
    columns: &'a mut Vec<(String, Vec<f64>)>,
    name: String,
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Option<f64>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Option<f64>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a log")
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Some(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Some(value as f64))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Some(value as f64))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(value.trim().parse().ok())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if self.depth >= DEEPEST {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            // `history` and the like say nothing; the name of a column is its key.
            let (log, columns) = (&mut *self.log, &mut *self.columns);
            map.next_value_seed(Node { log, columns, name: key, depth: self.depth + 1 })?;
        }
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut numbers = Vec::new();
        let mut cells = Vec::new();
        while let Some(item) = items.next_element_seed(Item { cells: &mut cells })? {
            match item {
                ItemKind::Row => {
                    self.log.row(&cells);
                    cells.clear();
                }
                ItemKind::Number(value) if numbers.len() < MOST_NUMBERS => numbers.push(value),
                _ => {}
            }
        }
        if !numbers.is_empty() {
            let name = if self.name.is_empty() { "loss".to_owned() } else { self.name };
            self.columns.push((name, numbers));
        }
        Ok(None)
    }
}

/// An item of a list: a row or a number.
struct Item<'a> {
    cells: &'a mut Vec<(String, f64)>,
}

enum ItemKind {
    Row,
    Number(f64),
    Other,
}

impl<'de> DeserializeSeed<'de> for Item<'_> {
    type Value = ItemKind;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        // One row is small; only the list of them is not.
        let value = <Value as serde::Deserialize>::deserialize(deserializer)?;
        Ok(match &value {
            Value::Object(object) => {
                flatten("", object, self.cells);
                ItemKind::Row
            }
            value => number(value).map_or(ItemKind::Other, ItemKind::Number),
        })
    }
}

/// A line as [`PythonJson`] gives it.
pub(super) fn translated(line: &str) -> String {
    let mut translation = Translation::default();
    translation.add(line.as_bytes());
    translation.finish();
    String::from_utf8(translation.output).unwrap_or_default()
}

/// JSON as Python writes it, with bare `NaN`, `Infinity` and `-Infinity`, as JSON with these in quotes.
struct PythonJson<R> {
    input: R,
    translation: Translation,
    given: usize,
}

impl<R: Read> PythonJson<R> {
    fn new(input: R) -> Self {
        Self { input, translation: Translation::default(), given: 0 }
    }
}

impl<R: Read> Read for PythonJson<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        while self.given == self.translation.output.len() {
            self.translation.output.clear();
            self.given = 0;
            let mut bytes = [0; 16 * 1024];
            match self.input.read(&mut bytes)? {
                0 if self.translation.finish() => {}
                0 => return Ok(0),
                read => self.translation.add(&bytes[..read]),
            }
        }
        let output = &self.translation.output[self.given..];
        let count = buffer.len().min(output.len());
        buffer[..count].copy_from_slice(&output[..count]);
        self.given += count;
        Ok(count)
    }
}

#[derive(Default)]
struct Translation {
    output: Vec<u8>,
    state: State,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Outside,
    InString,
    Escaped,
    /// After a minus sign that may belong to `-Infinity`.
    Minus,
    InWord,
}

impl Translation {
    fn add(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            let output = &mut self.output;
            if self.state == State::InWord {
                if byte.is_ascii_alphabetic() {
                    output.push(byte);
                    continue;
                }
                output.push(b'"');
                self.state = State::Outside;
            }
            self.state = match (self.state, byte) {
                (State::InString, b'\\') => State::Escaped,
                (State::InString, b'"') => State::Outside,
                (State::InString | State::Escaped, _) => State::InString,
                (before, b'N' | b'I') => {
                    output.push(b'"');
                    output.extend((before == State::Minus).then_some(b'-'));
                    output.push(byte);
                    self.state = State::InWord;
                    continue;
                }
                (State::Minus, _) => {
                    output.push(b'-');
                    State::Outside
                }
                (_, b'-') => {
                    self.state = State::Minus;
                    continue;
                }
                (_, b'"') => State::InString,
                _ => State::Outside,
            };
            output.push(byte);
        }
    }

    /// Closes a word that the text ends with; whether there was one.
    fn finish(&mut self) -> bool {
        let in_word = self.state == State::InWord;
        if in_word {
            self.state = State::Outside;
            self.output.push(b'"');
        }
        in_word
    }
}

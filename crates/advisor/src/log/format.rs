//! The formats that logs come in.

use std::fmt;

/// A format of logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A header and one row per step or epoch; empty cells where a row has no value, as Lightning writes.
    Csv,
    /// One JSON document: `trainer_state.json` of transformers, a Keras history, a list of rows.
    Json,
    /// One JSON object per line.
    JsonLines,
    /// An event file of TensorBoard.
    TensorBoard,
    /// Anything with `loss=0.5`, `loss: 0.5` or `'loss': 0.5` in its lines.
    Text,
}

impl Format {
    /// All formats by the name that a user gives.
    pub const NAMES: [(&'static str, Self); 5] = [
        ("csv", Self::Csv),
        ("json", Self::Json),
        ("jsonl", Self::JsonLines),
        ("tensorboard", Self::TensorBoard),
        ("text", Self::Text),
    ];
}

impl fmt::Display for Format {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Csv => "CSV",
            Self::Json => "JSON",
            Self::JsonLines => "JSON lines",
            Self::TensorBoard => "a TensorBoard event file",
            Self::Text => "text",
        })
    }
}

/// The format of a file, from its name and its first bytes; `None` for binary junk.
pub(super) fn detect(name: &str, beginning: &[u8]) -> Option<Format> {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name).to_ascii_lowercase();
    if file.contains("tfevents") || is_event_file(beginning) {
        return Some(Format::TensorBoard);
    }
    // The cut at the end of the buffer may go through a character.
    let text = match std::str::from_utf8(beginning) {
        Ok(text) => text,
        Err(error) if error.valid_up_to() + 4 > beginning.len() => {
            std::str::from_utf8(&beginning[..error.valid_up_to()]).ok()?
        }
        // Latin-1 in a text log is no reason to give up; control characters are.
        Err(_) if !beginning.contains(&0) && printable(beginning) => return Some(Format::Text),
        Err(_) => return None,
    };
    if text.contains('\0') {
        return None;
    }
    let start = text.trim_start_matches('\u{feff}').trim_start();
    let first_line = start.lines().next().unwrap_or("");
    Some(match start.chars().next() {
        Some('{') => match serde_json::from_str::<serde::de::IgnoredAny>(first_line) {
            // One whole object on the first line, and more to come.
            Ok(_)
                if file.ends_with(".jsonl")
                    || start.lines().nth(1).is_some_and(|line| line.trim_start().starts_with('{')) =>
            {
                Format::JsonLines
            }
            _ if first_line.contains('\'') && !first_line.contains('"') => Format::Text,
            _ if file.ends_with(".jsonl") || file.ends_with(".ndjson") => Format::JsonLines,
            // `{"loss": NaN}` is what Python writes, and no JSON.
            _ if first_line.trim_end().ends_with('}')
                && start.lines().nth(1).is_some_and(|line| line.trim_start().starts_with('{')) =>
            {
                Format::JsonLines
            }
            _ => Format::Json,
        },
        Some('[') if file.ends_with(".json") || is_json_list(start) => Format::Json,
        _ if file.ends_with(".csv") || file.ends_with(".tsv") || looks_like_csv(start) => Format::Csv,
        _ => Format::Text,
    })
}

/// `[{"loss": ...` or `[[0.1, ...`, but not `[2026-11-23 22:46] epoch 1` or `[1/100]`.
fn is_json_list(start: &str) -> bool {
    start[1..].trim_start().starts_with(['{', '['])
}

/// A header of two or more names, and a second line with as many cells, of which one is a number.
fn looks_like_csv(start: &str) -> bool {
    let mut lines = start.lines().filter(|line| !line.trim().is_empty());
    let (Some(header), Some(row)) = (lines.next(), lines.next()) else { return false };
    [',', ';', '\t'].iter().any(|delimiter| {
        let names: Vec<&str> = header.split(*delimiter).map(str::trim).collect();
        let cells: Vec<&str> = row.split(*delimiter).map(str::trim).collect();
        let is_name = |name: &&str| name.parse::<f64>().is_err() && !name.contains(['=', ':', '{']);
        names.len() >= 2
            && names.len() == cells.len()
            && names.iter().all(is_name)
            && cells.iter().any(|cell| cell.parse::<f64>().is_ok())
    })
}

/// A TFRecord: a length that is plausible, and the version that every event file starts with.
fn is_event_file(beginning: &[u8]) -> bool {
    let head = &beginning[..beginning.len().min(64)];
    head.windows(6).any(|window| window == b"brain.")
}

fn printable(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte >= 0x20 || matches!(byte, b'\t' | b'\n' | b'\r' | 0x1b | 0x08))
}

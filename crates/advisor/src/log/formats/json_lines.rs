//! One JSON object per line; objects in objects are flattened with dots.

use std::io::BufRead;

use serde_json::Value;

use super::json;
use crate::log::limited::lines;
use crate::log::recorder::Recorder;

pub(in crate::log) fn read(input: impl BufRead, log: &mut Recorder) -> Result<(), String> {
    let mut bad = None;
    let mut cells = Vec::new();
    lines(input, |number, line| {
        let line = line.trim_start_matches('\u{feff}').trim();
        if line.is_empty() {
            return true;
        }
        match serde_json::from_str(&json::translated(line)) {
            Ok(Value::Object(object)) => {
                cells.clear();
                json::flatten("", &object, &mut cells);
                log.row(&cells);
            }
            _ => {
                let (first, count) = bad.unwrap_or((number, 0u64));
                bad = Some((first, count + 1));
            }
        }
        true
    })?;
    if let Some((first, count)) = bad {
        log.note(format!("{count} lines are no JSON objects and are left out, the first of them line {first}."));
    }
    Ok(())
}

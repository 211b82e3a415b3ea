//! A JSON list, one object for each thing.

use serde::Serialize;

use super::{Checked, Content, UNREADABLE, places};
use crate::Failure;

#[derive(Serialize)]
struct Entry<'a> {
    filename: &'a str,
    rule: &'a str,
    code: &'a str,
    severity: String,
    confidence: String,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    message: String,
    help: &'a str,
    /// A change that mends it; none are made yet.
    fix: Option<()>,
    /// The cell of a notebook.
    cell: Option<usize>,
}

/// All files.
pub fn render(files: &[Checked]) -> Result<String, Failure> {
    let mut entries = Vec::new();
    for file in files {
        match &file.content {
            Content::Text { text, findings } => {
                for finding in findings {
                    let (start, end) = places(text.as_bytes(), finding.span.start as usize, finding.span.end as usize);
                    let mut message = format!("{} {}", finding.what, finding.why);
                    if let Some(effect) = &finding.effect {
                        message = format!("{message} {}", effect.summary);
                    }
                    entries.push(Entry {
                        filename: &file.path,
                        rule: finding.rule.name,
                        code: finding.rule.code,
                        severity: format!("{:?}", finding.severity).to_lowercase(),
                        confidence: format!("{:?}", finding.confidence).to_lowercase(),
                        line: start.line,
                        column: start.column,
                        end_line: end.line,
                        end_column: end.column,
                        message,
                        help: &finding.help,
                        fix: None,
                        cell: None,
                    });
                }
            }
            Content::Unreadable { text, problem } => {
                let (place, _) = places(text, problem.at, problem.at);
                entries.push(Entry {
                    filename: &file.path,
                    rule: UNREADABLE.0,
                    code: UNREADABLE.1,
                    severity: "error".to_owned(),
                    confidence: "certain".to_owned(),
                    line: place.line,
                    column: place.column,
                    end_line: place.line,
                    end_column: place.column,
                    message: problem.message.clone(),
                    help: "",
                    fix: None,
                    cell: None,
                });
            }
        }
    }
    let mut text = serde_json::to_string_pretty(&entries)
        .map_err(|error| Failure::new(format!("Could not write JSON: {error}.")))?;
    text.push('\n');
    Ok(text)
}

//! JSON: a list, one object for each thing; or the objects, one on each line.

use advisor::{Applicability, Fix};
use linter::source::Lines;
use serde::Serialize;

use super::{Diagnostic, Report, to_json};
use crate::Failure;

#[derive(Serialize)]
struct Entry<'a> {
    filename: &'a str,
    rule: &'a str,
    code: &'a str,
    severity: &'a str,
    confidence: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    message: String,
    help: &'a str,
    fix: Option<FixEntry<'a>>,
    /// The cell of a notebook, from 1; lines are those of the cell.
    cell: Option<usize>,
}

#[derive(Serialize)]
struct FixEntry<'a> {
    applicability: Applicability,
    message: &'a str,
    edits: Vec<EditEntry<'a>>,
}

/// The text between two places is replaced.
#[derive(Serialize)]
struct EditEntry<'a> {
    cell: Option<usize>,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    content: &'a str,
}

/// A list.
pub fn list(report: &Report<'_>) -> Result<String, Failure> {
    let diagnostics: Vec<Diagnostic<'_>> = report.diagnostics().collect();
    to_json(&diagnostics.iter().map(entry).collect::<Vec<_>>())
}

/// One object on each line.
pub fn lines(report: &Report<'_>) -> Result<String, Failure> {
    let mut text = String::new();
    for diagnostic in report.diagnostics() {
        text += &serde_json::to_string(&entry(&diagnostic))
            .map_err(|error| Failure::new(format!("Could not write JSON: {error}.")))?;
        text.push('\n');
    }
    Ok(text)
}

fn entry<'a>(diagnostic: &Diagnostic<'a>) -> Entry<'a> {
    let finding = diagnostic.finding;
    Entry {
        filename: &diagnostic.file.path,
        rule: finding.rule.name,
        code: finding.rule.code,
        severity: diagnostic.severity(),
        confidence: diagnostic.confidence(),
        line: diagnostic.start.place.line,
        column: diagnostic.start.place.column,
        end_line: diagnostic.end.place.line,
        end_column: diagnostic.end.place.column,
        message: diagnostic.message(),
        help: &finding.help,
        fix: finding.fix.as_ref().map(|fix| fix_entry(diagnostic, fix)),
        cell: diagnostic.start.cell,
    }
}

fn fix_entry<'a>(diagnostic: &Diagnostic<'a>, fix: &'a Fix) -> FixEntry<'a> {
    let document = &diagnostic.file.document;
    let lines = Lines::new(document.code.as_bytes());
    let edits = fix.edits.iter().map(|edit| {
        let place = |at: u32| document.place(&lines, at as usize);
        let (start, end) = (place(edit.span.start), place(edit.span.end));
        EditEntry {
            cell: start.cell,
            line: start.place.line,
            column: start.place.column,
            end_line: end.place.line,
            end_column: end.place.column,
            content: &edit.text,
        }
    });
    FixEntry { applicability: fix.applicability, message: &fix.title, edits: edits.collect() }
}

//! A code quality report of GitLab.
//!
//! <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>

use serde::Serialize;

use super::fingerprint::Fingerprints;
use super::{Report, to_json};
use crate::Failure;

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'a str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    positions: Positions,
}

#[derive(Serialize)]
struct Positions {
    begin: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: usize,
    column: usize,
}

/// All files.
pub fn render(report: &Report<'_>) -> Result<String, Failure> {
    let mut fingerprints = Fingerprints::default();
    let issues: Vec<Issue<'_>> = report
        .diagnostics()
        .map(|diagnostic| {
            let position = |place: linter::source::Place| Position { line: place.line, column: place.column };
            Issue {
                description: format!("{} {}", diagnostic.message(), diagnostic.finding.help).trim_end().to_owned(),
                check_name: diagnostic.finding.rule.name,
                fingerprint: fingerprints.of(&diagnostic),
                severity: match diagnostic.severity() {
                    "error" => "major",
                    "warning" => "minor",
                    _ => "info",
                },
                location: Location {
                    path: &diagnostic.file.path,
                    positions: Positions {
                        begin: position(diagnostic.start.place),
                        end: position(diagnostic.end.place),
                    },
                },
            }
        })
        .collect();
    to_json(&issues)
}

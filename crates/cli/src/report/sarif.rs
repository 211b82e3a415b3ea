//! SARIF 2.1.0 (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>), for code scanning.
//!
//! What is silenced is in it, marked so: otherwise a service takes it for fixed and opens it anew later.

use advisor::rules::every;
use advisor::{Fix, Rule, Severity};
use linter::source::{Lines, Place};
use serde_json::{Value, json};

use super::fingerprint::Fingerprints;
use super::{Diagnostic, Report, to_json};
use crate::Failure;
use crate::lint::check::Silence;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// All files.
pub fn render(report: &Report<'_>) -> Result<String, Failure> {
    let mut fingerprints = Fingerprints::default();
    let results: Vec<Value> = report
        .diagnostics()
        .chain(report.silenced())
        .map(|diagnostic| {
            let fingerprint = fingerprints.of(&diagnostic);
            result(&diagnostic, &fingerprint)
        })
        .collect();
    to_json(&json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "lrscope",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": every().map(rule).collect::<Vec<_>>(),
            } },
            // Columns count characters.
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    }))
}

fn rule(rule: &Rule) -> Value {
    json!({
        "id": rule.code,
        "name": rule.name,
        "shortDescription": { "text": rule.docs.what },
        "fullDescription": { "text": format!("{} {}", rule.docs.what, rule.docs.why) },
        "help": { "text": rule.docs.fine, "markdown": crate::commands::rule::markdown(rule) },
        "defaultConfiguration": { "level": level(rule.severity) },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

fn result(diagnostic: &Diagnostic<'_>, fingerprint: &str) -> Value {
    let finding = diagnostic.finding;
    let uri = uri(&diagnostic.file.path);
    let text = format!("{} {}", diagnostic.message(), finding.help);
    let mut result = json!({
        "ruleId": finding.rule.code,
        "ruleIndex": every().position(|rule| rule.code == finding.rule.code),
        "level": level(finding.severity),
        "message": { "text": text.trim_end() },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": uri },
            "region": region(diagnostic.start.place, diagnostic.end.place),
        } }],
        "partialFingerprints": { "lrscope/v1": fingerprint },
        "properties": { "confidence": diagnostic.confidence(), "cell": diagnostic.start.cell },
    });
    if let (Some(fix), None) = (&finding.fix, diagnostic.start.cell) {
        result["fixes"] = json!([changes(diagnostic, &uri, fix)]);
    }
    if let Some(silence) = diagnostic.silence {
        let (kind, reason) = match silence {
            Silence::Comment(reason) => ("inSource", reason.as_str()),
            Silence::Baseline => ("external", "in the baseline"),
        };
        result["suppressions"] = json!([{ "kind": kind, "justification": reason }]);
    }
    result
}

fn region(start: Place, end: Place) -> Value {
    json!({
        "startLine": start.line, "startColumn": start.column,
        "endLine": end.line, "endColumn": end.column,
    })
}

fn changes(diagnostic: &Diagnostic<'_>, uri: &str, fix: &Fix) -> Value {
    let document = &diagnostic.file.document;
    let lines = Lines::new(document.code.as_bytes());
    let place = |at: u32| document.place(&lines, at as usize).place;
    let replacements: Vec<Value> = fix
        .edits
        .iter()
        .map(|edit| {
            json!({
                "deletedRegion": region(place(edit.span.start), place(edit.span.end)),
                "insertedContent": { "text": edit.text },
            })
        })
        .collect();
    json!({
        "description": { "text": fix.title },
        "artifactChanges": [{ "artifactLocation": { "uri": uri }, "replacements": replacements }],
    })
}

/// A path as a relative URI: what is not plain is escaped (<https://www.rfc-editor.org/rfc/rfc3986#section-2.3>).
fn uri(path: &str) -> String {
    let path = path.replace('\\', "/");
    let mut uri = String::new();
    for byte in path.trim_start_matches("./").bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => uri.push(byte as char),
            _ => uri += &format!("%{byte:02X}"),
        }
    }
    uri
}

//! How often each rule was reported.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use advisor::Applicability;
use serde::Serialize;

use super::{Format, Report, to_json};
use crate::Failure;

#[derive(Serialize)]
struct Row {
    code: &'static str,
    rule: &'static str,
    count: usize,
    files: usize,
    /// With a safe fix.
    fixable: usize,
}

/// Most first; as JSON for the formats that are JSON, otherwise as a table.
pub fn render(report: &Report<'_>, format: Format) -> Result<String, Failure> {
    let mut rows = BTreeMap::<&str, Row>::new();
    for file in report.files {
        let mut seen = Vec::new();
        for finding in &file.findings {
            let rule = finding.rule;
            let row = Row { code: rule.code, rule: rule.name, count: 0, files: 0, fixable: 0 };
            let row = rows.entry(rule.code).or_insert(row);
            row.count += 1;
            row.fixable +=
                usize::from(finding.fix.as_ref().is_some_and(|fix| fix.applicability == Applicability::Safe));
            if !seen.contains(&rule.code) {
                seen.push(rule.code);
                row.files += 1;
            }
        }
    }
    let mut rows: Vec<Row> = rows.into_values().collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.count));
    if matches!(format, Format::Json | Format::JsonLines) {
        return to_json(&rows);
    }
    let mut text = String::new();
    if !rows.is_empty() {
        text += "count  files  fixable  rule\n";
    }
    for Row { code, rule, count, files, fixable } in &rows {
        let _ = writeln!(text, "{count:>5}  {files:>5}  {fixable:>7}  {code} {rule}");
    }
    Ok(text + &report.summary())
}

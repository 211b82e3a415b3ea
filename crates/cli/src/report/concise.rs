//! One line for each thing: `path:line:column: severity code [rule] message help`.

use std::fmt::Write as _;

use super::Report;

/// All files.
pub fn render(report: &Report<'_>) -> String {
    let mut out = String::new();
    for diagnostic in report.diagnostics() {
        let finding = diagnostic.finding;
        let line = format!(
            "{}: {} {} [{}] {} {}",
            diagnostic.at(),
            diagnostic.severity(),
            finding.rule.code,
            finding.rule.name,
            finding.what,
            finding.help
        );
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out + &report.summary()
}

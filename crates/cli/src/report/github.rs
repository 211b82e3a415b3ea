//! Workflow commands of GitHub Actions: shown on the lines of a pull request.
//!
//! <https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>

use std::fmt::Write as _;

use super::Report;

/// All files.
pub fn render(report: &Report<'_>) -> String {
    let mut out = String::new();
    for diagnostic in report.diagnostics() {
        let finding = diagnostic.finding;
        let level = if diagnostic.severity() == "info" { "notice" } else { diagnostic.severity() };
        let (start, end) = (diagnostic.start.place, diagnostic.end.place);
        // Columns are only allowed within one line; lines of a cell are not those of the file.
        let place = match diagnostic.start.cell {
            Some(_) => String::new(),
            None if start.line == end.line => {
                format!(",line={},col={},endLine={},endColumn={}", start.line, start.column, end.line, end.column)
            }
            None => format!(",line={},endLine={}", start.line, end.line),
        };
        let cell = diagnostic.start.cell.map(|cell| format!(" (cell {cell}, line {})", start.line)).unwrap_or_default();
        let message = format!("{}{cell} {}", diagnostic.message(), finding.help);
        let _ = writeln!(
            out,
            "::{level} title={},file={}{place}::{}",
            property(&format!("{} {}", finding.rule.code, finding.rule.name)),
            property(&diagnostic.file.path),
            data(message.trim_end())
        );
    }
    out
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

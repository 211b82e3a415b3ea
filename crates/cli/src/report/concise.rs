//! One line for each thing: `path:line:column: severity code [rule] message help`.

use std::fmt::Write as _;

use super::{Checked, Content, UNREADABLE, places, summary};

/// All files.
pub fn render(files: &[Checked]) -> String {
    let mut out = String::new();
    for file in files {
        match &file.content {
            Content::Text { text, findings } => {
                for finding in findings {
                    let (start, _) = places(text.as_bytes(), finding.span.start as usize, finding.span.end as usize);
                    let severity = format!("{:?}", finding.severity).to_lowercase();
                    let _ = writeln!(
                        out,
                        "{}:{}:{}: {severity} {} [{}] {} {}",
                        file.path,
                        start.line,
                        start.column,
                        finding.rule.code,
                        finding.rule.name,
                        finding.what,
                        finding.help
                    );
                }
            }
            Content::Unreadable { text, problem } => {
                let (start, _) = places(text, problem.at, problem.at);
                let (name, code) = UNREADABLE;
                let message = &problem.message;
                let _ = writeln!(out, "{}:{}:{}: error {code} [{name}] {message}", file.path, start.line, start.column);
            }
        }
    }
    out + &summary(files)
}

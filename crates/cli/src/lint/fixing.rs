//! Puts fixes into files, turn by turn: a fix may make room for another one.

use advisor::{Applicability, Fix};
use linter::Document;
use similar::TextDiff;

use super::check::{Checked, Checker};
use super::files::Candidate;

/// Fixes that are not done by then go round in circles.
const MOST_TURNS: usize = 20;

/// A file with fixes in it.
#[derive(Clone, Debug)]
pub struct Fixed {
    /// Its content.
    pub content: String,
    /// How many fixes are in it.
    pub count: usize,
    /// What is left to tell.
    pub left: Option<Checked>,
}

/// Whether a fix is made.
pub fn is_made(fix: &Fix, also_unsafe: bool) -> bool {
    also_unsafe || fix.applicability == Applicability::Safe
}

/// Fixes what was found in a file; `None` where there is nothing to fix.
///
/// # Errors
/// One sentence, if a fix leaves something that cannot be read: nothing is changed then.
pub fn fix(
    checker: &Checker<'_>,
    checked: &Checked,
    candidate: &Candidate,
    also_unsafe: bool,
) -> Result<Option<Fixed>, String> {
    let mut fixed: Option<Fixed> = None;
    let mut now = checked.clone();
    for _ in 0..MOST_TURNS {
        let fixes = now.findings.iter().filter_map(|finding| finding.fix.as_ref());
        let (content, count) = now.document.fixed(fixes.filter(|fix| is_made(fix, also_unsafe)));
        if count == 0 {
            break;
        }
        let total = fixed.map_or(0, |fixed: Fixed| fixed.count) + count;
        let document =
            Document::read(&checked.path, content.as_bytes()).map_err(|problem| broken(checked, &problem.message))?;
        let left = checker.check_document(checked.path.clone(), candidate, document, &[]);
        if let Some(left) = left.as_ref().filter(|left| !left.readable) {
            return Err(broken(checked, left.findings.first().map_or("", |finding| &finding.what)));
        }
        fixed = Some(Fixed { content, count: total, left: left.clone() });
        match left {
            Some(left) => now = left,
            None => break,
        }
    }
    Ok(fixed)
}

fn broken(checked: &Checked, message: &str) -> String {
    format!("{}: a fix would break the file ({message}) and is not made; this is a mistake in lrscope.", checked.path)
}

/// The difference that fixes make, as a unified diff.
pub fn diff(path: &str, before: &str, after: &str) -> String {
    TextDiff::from_lines(before, after).unified_diff().context_radius(3).header(path, path).to_string()
}

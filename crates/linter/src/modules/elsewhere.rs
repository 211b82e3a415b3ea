//! What is found with the help of other files, told where it belongs.

use std::path::PathBuf;

use advisor::{Finding, Span};

use super::{Modules, Project};
use crate::source::Lines;

/// Something that is wrong in a module, which only what imports it shows.
#[derive(Clone, Debug)]
pub struct Elsewhere {
    /// The file of the module.
    pub path: PathBuf,
    /// What is wrong, in terms of that file.
    pub finding: Finding,
}

/// Findings by where they are told.
#[derive(Debug, Default)]
pub(crate) struct Placed {
    /// In the document.
    pub here: Vec<Finding>,
    /// In modules that are looked at by themselves.
    pub elsewhere: Vec<Elsewhere>,
}

/// Tells each finding in the document, if it has a part in it, and else in the file that it is about, if that is looked at.
pub(crate) fn place(findings: Vec<Finding>, code: &str, modules: &Modules, project: &Project<'_>) -> Placed {
    let mut placed = Placed::default();
    for mut finding in findings {
        let source = finding.span.source as usize;
        // A fix changes one file, and the one whose tree is at hand.
        finding.fix.take_if(|_| source != 0);
        let own = finding.related.iter().position(|(span, _)| span.source == 0);
        match (source.checked_sub(1).map(|at| &modules.files[at]), own) {
            (None, _) => {
                told_in(0, &mut finding, code, modules, project);
                placed.here.push(finding);
            }
            // The document has brought together what does not fit.
            (Some(_), Some(own)) => {
                let (span, _) = finding.related.swap_remove(own);
                let there = std::mem::replace(&mut finding.span, span);
                finding.related.insert(0, (there, String::new()));
                told_in(0, &mut finding, code, modules, project);
                placed.here.push(finding);
            }
            // What a test does with a module is not what the project does.
            (Some(file), None) if file.is_linted && !is_test(project.shown) => {
                finding.why = said(&finding.why, format!("So it is as {} runs it.", project.shown));
                told_in(source, &mut finding, code, modules, project);
                placed.elsewhere.push(Elsewhere { path: file.path.clone(), finding });
            }
            (Some(_), None) => {}
        }
    }
    placed
}

/// `tests/test_train.py`, `train_test.py`.
fn is_test(path: &str) -> bool {
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    name.starts_with("test_") || name.ends_with("_test.py") || path.split(['/', '\\']).any(|folder| folder == "tests")
}

/// In terms of one file: what matters in others is said in words.
fn told_in(source: usize, finding: &mut Finding, code: &str, modules: &Modules, project: &Project<'_>) {
    finding.span.source = 0;
    for (mut span, label) in std::mem::take(&mut finding.related) {
        if span.source as usize == source {
            span.source = 0;
            finding.related.push((span, label));
        } else {
            let place = place_of(span, code, modules, project);
            let more = if label.is_empty() { format!("See {place}.") } else { format!("See {place}: {label}.") };
            finding.why = said(&finding.why, more);
        }
    }
}

fn said(text: &str, more: String) -> String {
    if text.is_empty() { more } else { format!("{text} {more}") }
}

/// `engine.py:20`.
fn place_of(span: Span, code: &str, modules: &Modules, project: &Project<'_>) -> String {
    let (shown, text) = match (span.source as usize).checked_sub(1) {
        None => (project.shown, code),
        Some(at) => (&*modules.files[at].shown, modules.code_of(at)),
    };
    let line = Lines::new(text.as_bytes()).place(text.as_bytes(), span.start as usize).line;
    format!("{shown}:{line}")
}

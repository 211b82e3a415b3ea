//! What was found, written for a person or a program; one file per format.

pub mod concise;
pub mod full;
pub mod json;

use advisor::Finding;
use linter::source::{Lines, Place, Unreadable};

/// The name and code under which a file that cannot be read is reported.
pub const UNREADABLE: (&str, &str) = ("unreadable-source", "LRS001");

/// A file that was checked.
#[derive(Debug)]
pub struct Checked {
    /// As given or found.
    pub path: String,
    /// What is in it.
    pub content: Content,
}

/// What is in a file.
#[derive(Debug)]
pub enum Content {
    /// Python, and what is wrong with it.
    Text {
        /// The text.
        text: String,
        /// What was found.
        findings: Vec<Finding>,
    },
    /// Something that could not be read.
    Unreadable {
        /// The bytes.
        text: Vec<u8>,
        /// What is wrong.
        problem: Unreadable,
    },
}

impl Checked {
    /// Whether there is nothing to report.
    pub fn is_clean(&self) -> bool {
        matches!(&self.content, Content::Text { findings, .. } if findings.is_empty())
    }

    /// Things to report.
    fn count(&self) -> usize {
        match &self.content {
            Content::Text { findings, .. } => findings.len(),
            Content::Unreadable { .. } => 1,
        }
    }
}

/// First and last place of a span of bytes.
fn places(text: &[u8], start: usize, end: usize) -> (Place, Place) {
    let lines = Lines::new(text);
    (lines.place(text, start), lines.place(text, end))
}

/// One sentence about all files.
fn summary(files: &[Checked]) -> String {
    let found: usize = files.iter().map(Checked::count).sum();
    let with: usize = files.iter().filter(|file| !file.is_clean()).count();
    let plural = |count: usize, thing: &str| format!("{count} {thing}{}", if count == 1 { "" } else { "s" });
    if found == 0 {
        format!("Nothing found in {}.\n", plural(files.len(), "file"))
    } else {
        format!("Found {} in {} of {}.\n", plural(found, "problem"), with, plural(files.len(), "file"))
    }
}

//! What was found, written for a person or a program; one file per format.

mod concise;
mod fingerprint;
mod full;
mod github;
mod gitlab;
mod json;
mod junit;
mod sarif;
mod statistics;

use advisor::{Applicability, Finding};
use clap::ValueEnum;
use linter::document::CellPlace;
use linter::source::Lines;
use serde::Serialize;

use crate::Failure;
use crate::lint::check::{Checked, Silence};

/// How to write what is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Code, reason, remedy, and the LR it causes
    Full,
    /// One line each
    Concise,
    /// A list of objects
    Json,
    /// An object on each line
    JsonLines,
    /// Annotations of GitHub Actions
    Github,
    /// A code quality report of GitLab
    Gitlab,
    /// JUnit XML
    Junit,
    /// SARIF 2.1.0
    Sarif,
}

/// What is reported.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// The files with something to tell.
    pub files: &'a [Checked],
    /// How many files were looked at.
    pub looked_at: usize,
    /// How many problems have been fixed, and are not among those told.
    pub fixed: usize,
}

/// How a report for people looks.
#[derive(Clone, Copy, Debug)]
pub struct Looks {
    /// Whether in colours.
    pub colours: bool,
    /// Columns.
    pub width: usize,
}

/// One finding, with all that any format tells of it.
#[derive(Clone, Copy, Debug)]
pub struct Diagnostic<'a> {
    /// The file it is in.
    pub file: &'a Checked,
    /// The finding.
    pub finding: &'a Finding,
    /// Where it starts.
    pub start: CellPlace,
    /// Where it ends.
    pub end: CellPlace,
    /// Why it is not reported, if it is not.
    pub silence: Option<&'a Silence>,
}

impl Diagnostic<'_> {
    /// What, why, and what that does to the LR, in one paragraph.
    fn message(&self) -> String {
        let finding = self.finding;
        let effect = finding.effect.as_ref().map_or("", |effect| &effect.summary);
        let parts = [&*finding.what, &*finding.why, effect];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// `error`, `warning` or `info`.
    fn severity(&self) -> &'static str {
        match self.finding.severity {
            advisor::Severity::Info => "info",
            advisor::Severity::Warning => "warning",
            advisor::Severity::Error => "error",
        }
    }

    /// `certain`, `likely` or `hint`.
    fn confidence(&self) -> &'static str {
        match self.finding.confidence {
            advisor::Confidence::Hint => "hint",
            advisor::Confidence::Likely => "likely",
            advisor::Confidence::Certain => "certain",
        }
    }

    /// `path:line:column` or `path:cell 3:line:column`.
    fn at(&self) -> String {
        let cell = self.start.cell.map(|cell| format!(":cell {cell}")).unwrap_or_default();
        format!("{}{cell}:{}:{}", self.file.path, self.start.place.line, self.start.place.column)
    }
}

impl<'a> Report<'a> {
    /// All that is reported, in order.
    pub fn diagnostics(&self) -> impl Iterator<Item = Diagnostic<'a>> {
        self.files.iter().flat_map(|file| located(file, file.findings.iter().map(|finding| (finding, None))))
    }

    /// All that is silenced, in order.
    fn silenced(&self) -> impl Iterator<Item = Diagnostic<'a>> {
        let silenced = |file: &'a Checked| file.silenced.iter().map(|(finding, silence)| (finding, Some(silence)));
        self.files.iter().flat_map(move |file| located(file, silenced(file)))
    }

    /// As text.
    ///
    /// # Errors
    /// When a format cannot hold it.
    pub fn render(&self, format: Format, looks: Looks) -> Result<String, Failure> {
        match format {
            Format::Full => Ok(full::render(self, looks)),
            Format::Concise => Ok(concise::render(self)),
            Format::Json => json::list(self),
            Format::JsonLines => json::lines(self),
            Format::Github => Ok(github::render(self)),
            Format::Gitlab => gitlab::render(self),
            Format::Junit => junit::render(self),
            Format::Sarif => sarif::render(self),
        }
    }

    /// How often each rule was reported.
    ///
    /// # Errors
    /// When a format cannot hold it.
    pub fn statistics(&self, format: Format) -> Result<String, Failure> {
        statistics::render(self, format)
    }

    /// One sentence about all files, and what can be fixed.
    fn summary(&self) -> String {
        let found: usize = self.files.iter().map(|file| file.findings.len()).sum();
        let with = self.files.iter().filter(|file| !file.findings.is_empty()).count();
        let mut text = match self.fixed {
            0 => String::new(),
            fixed => format!("Fixed {}. ", plural(fixed, "problem")),
        };
        text += &if found == 0 {
            let left = if self.fixed == 0 { "found" } else { "left" };
            format!("Nothing {left} in {}.\n", plural(self.looked_at, "file"))
        } else {
            let left = if self.fixed == 0 { "Found" } else { "Left:" };
            format!("{left} {} in {with} of {}.\n", plural(found, "problem"), plural(self.looked_at, "file"))
        };
        let fixes = self.files.iter().flat_map(|file| &file.findings).filter_map(|finding| finding.fix.as_ref());
        let (safe, not_safe): (Vec<_>, Vec<_>) = fixes.partition(|fix| fix.applicability == Applicability::Safe);
        text + &match (safe.len(), not_safe.len()) {
            (0, 0) => String::new(),
            (safe, 0) => format!("{safe} can be fixed with --fix.\n"),
            (0, more) => format!("{more} can be fixed with --fix --unsafe-fixes, which should be looked at.\n"),
            (safe, more) => {
                format!("{safe} can be fixed with --fix, {more} more with --unsafe-fixes, which should be looked at.\n")
            }
        }
    }
}

fn located<'a>(
    file: &'a Checked,
    findings: impl Iterator<Item = (&'a Finding, Option<&'a Silence>)>,
) -> impl Iterator<Item = Diagnostic<'a>> {
    let lines = Lines::new(file.document.code.as_bytes());
    findings.map(move |(finding, silence)| {
        let place = |at: u32| file.document.place(&lines, at as usize);
        Diagnostic { file, finding, start: place(finding.span.start), end: place(finding.span.end), silence }
    })
}

/// `1 file`, `2 files`.
pub fn plural(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

fn to_json(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string_pretty(value)
        .map(|text| text + "\n")
        .map_err(|error| Failure::new(format!("Could not write JSON: {error}.")))
}

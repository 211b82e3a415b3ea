//! Reads and checks one file.

use std::cell::Cell;
use std::fs::File;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use advisor::Finding;
use advisor::rules::UNREADABLE_SOURCE;
use linter::configs::Language;
use linter::modules::{Elsewhere, Project};
use linter::source::{self, Unreadable};
use linter::{Document, Linted};

use super::baseline::Baselines;
use super::files::Candidate;
use super::imports::ProjectFiles;
use super::requirements::Requirements;
use crate::config::{Discovery, Settings};

/// A file in which there is something to tell.
#[derive(Clone, Debug)]
pub struct Checked {
    /// As shown.
    pub path: String,
    /// What is in it; empty where it is not text.
    pub document: Document,
    /// What to report, in the order of the source.
    pub findings: Vec<Finding>,
    /// What is silenced.
    pub silenced: Vec<(Finding, Silence)>,
    /// Whether something in it counts for the exit code.
    pub fails: bool,
    /// Whether it could be read.
    pub readable: bool,
    /// Findings that the baseline knows and that are gone.
    pub gone: usize,
    /// What is wrong in other files of the run, as this one runs them.
    pub elsewhere: Vec<Elsewhere>,
}

impl Checked {
    /// The same file with nothing to tell.
    pub fn clean(&self) -> Self {
        Self {
            findings: Vec::new(),
            silenced: Vec::new(),
            elsewhere: Vec::new(),
            fails: false,
            gone: 0,
            ..self.clone()
        }
    }
}

/// Why a finding is not reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Silence {
    /// A comment says so, with this reason.
    Comment(String),
    /// It is in the baseline.
    Baseline,
}

thread_local! {
    /// Where the bytes of one file after another are read to: fresh memory for each costs more than most of them do.
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// What all files are checked with.
#[derive(Debug)]
pub struct Checker<'a> {
    /// The settings.
    pub discovery: &'a Discovery,
    /// What is known already.
    pub baselines: &'a Baselines,
    /// What the projects ask for.
    pub requirements: &'a Requirements,
    /// What files import.
    pub files: ProjectFiles<'a>,
    /// Whether files without the words that matter are passed over unparsed.
    pub prefilter: bool,
}

impl Checker<'_> {
    /// Reads and checks a file, with what other files have shown to be wrong in it; `None` where there is nothing to tell.
    ///
    /// # Errors
    /// One sentence, if it cannot be read at all.
    pub fn check(&self, candidate: &Candidate, told: &[Finding]) -> Result<Option<Checked>, String> {
        let path = candidate.path.display().to_string();
        let unreadable = |error: std::io::Error| format!("{path}: cannot be read: {error}.");
        // A file that is too large is told from its size, without reading it.
        let size = std::fs::metadata(&candidate.path).map_err(unreadable)?.len();
        if let Some(problem) = source::too_large(&path, size) {
            return Ok(self.unreadable(path, candidate, Document::default(), problem));
        }
        let mut bytes = BUFFER.take();
        bytes.clear();
        File::open(&candidate.path).and_then(|mut file| file.read_to_end(&mut bytes)).map_err(unreadable)?;
        // One file must not end the run of all others, whatever a parser makes of it.
        let checked = AssertUnwindSafe(|| self.check_bytes(path.clone(), candidate, &bytes, told));
        let checked = catch_unwind(checked).map_err(|_| {
            format!(
                "{path}: cannot be checked, by a mistake in lrscope; please report it with the file and what is above."
            )
        });
        BUFFER.set(bytes);
        checked
    }

    /// Checks what is in a file.
    pub fn check_bytes(&self, path: String, candidate: &Candidate, bytes: &[u8], told: &[Finding]) -> Option<Checked> {
        // Met on the way, and without a word of schedules in it: of no concern, whatever it is.
        if self.prefilter && !candidate.named && told.is_empty() && !linter::may_concern(&path, bytes) {
            debug_assert!(
                Document::read(&path, bytes).and_then(|document| linter::lint(&document)).map_or(true, |linted| {
                    // Cells that are no Python are no matter of learning rates.
                    let is_read = |finding: &Finding| finding.rule.code != UNREADABLE_SOURCE.code;
                    !linted.findings.iter().any(is_read) && linted.suppressed.is_empty()
                }),
                "{path} holds a finding but none of the words"
            );
            return None;
        }
        let document = match Document::read(&path, bytes) {
            Ok(document) => document,
            Err(problem) => {
                // Up to what is wrong with it, so that its line can be told.
                let before = String::from_utf8_lossy(bytes.get(..problem.at).unwrap_or_default()).into_owned();
                let problem = Unreadable { at: before.len(), ..problem };
                return self.unreadable(path, candidate, Document::python(before), problem);
            }
        };
        self.check_document(path, candidate, document, told)
    }

    /// Checks a document.
    pub fn check_document(
        &self,
        path: String,
        candidate: &Candidate,
        mut document: Document,
        told: &[Finding],
    ) -> Option<Checked> {
        let folder = candidate.absolute.parent().unwrap_or(&candidate.absolute);
        document.requirements = self.requirements.of(folder).to_vec();
        let project = Project { path: &candidate.absolute, shown: &path, importer: &self.files, told: &[] };
        match linter::lint_within(&document, Some(&project), told.to_vec()) {
            Ok(linted) => self.checked(path, &candidate.absolute, document, linted, true),
            Err(problem) => self.unreadable(path, candidate, document, problem),
        }
    }

    fn unreadable(
        &self,
        path: String,
        candidate: &Candidate,
        document: Document,
        problem: Unreadable,
    ) -> Option<Checked> {
        // Many things are called `.json` or `.yaml`, templates and data among them.
        if !candidate.named && Language::of_file(&path).is_some() {
            return None;
        }
        let linted = Linted { findings: vec![linter::unreadable(&problem)], ..Linted::default() };
        self.checked(path, &candidate.absolute, document, linted, false)
    }

    fn checked(
        &self,
        path: String,
        absolute: &Path,
        document: Document,
        linted: Linted,
        readable: bool,
    ) -> Option<Checked> {
        let settings: &Settings = &self.discovery.settings(absolute.parent().unwrap_or(absolute));
        let mut findings = linted.findings;
        findings.retain_mut(|finding| settings.reports(absolute, finding));
        let mut silenced: Vec<(Finding, Silence)> = linted
            .suppressed
            .into_iter()
            .filter_map(|(mut finding, reason)| {
                settings.reports(absolute, &mut finding).then_some((finding, Silence::Comment(reason)))
            })
            .collect();
        let mut gone = 0;
        if let Some(baseline) = self.baselines.of(settings) {
            let parted = baseline.part(absolute, findings);
            gone = parted.gone;
            findings = parted.new;
            silenced.extend(parted.known.into_iter().map(|finding| (finding, Silence::Baseline)));
        }
        let elsewhere = linted.elsewhere;
        if findings.is_empty() && silenced.is_empty() && elsewhere.is_empty() && gone == 0 {
            return None;
        }
        let fails = findings.iter().any(|finding| settings.fail_on.counts(finding.severity));
        Some(Checked { path, document, findings, silenced, fails, readable, gone, elsewhere })
    }
}

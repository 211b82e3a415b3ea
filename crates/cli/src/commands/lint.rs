//! `lrscope lint PATH...`

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use ignore::{WalkBuilder, types::TypesBuilder};
use linter::source;
use rayon::prelude::*;

use crate::report::{self, Checked, Content};
use crate::{Failure, Outcome, output, terminal};

/// Find learning-rate mistakes in training code
///
/// Exit codes: 0 nothing found, 1 something found, 2 could not run.
#[derive(Args, Debug)]
pub struct Arguments {
    /// Python files, or folders with Python files (what .gitignore names is left out)
    #[arg(required = true)]
    paths: Vec<PathBuf>,

    /// How to write what is found
    #[arg(long, value_enum, default_value_t = Format::Full)]
    format: Format,

    /// Also show what depends on things that cannot be seen in the code
    #[arg(long)]
    hints: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Code, reason, remedy, and the LR it causes
    Full,
    /// One line each
    Concise,
    /// A list of objects
    Json,
}

/// A file to check.
struct Candidate {
    path: PathBuf,
    /// Named on the command line, so it is read whatever is in it.
    named: bool,
}

/// Checks all paths; a path that cannot be read is told and the rest goes on.
pub fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let mut problems = Vec::new();
    let mut candidates = Vec::new();
    for path in &arguments.paths {
        match files(path) {
            Ok(found) => candidates.extend(found),
            Err(Failure(message)) => problems.push(message),
        }
    }
    candidates.sort_by(|a, b| a.path.cmp(&b.path));
    candidates.dedup_by(|a, b| a.path == b.path && (b.named |= a.named, true).1);
    let checked: Vec<Result<Checked, String>> =
        candidates.par_iter().map(|candidate| check(candidate, arguments.hints)).collect();
    let (mut files, mut found) = (Vec::new(), false);
    for result in checked {
        match result {
            Ok(file) => {
                found |= !file.is_clean();
                files.push(file);
            }
            Err(message) => problems.push(message),
        }
    }
    let text = match arguments.format {
        Format::Full => report::full::render(&files, terminal::has_colours(), terminal::width()),
        Format::Concise => report::concise::render(&files),
        Format::Json => report::json::render(&files)?,
    };
    // With no file at all there is nothing to sum up; JSON is a list all the same.
    if !files.is_empty() || arguments.format == Format::Json {
        output::answer(&text)?;
    }
    if problems.is_empty() {
        return Ok(if found { Outcome::Found } else { Outcome::Clean });
    }
    let last = problems.pop().unwrap_or_default();
    problems.iter().for_each(|message| output::complain(message));
    Err(Failure(last))
}

/// The files to check in a path.
fn files(path: &Path) -> Result<Vec<Candidate>, Failure> {
    let shown = path.display();
    let kind = std::fs::metadata(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Failure::new(format!("{shown}: there is no such file or folder.")),
        _ => Failure::new(format!("{shown}: cannot be read: {error}.")),
    })?;
    if !kind.is_dir() {
        return Ok(vec![Candidate { path: path.to_owned(), named: true }]);
    }
    let mut types = TypesBuilder::new();
    let python = types.add("python", "*.py").map(|()| types.select("python").build());
    let types = match python {
        Ok(Ok(types)) => types,
        Ok(Err(error)) | Err(error) => return Err(Failure::new(format!("{shown}: {error}."))),
    };
    let mut found = Vec::new();
    for entry in WalkBuilder::new(path).types(types).require_git(false).build() {
        let entry = entry.map_err(|error| Failure::new(format!("{shown}: cannot be read: {error}.")))?;
        if entry.file_type().is_some_and(|kind| kind.is_file()) {
            found.push(Candidate { path: entry.into_path(), named: false });
        }
    }
    if found.is_empty() {
        return Err(Failure::new(format!("{shown}: there are no Python files in this folder.")));
    }
    Ok(found)
}

/// Reads and checks one file.
fn check(candidate: &Candidate, hints: bool) -> Result<Checked, String> {
    let path = candidate.path.display().to_string();
    let unreadable = |error: std::io::Error| format!("{path}: cannot be read: {error}.");
    // A file that is too large is told from its size, without reading it.
    let size = std::fs::metadata(&candidate.path).map_err(unreadable)?.len();
    if let Some(problem) = source::too_large(size) {
        return Ok(Checked { path, content: Content::Unreadable { text: Vec::new(), problem } });
    }
    let bytes = std::fs::read(&candidate.path).map_err(unreadable)?;
    let text = match source::decode(&bytes) {
        Ok(text) => text.to_owned(),
        // Met on the way, and without a word of schedules in it: of no concern, whatever it is.
        Err(_) if !candidate.named && !linter::may_concern(&String::from_utf8_lossy(&bytes)) => {
            return Ok(Checked { path, content: Content::Text { text: String::new(), findings: Vec::new() } });
        }
        Err(problem) => return Ok(Checked { path, content: Content::Unreadable { text: bytes, problem } }),
    };
    if !candidate.named && !linter::may_concern(&text) {
        debug_assert!(
            linter::lint_source(&text).is_ok_and(|findings| findings.is_empty()) || linter::plans(&text).is_err(),
            "{path} holds a finding but none of the words"
        );
        return Ok(Checked { path, content: Content::Text { text, findings: Vec::new() } });
    }
    Ok(match linter::lint_source(&text) {
        Ok(mut findings) => {
            findings.retain(|finding| linter::is_shown(finding, hints));
            Checked { path, content: Content::Text { text, findings } }
        }
        Err(problem) => Checked { path, content: Content::Unreadable { text: text.into_bytes(), problem } },
    })
}

//! Which files are looked at.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ignore::{DirEntry, WalkBuilder};
use linter::document;

use crate::Failure;
use crate::config::Discovery;

/// A file to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// As given, or as met below what was given.
    pub path: PathBuf,
    /// The same from the root.
    pub absolute: PathBuf,
    /// Named on the command line, so it is read whatever is in it.
    pub named: bool,
}

/// The files in paths, each once, in order; and what is wrong with the paths.
pub fn candidates(paths: &[PathBuf], here: &Path, discovery: &Arc<Discovery>) -> (Vec<Candidate>, Vec<String>) {
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    for path in paths {
        match candidates_in(path, here, discovery, &mut problems) {
            Ok(candidates) => found.extend(candidates),
            Err(Failure(message)) => problems.push(message),
        }
    }
    found.sort_by(|a, b| a.absolute.cmp(&b.absolute).then(b.named.cmp(&a.named)));
    found.dedup_by(|a, b| a.absolute == b.absolute);
    (found, problems)
}

fn candidates_in(
    path: &Path,
    here: &Path,
    discovery: &Arc<Discovery>,
    problems: &mut Vec<String>,
) -> Result<Vec<Candidate>, Failure> {
    let shown = path.display();
    let absolute = normal(&here.join(path));
    let kind = std::fs::metadata(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Failure::new(format!("{shown}: there is no such file or folder.")),
        _ => Failure::new(format!("{shown}: cannot be read: {error}.")),
    })?;
    let folder = if kind.is_dir() { &absolute } else { absolute.parent().unwrap_or(&absolute) };
    let settings = discovery.settings(folder);
    if settings.force_exclude && settings.excludes(&absolute, kind.is_dir()) {
        return Ok(Vec::new());
    }
    if !kind.is_dir() {
        return Ok(vec![Candidate { path: path.to_owned(), absolute, named: true }]);
    }
    let left_out = Arc::new(AtomicBool::new(false));
    let is_wanted = {
        let (discovery, left_out) = (Arc::clone(discovery), Arc::clone(&left_out));
        let (path, absolute) = (path.to_owned(), absolute.clone());
        move |entry: &DirEntry| {
            let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            let is_read = is_folder || entry.file_name().to_str().is_some_and(document::is_read);
            // What is named is looked at, and so is not somebody else's code in a virtual environment.
            if entry.depth() == 0 || !is_read {
                return is_read;
            }
            let absolute = absolute_of(entry.path(), &path, &absolute);
            let holder = if is_folder { &absolute } else { absolute.parent().unwrap_or(&absolute) };
            let is_excluded = discovery.settings(holder).excludes(&absolute, is_folder);
            let is_environment = is_folder && entry.path().join("pyvenv.cfg").is_file();
            left_out.fetch_or(is_excluded || is_environment, Ordering::Relaxed);
            !(is_excluded || is_environment)
        }
    };
    let mut found = Vec::new();
    let walk = WalkBuilder::new(path)
        .require_git(false)
        .git_ignore(settings.respect_gitignore)
        .git_global(settings.respect_gitignore)
        .git_exclude(settings.respect_gitignore)
        .ignore(settings.respect_gitignore)
        .filter_entry(is_wanted)
        .build();
    for entry in walk {
        match entry {
            Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => {
                let absolute = absolute_of(entry.path(), path, &absolute);
                let path = entry.path().strip_prefix(".").unwrap_or(entry.path()).to_owned();
                found.push(Candidate { path, absolute, named: false });
            }
            Ok(_) => {}
            Err(error) => problems.push(format!("{shown}: cannot be read: {error}.")),
        }
    }
    if found.is_empty() && !left_out.load(Ordering::Relaxed) {
        return Err(Failure::new(format!("{shown}: there are no Python files in this folder.")));
    }
    Ok(found)
}

/// The absolute path of something below `path`, whose own is `absolute`.
fn absolute_of(below: &Path, path: &Path, absolute: &Path) -> PathBuf {
    match below.strip_prefix(path) {
        Ok(relative) if relative.as_os_str().is_empty() => absolute.to_owned(),
        Ok(relative) => absolute.join(relative),
        Err(_) => below.to_owned(),
    }
}

/// Without `.` and `..`, which patterns do not know.
pub fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                normal.pop();
            }
            part => normal.push(part),
        }
    }
    normal
}

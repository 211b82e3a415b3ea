//! Finds the modules that a file imports among the files around it.

use std::path::{Path, PathBuf};

use linter::modules::{Import, Importer, Module};
use linter::source;

use super::files::{Candidate, normal};

/// Folders above a file in which a module may be.
const MOST_FOLDERS: usize = 4;
/// Larger modules are not read; in bytes.
const LARGEST: u64 = 1024 * 1024;
/// A folder with one of these is where a project begins.
const ROOTS: [&str; 4] = [".git", "pyproject.toml", "setup.py", "setup.cfg"];
/// What is installed is no part of a project.
const INSTALLED: [&str; 2] = ["site-packages", "dist-packages"];

/// The files on the disk.
#[derive(Clone, Copy, Debug)]
pub struct ProjectFiles<'a> {
    here: &'a Path,
    /// What is looked at in this run, in the order of the absolute paths.
    candidates: &'a [Candidate],
}

impl<'a> ProjectFiles<'a> {
    /// As seen from the working folder, which is absolute.
    pub fn new(here: &'a Path, candidates: &'a [Candidate]) -> Self {
        Self { here, candidates }
    }

    fn read(&self, path: PathBuf) -> Option<Module> {
        let metadata = std::fs::metadata(&path).ok()?;
        if !metadata.is_file() || metadata.len() > LARGEST {
            return None;
        }
        let bytes = std::fs::read(&path).ok()?;
        let code = source::decode(&bytes).ok()?.to_owned();
        let linted = self.candidates.binary_search_by(|candidate| candidate.absolute.as_path().cmp(&path));
        let (shown, is_linted) = match linted {
            Ok(at) => (&*self.candidates[at].path, true),
            Err(_) => (path.strip_prefix(self.here).unwrap_or(&path), false),
        };
        Some(Module { shown: shown.display().to_string(), code, is_linted, path })
    }
}

impl Importer for ProjectFiles<'_> {
    fn find(&self, from: &Path, import: &Import) -> Option<Module> {
        let folder = from.parent()?;
        let folders: Vec<&Path> = match import.level {
            0 => search_path(folder),
            level => folder.ancestors().nth(level as usize - 1).into_iter().collect(),
        };
        let relative: PathBuf = import.name.split('.').filter(|part| !part.is_empty()).collect();
        let candidates = folders.into_iter().flat_map(|folder| {
            let place = folder.join(&relative);
            let module = (!relative.as_os_str().is_empty()).then(|| place.with_extension("py"));
            module.into_iter().chain([place.join("__init__.py")])
        });
        self.read(normal(&candidates.into_iter().find(|path| path.is_file())?))
    }
}

/// The folder of a script, and those above it within its project: scripts in a subfolder are often run from its root.
fn search_path(folder: &Path) -> Vec<&Path> {
    let mut folders = Vec::new();
    for folder in folder.ancestors().take(MOST_FOLDERS) {
        if folder.file_name().is_none_or(|name| INSTALLED.iter().any(|installed| name == *installed)) {
            break;
        }
        folders.push(folder);
        if ROOTS.iter().any(|root| folder.join(root).exists()) {
            break;
        }
    }
    folders
}

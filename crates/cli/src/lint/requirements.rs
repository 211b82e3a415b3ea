//! Which versions of libraries a project asks for, by the files above a source.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use linter::requirements::{self, Requirement};

/// Files that say so, in the order in which they are believed.
const FILES: [&str; 5] = ["requirements.txt", "pyproject.toml", "setup.py", "setup.cfg", "environment.yml"];
/// Larger files are not looked into.
const LARGEST: u64 = 1024 * 1024;
/// Folders above a source that are looked into.
const MOST_FOLDERS: usize = 16;

/// What is known of the folders seen so far.
#[derive(Debug, Default)]
pub struct Requirements {
    known: Mutex<HashMap<PathBuf, Arc<[Requirement]>>>,
}

impl Requirements {
    /// What the project around a folder asks for: of the nearest folder with a file that names a version. A project
    /// ends where its repository does.
    pub fn of(&self, folder: &Path) -> Arc<[Requirement]> {
        let mut seen = Vec::new();
        let mut found: Arc<[Requirement]> = Arc::from([]);
        for folder in folder.ancestors().take(MOST_FOLDERS) {
            let known = self.known.lock().ok().and_then(|known| known.get(folder).cloned());
            if let Some(known) = known {
                found = known;
                break;
            }
            seen.push(folder.to_owned());
            found = FILES.iter().flat_map(|name| read(&folder.join(name))).collect();
            if !found.is_empty() || folder.join(".git").exists() {
                break;
            }
        }
        if let Ok(mut known) = self.known.lock() {
            known.extend(seen.into_iter().map(|folder| (folder, Arc::clone(&found))));
        }
        found
    }
}

/// What a file asks for; nothing where there is none, or none that can be read.
fn read(path: &Path) -> Vec<Requirement> {
    let is_small = std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.len() <= LARGEST);
    let text = is_small.then(|| std::fs::read_to_string(path).ok()).flatten();
    text.map(|text| requirements::in_text(&text)).unwrap_or_default()
}

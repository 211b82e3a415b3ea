//! What is in the folders around the files: listed once, since each import is looked for in many places.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

/// Folders with more entries, mostly of data, are not listed: each file is asked for.
const MOST_ENTRIES: usize = 4096;

/// The names in a folder; `None` where they are not known.
type Names = Option<HashSet<OsString>>;

/// The folders that have been looked into.
#[derive(Debug, Default)]
pub struct Folders {
    listed: RwLock<HashMap<PathBuf, Arc<Names>>>,
}

impl Folders {
    /// Whether there is a file at `relative` in a folder.
    pub fn has_file(&self, folder: &Path, relative: &Path) -> bool {
        let may_be_there = match relative.components().next() {
            Some(Component::Normal(first)) => self.has(folder, Path::new(first)),
            _ => true,
        };
        may_be_there && folder.join(relative).is_file()
    }

    /// Whether there is something of this name in a folder.
    pub fn has(&self, folder: &Path, name: &Path) -> bool {
        match &*self.names(folder) {
            Some(names) => names.contains(name.as_os_str()),
            None => folder.join(name).exists(),
        }
    }

    fn names(&self, folder: &Path) -> Arc<Names> {
        let known = self.listed.read().unwrap_or_else(PoisonError::into_inner).get(folder).cloned();
        known.unwrap_or_else(|| {
            let names = Arc::new(list(folder));
            self.listed.write().unwrap_or_else(PoisonError::into_inner).insert(folder.to_owned(), Arc::clone(&names));
            names
        })
    }
}

fn list(folder: &Path) -> Names {
    let mut names = HashSet::new();
    for entry in std::fs::read_dir(folder).ok()? {
        if names.len() == MOST_ENTRIES {
            return None;
        }
        names.insert(entry.ok()?.file_name());
    }
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_found_and_nothing_else() {
        let place = tempfile::tempdir().expect("there is a folder for temporary files");
        // One within it, so that what is beside it is ours, too.
        let folder = &place.path().join("project");
        std::fs::create_dir_all(folder.join("models/vit")).expect("it can be written");
        std::fs::write(folder.join("models/vit/__init__.py"), "").expect("it can be written");
        let folders = Folders::default();
        let found = ["models/vit/__init__.py", "models/vit", "models.py", "models/resnet.py", "../x.py"]
            .map(|path| folders.has_file(folder, Path::new(path)));
        assert_eq!(found, [true, false, false, false, false]);
        assert!(folders.has(folder, Path::new("models")));
        assert!(!folders.has(&folder.join("none"), Path::new("models")), "a folder that is not there has nothing");
    }

    #[test]
    fn a_folder_of_data_is_asked_and_not_listed() {
        let place = tempfile::tempdir().expect("there is a folder for temporary files");
        let folder = place.path();
        for number in 0..=MOST_ENTRIES {
            std::fs::write(folder.join(number.to_string()), "").expect("it can be written");
        }
        let folders = Folders::default();
        assert!(folders.names(folder).is_none());
        assert!(folders.has_file(folder, Path::new("7")) && !folders.has_file(folder, Path::new("seven")));
    }
}

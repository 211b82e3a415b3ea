//! Finds the modules that a file imports, and the configs that it reads, among the files around it.

use std::path::{Path, PathBuf};

use linter::modules::{Import, Importer, Module};
use linter::source;

use super::files::{Candidate, normal};
use super::folders::Folders;

/// Folders above a file in which a module may be.
const MOST_FOLDERS: usize = 4;
/// Larger modules are not read; in bytes.
const LARGEST: u64 = 64 * 1024;
/// A folder with one of these is where a project begins.
const ROOTS: [&str; 4] = [".git", "pyproject.toml", "setup.py", "setup.cfg"];
/// What folders of configs are called.
const CONFIG_FOLDERS: [&str; 4] = ["config", "configs", "conf", "cfg"];
/// What is installed is no part of a project.
const INSTALLED: [&str; 2] = ["site-packages", "dist-packages"];

/// What nobody has in their project and nearly everybody imports: not looked for.
const OTHERS: [&str; 44] = [
    "PIL",
    "__future__",
    "abc",
    "accelerate",
    "argparse",
    "collections",
    "contextlib",
    "copy",
    "cv2",
    "dataclasses",
    "datetime",
    "einops",
    "enum",
    "functools",
    "glob",
    "huggingface_hub",
    "importlib",
    "inspect",
    "itertools",
    "json",
    "keras",
    "logging",
    "math",
    "matplotlib",
    "numpy",
    "os",
    "packaging",
    "pandas",
    "pathlib",
    "random",
    "re",
    "scipy",
    "shutil",
    "sklearn",
    "sys",
    "tensorflow",
    "time",
    "torch",
    "torchvision",
    "tqdm",
    "transformers",
    "typing",
    "wandb",
    "warnings",
];

/// The files on the disk.
#[derive(Debug)]
pub struct ProjectFiles<'a> {
    here: &'a Path,
    /// What is looked at in this run, in the order of the absolute paths.
    candidates: &'a [Candidate],
    folders: Folders,
}

impl<'a> ProjectFiles<'a> {
    /// As seen from the working folder, which is absolute.
    pub fn new(here: &'a Path, candidates: &'a [Candidate]) -> Self {
        Self { here, candidates, folders: Folders::default() }
    }
}

impl Importer for ProjectFiles<'_> {
    fn find(&self, from: &Path, import: &Import) -> Option<PathBuf> {
        let folder = from.parent()?;
        let package = import.name.split('.').next().unwrap_or_default();
        if import.level == 0 && OTHERS.binary_search(&package).is_ok() {
            return None;
        }
        let folders: Vec<&Path> = match import.level {
            0 => self.search_path(folder),
            level => folder.ancestors().nth(level as usize - 1).into_iter().collect(),
        };
        let relative: PathBuf = import.name.split('.').filter(|part| !part.is_empty()).collect();
        let module = (!relative.as_os_str().is_empty()).then(|| relative.with_extension("py"));
        let places: Vec<PathBuf> = module.into_iter().chain([relative.join("__init__.py")]).collect();
        let mut all = folders.into_iter().flat_map(|folder| places.iter().map(move |place| (folder, place)));
        all.find(|(folder, place)| self.folders.has_file(folder, place))
            .map(|(folder, place)| normal(&folder.join(place)))
    }

    fn read(&self, path: &Path) -> Option<Module> {
        let metadata = std::fs::metadata(path).ok()?;
        if !metadata.is_file() || metadata.len() > LARGEST {
            return None;
        }
        let bytes = std::fs::read(path).ok()?;
        let code = source::decode(&bytes).ok()?.to_owned();
        let linted = self.candidates.binary_search_by(|candidate| candidate.absolute.as_path().cmp(path));
        let (shown, is_linted) = match linted {
            Ok(at) => (&*self.candidates[at].path, true),
            Err(_) => (path.strip_prefix(self.here).unwrap_or(path), false),
        };
        Some(Module { shown: shown.display().to_string(), code, is_linted })
    }

    fn config(&self, from: &Path, name: &str) -> Option<Module> {
        // What is somewhere else on the machine is no part of the project.
        if Path::new(name).is_absolute() {
            return None;
        }
        let folders = self.search_path(from.parent()?);
        // `os.path.join(config_folder, "train.yaml")`: last in the folders that are called so.
        let by_name = CONFIG_FOLDERS.map(|inner| Path::new(inner).join(name));
        let places = folders.iter().map(|folder| (folder, Path::new(name)));
        let by_name = folders.iter().flat_map(|folder| by_name.iter().map(move |place| (folder, place.as_path())));
        let (folder, place) = places.chain(by_name).find(|(folder, place)| self.folders.has_file(folder, place))?;
        self.read(&normal(&folder.join(place)))
    }
}

impl ProjectFiles<'_> {
    /// The folder of a script, and those above it within its project: scripts in a subfolder are often run from its root.
    fn search_path<'f>(&self, folder: &'f Path) -> Vec<&'f Path> {
        let mut folders = Vec::new();
        for folder in folder.ancestors().take(MOST_FOLDERS) {
            if folder.file_name().is_none_or(|name| INSTALLED.iter().any(|installed| name == *installed)) {
                break;
            }
            folders.push(folder);
            if ROOTS.iter().any(|root| self.folders.has(folder, Path::new(root))) {
                break;
            }
        }
        folders
    }
}

//! Finds the settings that hold for a folder: those of the nearest file in it or above.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::file::{self, Problem};
use super::{Config, Settings};

/// What the command line says.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// Flags.
    pub flags: Config,
    /// `--config`: files, or `KEY=VALUE`.
    pub configs: Vec<String>,
    /// `--isolated`: no file but those of `--config` is read.
    pub isolated: bool,
}

/// Settings by folder.
#[derive(Debug)]
pub struct Discovery {
    flags: Config,
    inline: Vec<Config>,
    /// A file named on the command line, which holds everywhere.
    only: Option<Arc<Settings>>,
    isolated: bool,
    known: Mutex<HashMap<PathBuf, Arc<Settings>>>,
    problems: Mutex<Vec<Problem>>,
    nothing: Arc<Settings>,
    here: PathBuf,
}

impl Discovery {
    /// Reads what the command line names; `here` is the working folder, absolute.
    pub fn new(overrides: Overrides, here: &Path) -> Self {
        let mut problems = Vec::new();
        let (mut inline, mut named) = (Vec::new(), None);
        for text in &overrides.configs {
            let path = here.join(text);
            let (config, found) = if path.is_file() {
                let (config, problems) = read(&path, text);
                named = config.map(|config| (path, config)).or(named);
                (None, problems)
            } else if text.contains('=') {
                file::read(&format!("--config {text}"), text, false)
            } else {
                (None, vec![Problem(format!("--config {text}: there is no such file, and it is not KEY=VALUE."))])
            };
            inline.extend(config);
            problems.extend(found);
        }
        let flags = overrides.flags;
        for text in [&flags.select, &flags.extend_select, &flags.ignore].into_iter().flatten().flatten() {
            if advisor::rules::Selector::parse(text).is_none() {
                problems.push(Problem(file::no_such_rule(text)));
            }
        }
        let mut settings = |file: Option<PathBuf>, config: Option<Config>| {
            let layers: Vec<Config> = config.into_iter().chain(inline.iter().cloned()).chain([flags.clone()]).collect();
            let (settings, found) = Settings::new(file, here.to_owned(), &layers);
            problems.extend(found);
            Arc::new(settings)
        };
        let nothing = settings(None, None);
        let only = named.map(|(path, config)| settings(Some(path), Some(config)));
        Self {
            flags,
            inline,
            only,
            isolated: overrides.isolated,
            known: Mutex::default(),
            problems: Mutex::new(problems),
            nothing,
            here: here.to_owned(),
        }
    }

    /// The settings for the files in a folder (absolute).
    pub fn settings(&self, folder: &Path) -> Arc<Settings> {
        if let Some(only) = &self.only {
            return Arc::clone(only);
        }
        if self.isolated {
            return Arc::clone(&self.nothing);
        }
        if let Some(settings) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(folder) {
            return Arc::clone(settings);
        }
        let settings = match self.settings_in(folder) {
            Some(settings) => settings,
            None => folder.parent().map_or_else(|| Arc::clone(&self.nothing), |parent| self.settings(parent)),
        };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        // Two threads may have read it; what is wrong is told once all the same, see `problems`.
        Arc::clone(known.entry(folder.to_owned()).or_insert(settings))
    }

    /// The settings in a file of this very folder; `lrscope.toml` before `pyproject.toml`.
    fn settings_in(&self, folder: &Path) -> Option<Arc<Settings>> {
        for name in ["lrscope.toml", "pyproject.toml"] {
            let path = folder.join(name);
            if !path.is_file() {
                continue;
            }
            let shown = path.strip_prefix(&self.here).unwrap_or(&path).display().to_string();
            let (config, problems) = read(&path, &shown);
            self.note(problems);
            let Some(config) = config else { continue };
            let layers: Vec<Config> =
                std::iter::once(config).chain(self.inline.iter().cloned()).chain([self.flags.clone()]).collect();
            let (settings, problems) = Settings::new(Some(path), folder.to_owned(), &layers);
            self.note(problems);
            return Some(Arc::new(settings));
        }
        None
    }

    fn note(&self, problems: Vec<Problem>) {
        let mut known = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        for problem in problems {
            if !known.contains(&problem) {
                known.push(problem);
            }
        }
    }

    /// What has been found wrong so far.
    pub fn problems(&self) -> Vec<Problem> {
        self.problems.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// More is no configuration.
const LARGEST: u64 = 1024 * 1024;

fn read(path: &Path, shown: &str) -> (Option<Config>, Vec<Problem>) {
    if std::fs::metadata(path).is_ok_and(|kind| kind.len() > LARGEST) {
        return (None, vec![Problem(format!("{shown}: has more than 1 MB and is not read."))]);
    }
    match std::fs::read_to_string(path) {
        Ok(text) => file::read(shown, &text, path.file_name().is_some_and(|name| name == "pyproject.toml")),
        Err(error) => (None, vec![Problem(format!("{shown}: cannot be read: {error}."))]),
    }
}

//! Findings that are known and left for later: how many of each rule in each file, so that they stay known when lines
//! move. Where there are more of a rule than known, all of them are reported: nobody can tell which one is new.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use advisor::Finding;
use serde::{Deserialize, Serialize};

use crate::Failure;
use crate::config::Settings;

/// Name of the file, where nobody gives another.
pub const USUAL_FILE: &str = "lrscope-baseline.json";

/// Larger files are not read.
const LARGEST: u64 = 64 * 1024 * 1024;

type Counts = BTreeMap<String, BTreeMap<String, usize>>;

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    version: u32,
    /// By path relative to the baseline, with slashes, and by name of the rule.
    files: Counts,
}

/// A baseline.
#[derive(Debug, Default)]
pub struct Baseline {
    folder: PathBuf,
    files: Counts,
}

impl Baseline {
    fn read(path: &Path, here: &Path) -> Result<Self, String> {
        let shown = path.strip_prefix(here).unwrap_or(path).display();
        if std::fs::metadata(path).is_ok_and(|kind| kind.len() > LARGEST) {
            return Err(format!("{shown}: has more than 64 MB and is not read."));
        }
        let text = std::fs::read_to_string(path)
            .map_err(|error| format!("{shown}: the baseline cannot be read: {error}. --write-baseline makes one."))?;
        let stored: Stored =
            serde_json::from_str(&text).map_err(|error| format!("{shown}: is not a baseline: {error}."))?;
        if stored.version != 1 {
            return Err(format!("{shown}: is a baseline of version {}; version 1 is known.", stored.version));
        }
        Ok(Self { folder: folder_of(path), files: stored.files })
    }

    /// Parts the findings in a file (absolute path).
    pub fn part(&self, path: &Path, findings: Vec<Finding>) -> Parted {
        let Some(known) = self.files.get(&key(&self.folder, path)) else {
            return Parted { new: findings, known: Vec::new(), gone: 0 };
        };
        let mut found = HashMap::<&str, usize>::new();
        for finding in &findings {
            *found.entry(finding.rule.name).or_default() += 1;
        }
        let found = |name: &str| found.get(name).copied().unwrap_or_default();
        let gone = known.iter().map(|(name, count)| count.saturating_sub(found(name))).sum();
        let is_new =
            |finding: &Finding| found(finding.rule.name) > known.get(finding.rule.name).copied().unwrap_or_default();
        let (new, known) = findings.into_iter().partition(is_new);
        Parted { new, known, gone }
    }
}

/// The findings in a file, held against a baseline.
#[derive(Debug)]
pub struct Parted {
    /// To be reported.
    pub new: Vec<Finding>,
    /// In the baseline.
    pub known: Vec<Finding>,
    /// How many in the baseline are not found any more.
    pub gone: usize,
}

/// Writes the findings of files (absolute paths) down as known.
///
/// # Errors
/// When the file cannot be written.
pub fn write<'f>(path: &Path, findings: impl IntoIterator<Item = (&'f Path, &'f Finding)>) -> Result<usize, Failure> {
    let folder = folder_of(path);
    let (mut files, mut count) = (Counts::new(), 0);
    for (file, finding) in findings {
        *files.entry(key(&folder, file)).or_default().entry(finding.rule.name.to_owned()).or_default() += 1;
        count += 1;
    }
    let text = serde_json::to_string_pretty(&Stored { version: 1, files })
        .map_err(|error| Failure::new(format!("Could not write JSON: {error}.")))?;
    std::fs::write(path, text + "\n")
        .map_err(|error| Failure::new(format!("{}: cannot be written: {error}.", path.display())))?;
    Ok(count)
}

fn folder_of(path: &Path) -> PathBuf {
    path.parent().map(Path::to_owned).unwrap_or_default()
}

fn key(folder: &Path, path: &Path) -> String {
    path.strip_prefix(folder).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// All baselines of a run, each read once.
#[derive(Debug, Default)]
pub struct Baselines {
    known: Mutex<HashMap<PathBuf, Arc<Baseline>>>,
    problems: Mutex<Vec<String>>,
    aside: bool,
    here: PathBuf,
}

impl Baselines {
    /// None read yet; with `aside` none will be: to write a new one, everything must be found. Paths are shown
    /// relative to `here`.
    pub fn new(aside: bool, here: &Path) -> Self {
        Self { aside, here: here.to_owned(), ..Self::default() }
    }

    /// The baseline that settings name.
    pub fn of(&self, settings: &Settings) -> Option<Arc<Baseline>> {
        let path = settings.baseline.as_ref().filter(|_| !self.aside)?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(baseline) = known.get(path) {
            return Some(Arc::clone(baseline));
        }
        let baseline = Baseline::read(path, &self.here).unwrap_or_else(|problem| {
            self.problems.lock().unwrap_or_else(PoisonError::into_inner).push(problem);
            Baseline::default()
        });
        Some(Arc::clone(known.entry(path.clone()).or_insert(Arc::new(baseline))))
    }

    /// What is wrong with them.
    pub fn problems(&self) -> Vec<String> {
        self.problems.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

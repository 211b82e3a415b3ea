//! Reading logs from where a user points, for the commands that take them.

use std::fs::File;
use std::path::{Path, PathBuf};

use advisor::log::{Columns, Format, Log, Role, read};

use crate::Failure;

/// Folders are looked into for logs, one level deep; more than this are refused.
const MOST_LOGS: usize = 64;

/// A log with its name and what its columns are.
#[derive(Debug)]
pub struct NamedLog {
    /// The path as given or found; `-` for the standard input.
    pub name: String,
    /// What it says.
    pub log: Log,
    /// Which column is what.
    pub columns: Columns,
}

/// Reads the logs at paths; `-` is the standard input.
///
/// # Errors
/// A sentence for the first that cannot be read.
pub fn open(paths: &[PathBuf], format: Option<&str>, corrections: &[String]) -> Result<Vec<NamedLog>, Failure> {
    let format = format.map(format_named).transpose()?;
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            files.extend(in_folder(path)?);
        } else {
            files.push(path.clone());
        }
    }
    if files.len() > MOST_LOGS {
        return Err(Failure::new(format!("These are {} logs; at most {MOST_LOGS} are compared.", files.len())));
    }
    files.iter().map(|path| one(path, format, corrections)).collect()
}

fn one(path: &Path, format: Option<Format>, corrections: &[String]) -> Result<NamedLog, Failure> {
    let name = path.display().to_string();
    let read = if name == "-" {
        read(&name, format, std::io::stdin().lock())
    } else {
        let file =
            File::open(path).map_err(|error| Failure::new(format!("{name}: It could not be opened: {error}.")))?;
        read(&name, format, file)
    };
    let log = read.map_err(|error| Failure::new(format!("{name}: {error}")))?;
    let mut columns = Columns::guess(&log);
    for correction in corrections {
        let (role, column) = correction
            .split_once('=')
            .and_then(|(role, column)| Some((role_named(role)?, column)))
            .ok_or_else(|| {
                let roles: Vec<&str> = Role::NAMES.iter().map(|(name, _)| *name).collect();
                Failure::new(format!(
                    "--column {correction}: expected ROLE=COLUMN, the role one of {}.",
                    roles.join(", ")
                ))
            })?;
        columns.correct(&log, role, column).map_err(|error| Failure::new(format!("{name}: {error}")))?;
    }
    Ok(NamedLog { name, log, columns })
}

fn role_named(name: &str) -> Option<Role> {
    Role::NAMES.iter().find(|(role, _)| *role == name).map(|(_, role)| *role)
}

fn format_named(name: &str) -> Result<Format, Failure> {
    Format::NAMES.iter().find(|(format, _)| *format == name).map(|(_, format)| *format).ok_or_else(|| {
        let names: Vec<&str> = Format::NAMES.iter().map(|(name, _)| *name).collect();
        Failure::new(format!("--log-format {name}: expected one of {}.", names.join(", ")))
    })
}

/// The logs that training leaves in a folder.
fn in_folder(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let failed = |error: std::io::Error| Failure::new(format!("{}: It could not be read: {error}.", folder.display()));
    let mut logs = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
        let is_log = name.contains("tfevents")
            || name.ends_with(".csv")
            || name.ends_with(".jsonl")
            || name.ends_with(".log")
            || name == "trainer_state.json"
            || name.contains("history") && name.ends_with(".json");
        if is_log && path.is_file() {
            logs.push(path);
        }
    }
    logs.sort();
    if logs.is_empty() {
        return Err(Failure::new(format!(
            "{}: There is no log in this folder (*.csv, *.jsonl, *.log, *tfevents*, trainer_state.json, *history*.json).",
            folder.display()
        )));
    }
    Ok(logs)
}

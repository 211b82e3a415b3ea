//! What users set for a project, in `[tool.lrscope]` of `pyproject.toml` or in `lrscope.toml`.
//!
//! ```text
//! nearest file above what is linted --+
//! --config (file or KEY=VALUE) -------+--> Settings, per folder
//! flags ------------------------------+
//! ```
//!
//! What is said later wins. `lrscope.schema.json` beside the crate describes the file to editors; a test keeps it
//! current.

mod discovery;
mod file;
mod rules;
mod settings;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use discovery::{Discovery, Overrides};
pub use file::{Problem, no_such_rule};
pub use settings::Settings;

/// Settings of lrscope, as written: what is not there stays as it is.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Config {
    /// The rules to check, by name, code, beginning of a code, group, or ALL. Default: ALL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub select: Option<Vec<String>>,
    /// Rules to check besides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extend_select: Option<Vec<String>>,
    /// Rules not to check. Where a rule is selected and ignored, the more exact name wins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ignore: Option<Vec<String>>,
    /// Rules not to check in files that match a pattern, such as "tests/**", relative to this file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_file_ignores: Option<BTreeMap<String, Vec<String>>>,
    /// How bad findings of a rule or a group are, in place of what the rule says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<BTreeMap<String, Level>>,
    /// Findings less bad than this are not reported. Default: info.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_severity: Option<Level>,
    /// From what severity on a finding makes lrscope exit with 1. Default: info.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fail_on: Option<FailOn>,
    /// Whether to report what depends on things that cannot be seen in the code. Default: false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hints: Option<bool>,
    /// Files and folders to leave out, as patterns in the manner of .gitignore, relative to this file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exclude: Option<Vec<String>>,
    /// Whether to leave out what `exclude` says even where it is named on the command line. Default: false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub force_exclude: Option<bool>,
    /// Whether to leave out what .gitignore says. Default: true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub respect_gitignore: Option<bool>,
    /// A file with findings that are known and not reported, relative to this file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<PathBuf>,
}

impl Config {
    /// The keys that a file may have.
    pub const KEYS: [&'static str; 12] = [
        "select",
        "extend-select",
        "ignore",
        "per-file-ignores",
        "severity",
        "min-severity",
        "fail-on",
        "hints",
        "exclude",
        "force-exclude",
        "respect-gitignore",
        "baseline",
    ];
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Serialize, clap::ValueEnum)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Worth knowing.
    Info,
    /// Training is probably worse than intended.
    Warning,
    /// Training breaks, or the code does something else than it says.
    Error,
}

impl From<Level> for advisor::Severity {
    fn from(level: Level) -> Self {
        match level {
            Level::Info => Self::Info,
            Level::Warning => Self::Warning,
            Level::Error => Self::Error,
        }
    }
}

/// From what severity on a finding counts for the exit code.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum FailOn {
    /// Any finding.
    Info,
    /// Warnings and errors.
    Warning,
    /// Errors.
    Error,
    /// None.
    Never,
}

impl FailOn {
    /// Whether a finding of this severity counts.
    pub fn counts(self, severity: advisor::Severity) -> bool {
        match self {
            Self::Info => true,
            Self::Warning => severity >= advisor::Severity::Warning,
            Self::Error => severity >= advisor::Severity::Error,
            Self::Never => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_schema_is_current() {
        let schema = schemars::schema_for!(Config);
        let written = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("lrscope.schema.json");
        if std::env::var_os("LRSCOPE_UPDATE_SCHEMA").is_some() {
            std::fs::write(&file, &written).unwrap();
        }
        assert_eq!(
            std::fs::read_to_string(&file).unwrap_or_default(),
            written,
            "run this test with LRSCOPE_UPDATE_SCHEMA=1 to write the schema anew"
        );
        let properties = schema.get("properties").and_then(serde_json::Value::as_object).unwrap();
        let (mut written, mut known): (Vec<&str>, _) = (properties.keys().map(String::as_str).collect(), Config::KEYS);
        written.sort_unstable();
        known.sort_unstable();
        assert_eq!(written, known);
    }
}

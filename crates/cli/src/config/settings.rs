//! Settings that hold for the files of a folder.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use advisor::rules::{Selector, every};
use advisor::{Confidence, Finding, Severity};
use globset::{GlobBuilder, GlobMatcher};
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::file::Problem;
use super::rules::Rules;
use super::{Config, FailOn};

/// All that is set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The file it comes from, if any.
    pub file: Option<PathBuf>,
    /// From what severity on a finding counts for the exit code.
    pub fail_on: FailOn,
    /// Whether `exclude` holds for what is named on the command line.
    pub force_exclude: bool,
    /// Whether to leave out what .gitignore says.
    pub respect_gitignore: bool,
    /// The file with known findings.
    pub baseline: Option<PathBuf>,
    rules: Rules,
    ignores: Vec<(String, GlobMatcher, Vec<Selector>)>,
    severities: Vec<(Selector, Severity)>,
    min_severity: Severity,
    hints: bool,
    /// Folder that patterns are relative to.
    root: PathBuf,
    excluded: Gitignore,
    /// For `--show-settings`.
    effective: Config,
}

impl Settings {
    /// From what a file says and what the command line says on top; patterns are relative to `root`.
    pub fn new(file: Option<PathBuf>, root: PathBuf, layers: &[Config]) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut config = Config::default();
        for layer in layers {
            let layer = layer.clone();
            config = Config {
                select: layer.select.or(config.select),
                extend_select: layer.extend_select.or(config.extend_select),
                ignore: layer.ignore.or(config.ignore),
                per_file_ignores: layer.per_file_ignores.or(config.per_file_ignores),
                severity: layer.severity.or(config.severity),
                min_severity: layer.min_severity.or(config.min_severity),
                fail_on: layer.fail_on.or(config.fail_on),
                hints: layer.hints.or(config.hints),
                exclude: layer.exclude.or(config.exclude),
                force_exclude: layer.force_exclude.or(config.force_exclude),
                respect_gitignore: layer.respect_gitignore.or(config.respect_gitignore),
                baseline: layer.baseline.or(config.baseline),
            };
        }
        let name = file.as_ref().map_or_else(|| "--config".to_owned(), |file| file.display().to_string());
        let mut bad_pattern = |pattern: &str, error: &dyn std::fmt::Display| {
            problems.push(Problem(format!("{name}: the pattern `{pattern}` cannot be read: {error}.")));
        };
        let mut ignores = Vec::new();
        for (pattern, rules) in config.per_file_ignores.iter().flatten() {
            match GlobBuilder::new(pattern).literal_separator(true).build() {
                Ok(glob) => {
                    let selectors = rules.iter().filter_map(|rule| Selector::parse(rule)).collect();
                    ignores.push((pattern.clone(), glob.compile_matcher(), selectors));
                }
                Err(error) => bad_pattern(pattern, error.kind()),
            }
        }
        let mut excluded = GitignoreBuilder::new(&root);
        for pattern in config.exclude.iter().flatten() {
            if let Err(error) = excluded.add_line(None, pattern) {
                bad_pattern(pattern, &error);
            }
        }
        let excluded = excluded.build().unwrap_or_else(|_| Gitignore::empty());
        let mut severities: Vec<(Selector, Severity)> = config
            .severity
            .iter()
            .flatten()
            .filter_map(|(name, level)| Some((Selector::parse(name)?, (*level).into())))
            .collect();
        severities.sort_by_key(|(selector, _)| std::cmp::Reverse(selector.exactness()));
        let settings = Self {
            file,
            fail_on: config.fail_on.unwrap_or(FailOn::Info),
            force_exclude: config.force_exclude.unwrap_or(false),
            respect_gitignore: config.respect_gitignore.unwrap_or(true),
            baseline: config.baseline.as_ref().map(|path| root.join(path)),
            rules: Rules::new(layers),
            ignores,
            severities,
            min_severity: config.min_severity.map_or(Severity::Info, Severity::from),
            hints: config.hints.unwrap_or(false),
            root,
            excluded,
            effective: config,
        };
        (settings, problems)
    }

    /// Whether a path (absolute) is left out by a pattern.
    pub fn excludes(&self, path: &Path, is_folder: bool) -> bool {
        path.starts_with(&self.root) && self.excluded.matched_path_or_any_parents(path, is_folder).is_ignore()
    }

    /// Gives a finding in a file (absolute path) its severity, and says whether it is reported.
    pub fn reports(&self, path: &Path, finding: &mut Finding) -> bool {
        let rule = finding.rule;
        if let Some((_, severity)) = self.severities.iter().find(|(selector, _)| selector.matches(rule)) {
            finding.severity = *severity;
        }
        let is_shown = self.hints || finding.confidence > Confidence::Hint || self.rules.is_named(rule);
        self.rules.has(rule) && is_shown && finding.severity >= self.min_severity && !self.ignores(path, finding)
    }

    fn ignores(&self, path: &Path, finding: &Finding) -> bool {
        let relative = path.strip_prefix(&self.root).unwrap_or(path);
        let name = path.file_name().map(Path::new);
        self.ignores.iter().any(|(pattern, glob, selectors)| {
            // A pattern without a slash is about names, as in .gitignore.
            let fits =
                glob.is_match(relative) || !pattern.contains('/') && name.is_some_and(|name| glob.is_match(name));
            fits && selectors.iter().any(|selector| selector.matches(finding.rule))
        })
    }

    /// As text, for people.
    pub fn show(&self) -> String {
        let from = self.file.as_ref().map_or_else(|| "defaults".to_owned(), |file| file.display().to_string());
        let mut text = format!("# From {from}\n");
        text += &toml::to_string(&self.effective).unwrap_or_default();
        let on: Vec<_> = every().filter(|rule| self.rules.has(rule)).collect();
        let _ = writeln!(text, "\n# Rules checked: {}", on.len());
        for rule in on {
            let _ = writeln!(text, "# {} {}", rule.code, rule.name);
        }
        text
    }
}

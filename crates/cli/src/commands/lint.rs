//! `lrscope lint PATH...`

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use advisor::Finding;
use clap::Args;
use linter::modules::Elsewhere;
use rayon::prelude::*;

use crate::config::{Config, Discovery, FailOn, Level, Overrides, Problem};
use crate::lint::baseline::{self, Baselines};
use crate::lint::check::{Checked, Checker};
use crate::lint::files::{self, Candidate};
use crate::lint::fixing;
use crate::lint::imports::ProjectFiles;
use crate::lint::requirements::Requirements;
use crate::lint::watch::Watch;
use crate::report::{Format, Looks, Report, plural};
use crate::{Failure, Outcome, output, terminal};

/// Find learning-rate mistakes in training code
///
/// Exit codes: 0 nothing found, 1 something found, 2 could not run or not with all of it.
#[derive(Args, Debug)]
pub struct Arguments {
    /// Python files, notebooks and configs, folders with such files, or - for standard input
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,

    /// Also show what depends on things that cannot be seen in the code
    #[arg(long)]
    hints: bool,

    #[command(flatten)]
    selection: Selection,

    #[command(flatten)]
    fixes: Fixes,

    #[command(flatten)]
    output: Output,

    #[command(flatten)]
    files: Files,

    #[command(flatten)]
    configuration: Configuration,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Rules")]
struct Selection {
    /// Check these rules only: names, codes, beginnings of codes, groups, or ALL
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    select: Option<Vec<String>>,

    /// Check these rules, too
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    extend_select: Option<Vec<String>>,

    /// Do not check these rules
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    ignore: Option<Vec<String>>,

    /// Do not report what is less bad than this
    #[arg(long, value_enum)]
    min_severity: Option<Level>,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Fixes")]
struct Fixes {
    /// Make the fixes that change nothing but the mistake
    #[arg(long)]
    fix: bool,

    /// With --fix, --diff and --fix-only: also the fixes that should be looked at
    #[arg(long)]
    unsafe_fixes: bool,

    /// Show the fixes as a diff and change nothing; exits with 1 if there are any
    #[arg(long, conflicts_with_all = ["fix", "fix_only"])]
    diff: bool,

    /// Make the fixes and report nothing else
    #[arg(long)]
    fix_only: bool,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Output")]
struct Output {
    /// How to write what is found
    #[arg(long, value_enum, default_value_t = Format::Full)]
    format: Format,

    /// Write it to a file
    #[arg(long, value_name = "FILE")]
    output_file: Option<PathBuf>,

    /// Only count how often each rule was found
    #[arg(long)]
    statistics: bool,

    /// From what severity on a finding makes the exit code 1
    #[arg(long, value_enum)]
    fail_on: Option<FailOn>,

    /// Exit with 0 even if something is found
    #[arg(long)]
    exit_zero: bool,

    /// Check again whenever something changes, until interrupted
    #[arg(long, conflicts_with_all = ["fix", "fix_only", "diff", "write_baseline"])]
    watch: bool,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Files")]
struct Files {
    /// Leave out what matches these patterns, in the manner of .gitignore
    #[arg(long, value_name = "PATTERNS", value_delimiter = ',')]
    exclude: Option<Vec<String>>,

    /// Leave out what is excluded even where it is named, as pre-commit does
    #[arg(long)]
    force_exclude: bool,

    /// Look at what .gitignore leaves out, too
    #[arg(long)]
    no_respect_gitignore: bool,

    /// What standard input is called: settings, patterns and whether it is a notebook follow from it
    #[arg(long, value_name = "NAME")]
    stdin_filename: Option<PathBuf>,

    /// Do not report what is in this baseline
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,

    /// Write what is found into the baseline (lrscope-baseline.json, if none is named), to be left for later
    #[arg(long)]
    write_baseline: bool,

    /// Parse every file, also those without a word of learning rates: slower, and finds the same
    #[arg(long, hide = true)]
    no_prefilter: bool,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Settings")]
struct Configuration {
    /// A file with settings in place of those that are found, or one setting as KEY=VALUE
    #[arg(long, value_name = "FILE_OR_SETTING")]
    config: Vec<String>,

    /// Do not look for settings
    #[arg(long)]
    isolated: bool,

    /// Show the settings for the first path
    #[arg(long)]
    show_settings: bool,
}

impl Arguments {
    fn overrides(&self, here: &Path) -> Overrides {
        let set = |flag: bool| flag.then_some(true);
        let flags = Config {
            select: self.selection.select.clone(),
            extend_select: self.selection.extend_select.clone(),
            ignore: self.selection.ignore.clone(),
            min_severity: self.selection.min_severity,
            fail_on: self.output.fail_on,
            hints: set(self.hints),
            exclude: self.files.exclude.clone(),
            force_exclude: set(self.files.force_exclude),
            respect_gitignore: set(self.files.no_respect_gitignore).map(|set| !set),
            // Relative to where we are, whatever the settings are relative to.
            baseline: self.files.baseline.as_ref().map(|path| files::normal(&here.join(path))),
            ..Config::default()
        };
        Overrides { flags, configs: self.configuration.config.clone(), isolated: self.configuration.isolated }
    }

    fn fixes_files(&self) -> bool {
        self.fixes.fix || self.fixes.fix_only
    }

    fn reads_stdin(&self) -> bool {
        self.paths.iter().any(|path| path.as_os_str() == "-")
    }
}

/// Checks all paths; what cannot be read is told and the rest goes on.
pub fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let here =
        std::env::current_dir().map_err(|error| Failure::new(format!("There is no working folder: {error}.")))?;
    if arguments.configuration.show_settings {
        return show_settings(arguments, &here);
    }
    if arguments.reads_stdin() && arguments.paths.len() > 1 {
        return Err(Failure::new("Standard input (-) cannot be checked together with files."));
    }
    if !arguments.output.watch {
        return Run::new(arguments, &here).run();
    }
    if arguments.reads_stdin() {
        return Err(Failure::new("Standard input (-) cannot be watched."));
    }
    let watch = Watch::new(&arguments.paths)?;
    loop {
        output::clear();
        match Run::new(arguments, &here).run() {
            Ok(_) => {}
            Err(Failure(message)) => output::complain(&message),
        }
        output::complain("watching; Ctrl-C ends it.");
        watch.wait()?;
    }
}

fn show_settings(arguments: &Arguments, here: &Path) -> Result<Outcome, Failure> {
    let discovery = Discovery::new(arguments.overrides(here), here);
    let path = if arguments.reads_stdin() { arguments.files.stdin_filename.as_ref() } else { arguments.paths.first() };
    let path = path.map_or_else(|| here.to_owned(), |path| files::normal(&here.join(path)));
    let folder = if path.is_dir() { &path } else { path.parent().unwrap_or(&path) };
    output::answer(&discovery.settings(folder).show())?;
    finish(Outcome::Clean, discovery.problems().into_iter().map(|Problem(message)| message).collect())
}

/// How it ended, unless something could not be done, of which each thing is told.
fn finish(outcome: Outcome, mut problems: Vec<String>) -> Result<Outcome, Failure> {
    let Some(last) = problems.pop() else { return Ok(outcome) };
    problems.iter().for_each(|message| output::complain(message));
    Err(Failure(last))
}

/// One look at all paths.
struct Run<'a> {
    arguments: &'a Arguments,
    here: &'a Path,
    discovery: Arc<Discovery>,
    baselines: Baselines,
    requirements: Requirements,
    problems: Vec<String>,
}

impl<'a> Run<'a> {
    fn new(arguments: &'a Arguments, here: &'a Path) -> Self {
        let discovery = Arc::new(Discovery::new(arguments.overrides(here), here));
        let baselines = Baselines::new(arguments.files.write_baseline, here);
        Self { arguments, here, discovery, baselines, requirements: Requirements::default(), problems: Vec::new() }
    }

    fn run(mut self) -> Result<Outcome, Failure> {
        let outcome = if self.arguments.reads_stdin() { self.stdin()? } else { self.paths()? };
        let outcome = if self.arguments.output.exit_zero { Outcome::Clean } else { outcome };
        let mut problems: Vec<String> = self.discovery.problems().into_iter().map(|Problem(message)| message).collect();
        problems.extend(self.baselines.problems());
        problems.extend(self.problems);
        finish(outcome, problems)
    }

    fn checker<'s>(&'s self, candidates: &'s [Candidate]) -> Checker<'s> {
        Checker {
            files: ProjectFiles::new(self.here, candidates),
            discovery: &self.discovery,
            baselines: &self.baselines,
            requirements: &self.requirements,
            prefilter: !self.arguments.files.no_prefilter,
        }
    }

    fn paths(&mut self) -> Result<Outcome, Failure> {
        let (candidates, problems) = files::candidates(&self.arguments.paths, self.here, &self.discovery);
        self.problems.extend(problems);
        let (mut checked, unread) = self.check(&candidates);
        let looked_at = candidates.len() - unread.len();
        self.problems.extend(unread);
        if self.arguments.files.write_baseline {
            return self.write_baseline(&checked);
        }
        self.tell_gone(&checked);
        if self.arguments.fixes.diff {
            return self.diff(&checked, &candidates);
        }
        let mut fixed = 0;
        if self.arguments.fixes_files() {
            fixed = self.fix(&mut checked, &candidates);
            if fixed > 0 && checked.iter().any(|(_, file)| !file.elsewhere.is_empty()) {
                // What one file shows of another stands in other lines now.
                checked = self.check(&candidates).0;
            }
        }
        let files: Vec<Checked> = checked.into_iter().map(|(_, file)| file).collect();
        // With no file at all there is nothing to sum up; programs get an empty list all the same.
        let is_for_people = matches!(self.arguments.output.format, Format::Full | Format::Concise);
        if looked_at > 0 || !is_for_people {
            self.report(&Report { files: &files, looked_at, fixed })?;
        }
        Ok(self.outcome(&files))
    }

    /// Checks all files, and those again of which others have something to tell.
    fn check<'c>(&self, candidates: &'c [Candidate]) -> (Vec<(&'c Candidate, Checked)>, Vec<String>) {
        let checker = self.checker(candidates);
        let check = |candidate: &'c Candidate, told: &[Finding]| {
            let checked = checker.check(candidate, told).transpose()?;
            Some(checked.map(|file| (candidate, file)))
        };
        let all = candidates.par_iter().filter_map(|candidate| check(candidate, &[])).collect::<Vec<_>>();
        let (mut checked, mut unread) = (Vec::new(), Vec::new());
        for result in all {
            match result {
                Ok(file) => checked.push(file),
                Err(message) => unread.push(message),
            }
        }
        let mut told: BTreeMap<PathBuf, Vec<Finding>> = BTreeMap::new();
        for Elsewhere { path, finding } in checked.iter().flat_map(|(_, file)| &file.elsewhere) {
            told.entry(path.clone()).or_default().push(finding.clone());
        }
        let again: Vec<(&Candidate, Checked)> = candidates
            .par_iter()
            .filter_map(|candidate| check(candidate, told.get(candidate.absolute.as_path())?)?.ok())
            .collect();
        checked.retain(|(candidate, _)| !told.contains_key(candidate.absolute.as_path()));
        checked.extend(again);
        checked.sort_by(|(a, _), (b, _)| a.absolute.cmp(&b.absolute));
        (checked, unread)
    }

    fn outcome(&self, files: &[Checked]) -> Outcome {
        let fails = files.iter().any(|file| file.fails) && !self.arguments.fixes.fix_only;
        if fails { Outcome::Found } else { Outcome::Clean }
    }

    fn report(&self, report: &Report<'_>) -> Result<(), Failure> {
        let Output { format, output_file, statistics, .. } = &self.arguments.output;
        if self.arguments.fixes.fix_only {
            return output::answer(&format!("Fixed {}.\n", plural(report.fixed, "problem")));
        }
        let looks = match output_file {
            Some(_) => Looks { colours: false, width: terminal::USUAL_WIDTH },
            None => Looks { colours: terminal::has_colours(), width: terminal::width() },
        };
        let text = if *statistics { report.statistics(*format)? } else { report.render(*format, looks)? };
        match output_file {
            None => output::answer(&text),
            Some(path) => std::fs::write(path, text)
                .map_err(|error| Failure::new(format!("{}: cannot be written: {error}.", path.display()))),
        }
    }

    fn write_baseline(&self, checked: &[(&Candidate, Checked)]) -> Result<Outcome, Failure> {
        let folder = checked.first().and_then(|(candidate, _)| candidate.absolute.parent()).unwrap_or(self.here);
        let named = self.discovery.settings(folder).baseline.clone();
        let path = named.unwrap_or_else(|| self.here.join(baseline::USUAL_FILE));
        // What cannot be read is not a mistake that can be left for later.
        let findings = checked.iter().filter(|(_, file)| file.readable).flat_map(|(candidate, file)| {
            file.findings.iter().map(move |finding| (candidate.absolute.as_path(), finding))
        });
        let count = baseline::write(&path, findings)?;
        let shown = path.strip_prefix(self.here).unwrap_or(&path).display();
        output::answer(&format!("Wrote {} into {shown}.\n", plural(count, "known problem")))?;
        Ok(Outcome::Clean)
    }

    fn tell_gone(&self, checked: &[(&Candidate, Checked)]) {
        let gone: usize = checked.iter().map(|(_, file)| file.gone).sum();
        if gone > 0 {
            output::complain(&format!(
                "{} of the baseline {} gone; --write-baseline takes {} out.",
                plural(gone, "known problem"),
                if gone == 1 { "is" } else { "are" },
                if gone == 1 { "it" } else { "them" },
            ));
        }
    }

    fn diff(&mut self, checked: &[(&Candidate, Checked)], all: &[Candidate]) -> Result<Outcome, Failure> {
        let mut text = String::new();
        for (candidate, file) in checked {
            match fixing::fix(&self.checker(all), file, candidate, self.arguments.fixes.unsafe_fixes) {
                Ok(Some(fixed)) => {
                    text += &fixing::diff(&file.path, &file.document.fixed([]).0, &fixed.content);
                }
                Ok(None) => {}
                Err(message) => self.problems.push(message),
            }
        }
        output::answer(&text)?;
        Ok(if text.is_empty() { Outcome::Clean } else { Outcome::Found })
    }

    /// Fixes the files and returns how many problems that were; what is left stays in `checked`.
    fn fix(&mut self, checked: &mut [(&Candidate, Checked)], all: &[Candidate]) -> usize {
        let mut count = 0;
        for (candidate, file) in checked {
            let fixed = fixing::fix(&self.checker(all), file, candidate, self.arguments.fixes.unsafe_fixes);
            let written = fixed.and_then(|fixed| match fixed {
                Some(fixed) => match std::fs::write(&candidate.path, &fixed.content) {
                    Ok(()) => Ok(Some(fixed)),
                    Err(error) => Err(format!("{}: cannot be written: {error}.", file.path)),
                },
                None => Ok(None),
            });
            match written {
                Ok(Some(fixed)) => {
                    count += fixed.count;
                    *file = fixed.left.unwrap_or_else(|| file.clean());
                }
                Ok(None) => {}
                Err(message) => self.problems.push(message),
            }
        }
        count
    }

    /// Checks standard input; with `--fix` the answer is the fixed source and the report goes to standard error.
    fn stdin(&mut self) -> Result<Outcome, Failure> {
        let name = self.arguments.files.stdin_filename.clone().unwrap_or_else(|| PathBuf::from("stdin.py"));
        let absolute = files::normal(&self.here.join(&name));
        let candidate = Candidate { path: name, absolute, named: true };
        let mut bytes = Vec::new();
        let most = linter::source::LARGEST_NOTEBOOK as u64 + 1;
        std::io::stdin()
            .lock()
            .take(most)
            .read_to_end(&mut bytes)
            .map_err(|error| Failure::new(format!("Standard input cannot be read: {error}.")))?;
        let settings = self.discovery.settings(candidate.absolute.parent().unwrap_or(self.here));
        let is_left_out = settings.force_exclude && settings.excludes(&candidate.absolute, false);
        let path = candidate.path.display().to_string();
        let checked = if is_left_out { None } else { self.checker(&[]).check_bytes(path, &candidate, &bytes, &[]) };
        if self.arguments.files.write_baseline {
            return self.write_baseline(&checked.map(|file| (&candidate, file)).into_iter().collect::<Vec<_>>());
        }
        let mut files: Vec<(&Candidate, Checked)> = checked.map(|file| (&candidate, file)).into_iter().collect();
        if self.arguments.fixes.diff {
            return self.diff(&files, &[]);
        }
        if self.arguments.fixes_files() {
            let mut content = String::from_utf8_lossy(&bytes).into_owned();
            for (candidate, file) in &mut files {
                let also_unsafe = self.arguments.fixes.unsafe_fixes;
                match fixing::fix(&self.checker(&[]), file, candidate, also_unsafe) {
                    Ok(Some(fixed)) => {
                        content = fixed.content;
                        *file = fixed.left.unwrap_or_else(|| file.clean());
                    }
                    Ok(None) => {}
                    Err(message) => self.problems.push(message),
                }
            }
            output::answer(&content)?;
            let files: Vec<Checked> = files.into_iter().map(|(_, file)| file).collect();
            if !self.arguments.fixes.fix_only {
                let report = Report { files: &files, looked_at: 1, fixed: 0 };
                let looks = Looks { colours: false, width: terminal::width() };
                output::aside(&report.render(self.arguments.output.format, looks)?);
            }
            return Ok(self.outcome(&files));
        }
        let files: Vec<Checked> = files.into_iter().map(|(_, file)| file).collect();
        self.report(&Report { files: &files, looked_at: 1, fixed: 0 })?;
        Ok(self.outcome(&files))
    }
}

//! What the user typed, as schedules and an optimizer.

use std::path::Path;

use clap::Args;
use scheduler::notation::{self, NotationError};
use scheduler::permalink::Permalink;
use scheduler::{Optimizer, Schedule};

use super::MOST_STEPS;
use crate::Failure;

/// More parameter groups than this are refused, whatever they are made of.
const MOST_GROUPS: usize = 64;
/// Longer files are no list of schedules.
const LONGEST_FILE: u64 = 4 * 1024 * 1024;

/// The parameter groups of the optimizer.
#[derive(Args, Debug)]
pub struct Groups {
    /// LR of the optimizer; several for parameter groups: 0.1,0.01 [default: that of the link, else 0.1]
    #[arg(long, allow_hyphen_values = true)]
    lr: Option<String>,

    /// The LRs that a resumed run started from, for schedules with `last_epoch`: one for each group
    #[arg(long, allow_hyphen_values = true)]
    initial_lr: Option<String>,

    /// The optimizer, for schedules that drive the momentum [default: SGD(momentum=0.9)]
    #[arg(long)]
    pub optimizer: Option<String>,
}

/// Why there is nothing to show.
#[derive(Debug)]
pub enum Problem {
    /// A schedule that Python would refuse, and what to say of it.
    Refused(Box<(NotationError, Failure)>),
    /// Anything else.
    Failure(Failure),
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

/// A schedule with what was said beside it.
pub struct Input {
    pub name: Option<String>,
    /// The LR of a link.
    pub lr: Option<f64>,
    /// The length of a link.
    pub steps: Option<usize>,
    /// As it was written.
    pub text: String,
    pub schedule: Schedule,
}

impl Groups {
    /// The LRs that were asked for, or the one that came with the schedule, or 0.1.
    pub fn lrs(&self, with_schedule: Option<f64>) -> Result<Vec<f64>, Failure> {
        let Some(text) = &self.lr else { return Ok(vec![with_schedule.unwrap_or(0.1)]) };
        let lrs = numbers(text).filter(|lrs| lrs.len() <= MOST_GROUPS && lrs.iter().all(|lr| *lr >= 0.0));
        lrs.ok_or_else(|| {
            Failure::new(format!(
                "--lr {text}: expected a learning rate such as 0.1, or one per parameter group: 0.1,0.01."
            ))
        })
    }

    /// The optimizer with its parameter groups.
    pub fn optimizer(&self, lr: Option<f64>) -> Result<Optimizer, Failure> {
        let lrs = self.lrs(lr)?;
        let optimizer = parse_optimizer(self.optimizer.as_deref(), &lrs)?;
        let Some(text) = &self.initial_lr else { return Ok(optimizer) };
        match numbers(text) {
            Some(initial_lrs) if initial_lrs.len() == lrs.len() => Ok(optimizer.with_initial_lrs(&initial_lrs)),
            _ => Err(Failure::new(format!(
                "--initial-lr {text}: expected as many learning rates as there are parameter groups, {}.",
                lrs.len()
            ))),
        }
    }
}

/// The optimizer of a text such as `SGD(momentum=0.9)`.
pub fn parse_optimizer(text: Option<&str>, lrs: &[f64]) -> Result<Optimizer, Failure> {
    match text {
        Some(text) => notation::parse_optimizer(text, lrs)
            .map_err(|error| Failure::new(format!("The optimizer cannot be read: {}", error.message))),
        None => Ok(Optimizer::sgd(lrs, 0.9)),
    }
}

/// Reads schedules, links, and files of them.
pub fn read(texts: &[&String]) -> Result<Vec<Input>, Problem> {
    let mut inputs = Vec::new();
    for text in texts {
        let path = Path::new(text.as_str());
        if path.is_file() {
            for line in file(path)?.lines() {
                let line = line.trim();
                if !line.is_empty() && !line.starts_with("# ") {
                    read_one(line, &mut inputs)?;
                }
            }
        } else {
            read_one(text, &mut inputs)?;
        }
    }
    if inputs.is_empty() {
        return Err(Failure::new("There is no schedule to show: the file is empty.").into());
    }
    Ok(inputs)
}

fn file(path: &Path) -> Result<String, Failure> {
    let name = path.display();
    let length = std::fs::metadata(path).map(|metadata| metadata.len());
    if length.is_ok_and(|length| length > LONGEST_FILE) {
        return Err(Failure::new(format!("{name} is longer than {LONGEST_FILE} bytes; it is no list of schedules.")));
    }
    let bytes = std::fs::read(path).map_err(|error| Failure::new(format!("{name} cannot be read: {error}.")))?;
    String::from_utf8(bytes)
        .map_err(|_| Failure::new(format!("{name} is not text; a file holds one schedule or link per line.")))
}

fn read_one(text: &str, inputs: &mut Vec<Input>) -> Result<(), Problem> {
    if is_link(text) {
        let (link, problems) = Permalink::decode(text);
        if let Some(problem) = problems.first() {
            let message = format!("The link cannot be read at `{}`: {}", problem.part, problem.message);
            return Err(Failure::new(message).into());
        }
        if link.lanes.is_empty() {
            return Err(Failure::new("The link holds no schedule.").into());
        }
        let length = link.settings.get("steps").map(|text| steps(text)).transpose()?;
        inputs.extend(link.lanes.into_iter().map(|lane| Input {
            name: Some(lane.name),
            lr: Some(lane.lr),
            steps: length,
            text: lane.schedule.to_string(),
            schedule: lane.schedule,
        }));
        return Ok(());
    }
    inputs.push(Input { name: None, lr: None, steps: None, text: text.to_owned(), schedule: schedule(text)? });
    Ok(())
}

/// One schedule of constructor text.
pub fn schedule(text: &str) -> Result<Schedule, Problem> {
    notation::parse(text).map_err(|error| {
        let span = error.span;
        let part = text.get(span.start..span.end.min(text.len())).unwrap_or_default().trim();
        let at = if part.is_empty() || part == text { String::new() } else { format!(" (at `{part}`)") };
        let failure = Failure::new(format!("The schedule cannot be read: {}{at}", error.message));
        Problem::Refused(Box::new((error, failure)))
    })
}

/// A link has a fragment with lanes in it.
fn is_link(text: &str) -> bool {
    text.starts_with('#') || text.starts_with("lane=") || text.contains("://")
}

pub fn steps(text: &str) -> Result<usize, Failure> {
    match text.parse::<usize>() {
        Ok(steps @ 1..=MOST_STEPS) => Ok(steps),
        _ => Err(Failure::new(format!("--steps {text}: expected a whole number from 1 to {MOST_STEPS}."))),
    }
}

/// Metrics from the command line, or from a file with one number per line.
pub fn metrics(text: &str) -> Result<Vec<f64>, Failure> {
    let path = Path::new(text);
    if path.is_file() {
        let text = file(path)?;
        let number = |(index, line): (usize, &str)| {
            let what = || Failure::new(format!("{}, line {}: `{line}` is not a number.", path.display(), index + 1));
            line.trim().trim_end_matches(',').parse().map_err(|_| what())
        };
        return text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(number).collect();
    }
    // NaN is a metric, too: a run that has diverged.
    let parts = text.split(',').map(|part| part.trim().parse().ok());
    parts.collect::<Option<_>>().ok_or_else(|| {
        Failure::new(format!(
            "--metrics {text}: expected numbers with commas between them, such as 0.9,0.8,0.8, or a file with one per line."
        ))
    })
}

/// Finite numbers with commas between them.
fn numbers(text: &str) -> Option<Vec<f64>> {
    text.split(',').map(|part| part.trim().parse().ok().filter(|value: &f64| value.is_finite())).collect()
}

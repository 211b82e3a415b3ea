//! `lrscope show SCHEDULE`

use std::fmt::Write as _;

use clap::{Args, ValueEnum};
use scheduler::permalink::{NamedSchedule, Permalink};
use scheduler::{Curve, Optimizer, curve, notation};
use serde::Serialize;

use crate::chart::chart;
use crate::{Failure, Outcome, output, terminal};

/// Steps shown where nobody says how many.
const DEFAULT_STEPS: &str = "100";
/// More steps than this are refused: nobody looks at them, and they would fill the memory.
const MOST_STEPS: usize = 10_000_000;
/// More values than this are refused, whatever they are made of.
const MOST_GROUPS: usize = 64;

/// Draw a schedule: the exact LR at each step
///
/// Row t is the LR in force at step t, before the t+1st call of step().
#[derive(Args, Debug)]
pub struct Arguments {
    /// A schedule such as 'CosineAnnealingLR(opt, T_max=100)', or a link from the playground
    schedule: String,

    /// LR of the optimizer; several for parameter groups: 0.1,0.01
    #[arg(long, default_value = "0.1", allow_hyphen_values = true)]
    lr: String,

    /// How many steps to show [default: those of the link, else 100]
    #[arg(long, allow_hyphen_values = true)]
    steps: Option<String>,

    /// The optimizer, for schedules that drive the momentum [default: SGD(momentum=0.9)]
    #[arg(long)]
    optimizer: Option<String>,

    /// What a plateau scheduler is told after each step: 0.9,0.8,0.8
    #[arg(long, allow_hyphen_values = true)]
    metrics: Option<String>,

    /// How to show it
    #[arg(long, value_enum, default_value_t = Format::Chart)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A chart for the terminal
    Chart,
    /// step,lr
    Csv,
    /// All values and what ended them
    Json,
}

/// A curve to show, and whose.
struct Shown {
    name: Option<String>,
    curve: Curve,
    /// Whether to show the momentum, too.
    momentum: bool,
}

#[derive(Serialize)]
struct Json<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    lrs: &'a [Vec<f64>],
    momentum: Option<&'a [Vec<f64>]>,
    error: Option<JsonError<'a>>,
}

#[derive(Serialize)]
struct JsonError<'a> {
    r#type: &'static str,
    message: &'a str,
    step: usize,
}

/// Computes and shows.
pub fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let shown = curves(arguments)?;
    let text = match arguments.format {
        Format::Chart => shown.iter().map(draw).collect::<Vec<_>>().join("\n"),
        Format::Csv => shown.iter().map(csv).collect::<Vec<_>>().join("\n"),
        Format::Json => json(&shown)?,
    };
    output::answer(&text)?;
    let mut outcome = Outcome::Clean;
    // In JSON the error is part of the answer.
    if arguments.format != Format::Json {
        for (step, error) in shown.iter().filter_map(|shown| shown.curve.error.as_ref()) {
            output::complain(&format!("The schedule ends before step {step}: {error}"));
            outcome = Outcome::Found;
        }
    }
    Ok(outcome)
}

fn curves(arguments: &Arguments) -> Result<Vec<Shown>, Failure> {
    let metrics = match &arguments.metrics {
        Some(text) => numbers(text).ok_or_else(|| {
            Failure::new(format!("--metrics {text}: expected numbers with commas between them, such as 0.9,0.8,0.8."))
        })?,
        None => Vec::new(),
    };
    let show = |name: Option<String>, schedule: &scheduler::Schedule, lrs: &[f64], default: &str| {
        let steps = steps(arguments.steps.as_deref().unwrap_or(default))?;
        let optimizer = optimizer(arguments.optimizer.as_deref(), lrs)?;
        let curve = curve(schedule, optimizer, steps, &metrics);
        let changes = |rows: &Vec<Vec<f64>>| rows.windows(2).any(|pair| pair[0] != pair[1]);
        let momentum = arguments.optimizer.is_some() || curve.momenta.as_ref().is_some_and(changes);
        Ok(Shown { name, curve, momentum })
    };
    if is_link(&arguments.schedule) {
        let (link, problems) = Permalink::decode(&arguments.schedule);
        if let Some(problem) = problems.first() {
            return Err(Failure::new(format!("The link cannot be read at `{}`: {}", problem.part, problem.message)));
        }
        if link.lanes.is_empty() {
            return Err(Failure::new("The link holds no schedule."));
        }
        let steps = link.settings.get("steps").map_or(DEFAULT_STEPS, String::as_str);
        let lanes = link.lanes.iter();
        return lanes
            .map(|NamedSchedule { name, lr, schedule }| show(Some(name.clone()), schedule, &[*lr], steps))
            .collect();
    }
    let lrs = lrs(&arguments.lr)?;
    let schedule = notation::parse(&arguments.schedule).map_err(|error| {
        let (text, span) = (&arguments.schedule, error.span);
        let part = text.get(span.start..span.end.min(text.len())).unwrap_or_default().trim();
        let at = if part.is_empty() || part == text { String::new() } else { format!(" (at `{part}`)") };
        Failure::new(format!("The schedule cannot be read: {}{at}", error.message))
    })?;
    Ok(vec![show(None, &schedule, &lrs, DEFAULT_STEPS)?])
}

/// A link has a fragment with lanes in it.
fn is_link(text: &str) -> bool {
    text.starts_with('#') || text.starts_with("lane=") || text.contains("://")
}

fn steps(text: &str) -> Result<usize, Failure> {
    match text.parse::<usize>() {
        Ok(steps @ 1..=MOST_STEPS) => Ok(steps),
        _ => Err(Failure::new(format!("--steps {text}: expected a whole number from 1 to {MOST_STEPS}."))),
    }
}

fn lrs(text: &str) -> Result<Vec<f64>, Failure> {
    let lrs = numbers(text).filter(|lrs| lrs.len() <= MOST_GROUPS && lrs.iter().all(|lr| *lr >= 0.0));
    lrs.ok_or_else(|| {
        Failure::new(format!(
            "--lr {text}: expected a learning rate such as 0.1, or one per parameter group: 0.1,0.01."
        ))
    })
}

/// Finite numbers with commas between them.
fn numbers(text: &str) -> Option<Vec<f64>> {
    text.split(',').map(|part| part.trim().parse().ok().filter(|value: &f64| value.is_finite())).collect()
}

fn optimizer(text: Option<&str>, lrs: &[f64]) -> Result<Optimizer, Failure> {
    match text {
        Some(text) => notation::parse_optimizer(text, lrs)
            .map_err(|error| Failure::new(format!("The optimizer cannot be read: {}", error.message))),
        None => Ok(Optimizer::sgd(lrs, 0.9)),
    }
}

fn draw(shown: &Shown) -> String {
    let mut text = String::new();
    if let Some(name) = &shown.name {
        let _ = writeln!(text, "{name}");
    }
    let width = terminal::width();
    let groups = shown.curve.lrs.first().map_or(0, Vec::len);
    for group in 0..groups {
        let values: Vec<f64> = shown.curve.lrs.iter().map(|row| row[group]).collect();
        let of = if groups > 1 { format!(" of group {group}") } else { String::new() };
        let (Some(first), Some(last)) = (values.first(), values.last()) else { continue };
        let _ = writeln!(text, "LR{of}: {first} at step 0, {last} at step {}", values.len() - 1);
        text += &chart(&values, width, "steps");
    }
    if let Some(momenta) = shown.curve.momenta.as_ref().filter(|_| shown.momentum) {
        let values: Vec<f64> = momenta.iter().filter_map(|row| row.first().copied()).collect();
        let _ = writeln!(text, "Momentum");
        text += &chart(&values, width, "steps");
    }
    text
}

fn csv(shown: &Shown) -> String {
    let groups = shown.curve.lrs.first().map_or(0, Vec::len);
    let momenta = shown.curve.momenta.as_ref().filter(|_| shown.momentum);
    let column = |what: &str, group: usize| if groups > 1 { format!("{what}_{group}") } else { what.to_owned() };
    let mut header: Vec<String> = vec!["step".to_owned()];
    header.extend((0..groups).map(|group| column("lr", group)));
    if momenta.is_some() {
        header.extend((0..groups).map(|group| column("momentum", group)));
    }
    let mut text = header.join(",") + "\n";
    for (step, row) in shown.curve.lrs.iter().enumerate() {
        let _ = write!(text, "{step}");
        for value in row.iter().chain(momenta.and_then(|momenta| momenta.get(step)).into_iter().flatten()) {
            let _ = write!(text, ",{value:?}");
        }
        text.push('\n');
    }
    text
}

fn json(shown: &[Shown]) -> Result<String, Failure> {
    let all: Vec<Json<'_>> = shown
        .iter()
        .map(|shown| Json {
            name: shown.name.as_deref(),
            lrs: &shown.curve.lrs,
            momentum: shown.curve.momenta.as_deref().filter(|_| shown.momentum),
            error: shown.curve.error.as_ref().map(|(step, error)| JsonError {
                r#type: error.exception.name(),
                message: &error.message,
                step: *step,
            }),
        })
        .collect();
    let text = match &all[..] {
        [only] => serde_json::to_string(only),
        several => serde_json::to_string(several),
    };
    text.map(|text| text + "\n").map_err(|error| Failure::new(format!("Could not write JSON: {error}.")))
}

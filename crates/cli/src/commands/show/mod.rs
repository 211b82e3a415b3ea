//! `lrscope show SCHEDULE...`
//!
//! ```text
//! text, link or file --input--> schedules --scheduler--> curves --format--> chart, table, CSV, JSON or SVG
//! training script --linter--> plan --advisor::simulation--> curves
//! ```

mod csv;
mod input;
mod json;
mod run;
mod script;
pub(super) mod svg;
mod table;
mod terminal_chart;

use std::path::Path;

use clap::{Args, ValueEnum};
use scheduler::{Curve, curve};

use crate::{Failure, Outcome, output};

pub use input::{Groups, Problem, schedule};

/// Steps shown where nobody says how many.
const DEFAULT_STEPS: usize = 100;
/// More steps than this are refused: nobody looks at them, and they would fill the memory.
const MOST_STEPS: usize = 10_000_000;

/// Draw schedules: the exact LR at each step
///
/// Row t is the LR in force at step t, before the t+1st call of step(). With --epochs, --dataset-size or --batches the rows
/// are the optimizer steps of a training run, and what counts is when the run calls step().
#[derive(Args, Debug)]
pub struct Arguments {
    /// Schedules such as 'CosineAnnealingLR(opt, T_max=100)' or get_scheduler('cosine', ...), a link from the playground, a
    /// file that holds one of these per line, or a training script (.py, .ipynb) or config (.yaml, .json, .toml) for the LR
    /// that it will really produce
    #[arg(required = true)]
    schedules: Vec<String>,

    #[command(flatten)]
    groups: Groups,

    /// How many steps to show [default: those of the link, else 100]
    #[arg(long, allow_hyphen_values = true)]
    steps: Option<String>,

    /// What a scheduler that listens to a metric is told after each step: 0.9,0.8,0.8 or a file with one number per line
    #[arg(long, allow_hyphen_values = true)]
    metrics: Option<String>,

    /// What a training script leaves open, or something else for a default: epochs=90, steps_per_epoch=390,
    /// milestones=[30,60], 'scheduler=StepLR(step_size=30)'; or what an option chooses by: scheduler=cosine; or the config that an option names: config=configs/train.yaml
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,

    #[command(flatten)]
    run: run::TrainingRun,

    /// How to show it
    #[arg(long, value_enum, default_value_t = Format::Chart)]
    format: Format,

    /// A logarithmic axis for the LR
    #[arg(long)]
    log: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A chart for the terminal, the schedules over one another
    Chart,
    /// The steps at which something happens
    Table,
    /// step,lr
    Csv,
    /// All values and what ended them
    Json,
    /// A picture
    Svg,
}

/// A curve to show, and whose.
struct Shown {
    name: Option<String>,
    curve: Curve,
    /// Whether to show the momentum, too.
    momentum: bool,
    rows: Rows,
}

/// What the rows of a curve count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rows {
    /// Steps of a schedule.
    Steps,
    OptimizerSteps,
    /// Epochs of a script of which nobody says how many steps they have.
    Epochs,
}

impl Rows {
    fn of(shown: &[Shown]) -> Self {
        shown.first().map_or(Self::Steps, |shown| shown.rows)
    }

    fn many(self) -> &'static str {
        match self {
            Self::Steps => "steps",
            Self::OptimizerSteps => "optimizer steps",
            Self::Epochs => "epochs",
        }
    }

    fn one(self) -> &'static str {
        if self == Self::Epochs { "epoch" } else { "step" }
    }
}

impl Shown {
    fn groups(&self) -> usize {
        self.curve.lrs.first().map_or(0, Vec::len)
    }

    fn lrs(&self, group: usize) -> Vec<f64> {
        self.curve.lrs.iter().map(|row| row[group]).collect()
    }

    fn momenta(&self) -> Option<&Vec<Vec<f64>>> {
        self.curve.momenta.as_ref().filter(|_| self.momentum)
    }

    /// What to call the curve of a group; empty for the only curve of an unnamed schedule.
    fn title(&self, group: usize) -> String {
        let name = self.name.as_deref().unwrap_or_default();
        match (self.groups(), name) {
            (0 | 1, name) => name.to_owned(),
            (_, "") => format!("group {group}"),
            (_, name) => format!("{name}, group {group}"),
        }
    }
}

/// Computes and shows.
pub fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let (shown, notes) = match curves(arguments) {
        Ok(curves) => curves,
        Err(Problem::Refused(error)) => {
            if arguments.format == Format::Json {
                output::answer(&json::refused(&error.0))?;
            }
            return Err(error.1);
        }
        Err(Problem::Failure(failure)) => return Err(failure),
    };
    let text = match arguments.format {
        Format::Chart => terminal_chart::write(&shown, arguments.log),
        Format::Table => table::write(&shown),
        Format::Csv => csv::write(&shown),
        Format::Json => json::write(&shown)?,
        Format::Svg => svg::write(&shown, arguments.log),
    };
    let told = notes.iter().map(|note| format!("  {note}\n")).collect::<String>();
    match arguments.format {
        _ if told.is_empty() => output::answer(&text)?,
        Format::Chart | Format::Table => output::answer(&format!("{text}Taken for granted:\n{told}"))?,
        // The answer is for a program.
        Format::Csv | Format::Json | Format::Svg => {
            output::answer(&text)?;
            output::complain(&format!("Taken for granted:\n{}", told.trim_end()));
        }
    }
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

fn curves(arguments: &Arguments) -> Result<(Vec<Shown>, Vec<String>), Problem> {
    let metrics = arguments.metrics.as_deref().map(input::metrics).transpose()?.unwrap_or_default();
    let run = arguments.run.read()?;
    let steps = arguments.steps.as_deref().map(input::steps).transpose()?;
    let (scripts, schedules): (Vec<&String>, Vec<&String>) =
        arguments.schedules.iter().partition(|text| script::is_script(Path::new(text)));
    let (mut shown, mut notes) = (Vec::new(), Vec::new());
    let said = script::said(&arguments.set)?;
    if scripts.is_empty() && !arguments.set.is_empty() {
        return Err(Failure::new("--set says something to a training script, and there is none.").into());
    }
    for path in &scripts {
        let script = script::read(Path::new(path), &said, &metrics, steps)?;
        shown.extend(script.shown);
        notes.extend(script.notes);
    }
    let read = if schedules.is_empty() { Vec::new() } else { input::read(&schedules)? };
    let several = read.len() + scripts.len() > 1;
    for input::Input { name, lr, steps: own_steps, text, schedule } in read {
        let optimizer = arguments.groups.optimizer(lr)?;
        let has_optimizer = arguments.groups.optimizer.is_some();
        let (curve, rows) = match &run {
            Some(run) => (run.simulate(&schedule, &optimizer, &metrics), Rows::OptimizerSteps),
            None => {
                let steps = steps.or(own_steps).unwrap_or(DEFAULT_STEPS);
                (curve(&schedule, optimizer, steps, &metrics), Rows::Steps)
            }
        };
        let changes = |rows: &Vec<Vec<f64>>| rows.windows(2).any(|pair| pair[0] != pair[1]);
        let momentum = has_optimizer || curve.momenta.as_ref().is_some_and(changes);
        let name = name.or_else(|| several.then_some(text));
        shown.push(Shown { name, curve, momentum, rows });
    }
    Ok((shown, notes))
}

//! `lrscope diagnose LOG...`

use std::fmt::Write as _;
use std::path::PathBuf;

use advisor::diagnosis::{self, Comparison, Diagnosis, Run, Symptom, diagnose};
use advisor::log::{Places, Role};
use clap::{Args, ValueEnum};
use scheduler::{format_lr, notation};
use serde::Serialize;

use super::logs::{self, NamedLog};
use crate::plot::{Axis, Plot};
use crate::{Failure, Outcome, output, terminal, text};

/// Say what went wrong in a run, from its log
///
/// Reads CSV, JSON lines, trainer_state.json, Lightning's metrics.csv, Keras histories, TensorBoard event files and plain
/// text; folders are looked into. Several logs are compared.
#[derive(Args, Debug)]
pub struct Arguments {
    /// Logs or folders with logs; - for the standard input
    #[arg(required = true)]
    logs: Vec<PathBuf>,

    /// Correct a column: lr=learning_rate, loss=train/ce, val-loss=...; several times for several
    #[arg(long = "column", value_name = "ROLE=COLUMN")]
    columns: Vec<String>,

    /// Read as csv, json, jsonl, tensorboard or text [default: by the look of it]
    #[arg(long)]
    log_format: Option<String>,

    /// Replay a plateau scheduler on the logged metric: 'ReduceLROnPlateau(patience=5)'
    #[arg(long, value_name = "SCHEDULE")]
    plateau: Option<String>,

    /// The LR that the replayed scheduler starts from [default: the first in the log, else 0.1]
    #[arg(long, requires = "plateau")]
    lr: Option<f64>,

    /// Leave out the charts
    #[arg(long)]
    no_charts: bool,

    /// How to show it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For reading
    Text,
    /// For programs
    Json,
}

#[derive(Serialize)]
struct Json<'a> {
    name: &'a str,
    read_as: String,
    columns: Vec<(&'static str, &'a str)>,
    notes: Vec<&'a str>,
    diagnosis: &'a Diagnosis,
    links: Vec<Option<String>>,
}

/// Reads and judges.
pub fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let logs = logs::open(&arguments.logs, arguments.log_format.as_deref(), &arguments.columns)?;
    let runs: Vec<Run> = logs.iter().map(|log| Run::new(&log.name, &log.log, &log.columns)).collect();
    for (log, run) in logs.iter().zip(&runs) {
        if !run.can_be_judged() {
            let names: Vec<&str> = log.log.series.iter().map(|series| series.name.as_str()).collect();
            return Err(Failure::new(format!(
                "{}: None of its columns is known as a loss ({}); name it with --column loss=NAME.",
                log.name,
                names.join(", ")
            )));
        }
    }
    let diagnoses: Vec<Diagnosis> = runs.iter().map(diagnose).collect();
    let shown = match arguments.format {
        Format::Text => {
            let mut shown = String::new();
            for ((log, run), diagnosis) in logs.iter().zip(&runs).zip(&diagnoses) {
                shown += &plain(log, diagnosis, !arguments.no_charts);
                if let Some(plateau) = &arguments.plateau {
                    shown += &replay(plateau, arguments.lr, log, run)?;
                }
                shown.push('\n');
            }
            if runs.len() > 1 {
                shown += &table(&diagnosis::compare(&runs));
            }
            shown
        }
        Format::Json => json(&logs, &diagnoses)?,
    };
    output::answer(&shown)?;
    let healthy = diagnoses.iter().all(|diagnosis| diagnosis.symptoms.is_empty());
    Ok(if healthy { Outcome::Clean } else { Outcome::Found })
}

fn plain(log: &NamedLog, diagnosis: &Diagnosis, charts: bool) -> String {
    let width = terminal::width();
    let mut shown = format!("{}: read as {}\n", log.name, log.log.format);
    let columns: Vec<String> = log.columns.iter().map(|(role, column)| format!("{} = {column}", role.name())).collect();
    // A traceback has none.
    if !log.log.series.is_empty() {
        let wrong = "; correct with --column ROLE=COLUMN";
        shown += &text::paragraph(&format!("Columns: {}{wrong}", columns.join(", ")), width, "  ", "    ");
    }
    for note in &log.log.notes {
        shown += &text::paragraph(&note.0, width, "  ", "    ");
    }
    for fact in &diagnosis.facts {
        shown += &text::paragraph(fact, width, "  ", "    ");
    }
    if charts {
        for (role, title) in
            [(Role::Loss, "Loss"), (Role::ValidationLoss, "Validation loss"), (Role::LearningRate, "LR")]
        {
            if let Some(series) = log.columns.series(&log.log, role) {
                let points = series.points();
                let plot =
                    Plot { points: &points, axis: Axis::Linear, unit: unit(log), marks: &[], most: most(&points) };
                let _ = write!(shown, "\n{title}\n{}", plot.draw(width));
            }
        }
    }
    if diagnosis.symptoms.is_empty() {
        shown += "\nNothing wrong is visible.\n";
    }
    for symptom in &diagnosis.symptoms {
        shown += &one(symptom, width);
    }
    shown
}

fn unit(log: &NamedLog) -> &'static str {
    match log.log.places {
        Places::Steps => "steps",
        Places::Epochs => "epochs",
        Places::Rows => "rows",
    }
}

/// A loss that explodes would flatten all the rest: the plot ends at three times where it began.
fn most(points: &[(f64, f64)]) -> f64 {
    let first = points.iter().map(|point| point.1).find(|value| value.is_finite());
    first.filter(|first| *first > 0.0).map_or(f64::INFINITY, |first| {
        let sorted = points.iter().filter(|point| point.1 > 3.0 * first).count();
        if sorted > 0 && sorted * 2 < points.len() { 3.0 * first } else { f64::INFINITY }
    })
}

fn one(symptom: &Symptom, width: usize) -> String {
    let mut shown = String::from("\n");
    shown += &text::paragraph(&format!("{}: {}", symptom.kind.name(), symptom.what), width, "", "  ");
    for evidence in &symptom.evidence {
        shown += &text::paragraph(evidence, width, "  - ", "    ");
    }
    for (rank, cause) in symptom.causes.iter().enumerate() {
        shown += &text::paragraph(&cause.what, width, &format!("  {}. ", rank + 1), "     ");
        shown += &text::paragraph(&cause.change, width, "     -> ", "        ");
    }
    if let Some((suggestion, link)) = symptom.suggestion.as_ref().and_then(|each| Some((each, each.permalink()?))) {
        let told = format!("Try, at LR {}: {}", format_lr(suggestion.lr), suggestion.schedule);
        shown += &text::paragraph(&told, width, "  ", "    ");
        let _ = writeln!(shown, "  lrscope show '#{}'", link.encode());
    }
    shown
}

fn replay(schedule: &str, lr: Option<f64>, log: &NamedLog, run: &Run) -> Result<String, Failure> {
    let schedule = notation::parse(schedule)
        .map_err(|error| Failure::new(format!("--plateau {schedule}: It cannot be read: {}", error.message)))?;
    let logged = || log.columns.series(&log.log, Role::LearningRate)?.points().first().map(|point| point.1);
    let lr = lr.or_else(logged).unwrap_or(0.1);
    if !lr.is_finite() || lr < 0.0 {
        return Err(Failure::new(format!("--lr {lr}: expected a learning rate such as 0.1.")));
    }
    let replay = diagnosis::plateau::replay(&schedule, lr, run).map_err(Failure::new)?;
    let mut shown = format!("\n{schedule} on the logged metric, from LR {}:\n", format_lr(lr));
    for sentence in &replay.story {
        shown += &text::paragraph(sentence, terminal::width(), "  - ", "    ");
    }
    Ok(shown)
}

fn table(runs: &[Comparison]) -> String {
    let number = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), format_lr);
    let mut rows = vec![["run", "length", "peak LR", "last LR", "loss", "best val loss"].map(str::to_owned)];
    rows.extend(runs.iter().map(|run| {
        [
            run.name.clone(),
            format!("{} {}", run.length, run.unit),
            number(run.peak_lr),
            number(run.last_lr),
            number(run.loss),
            number(run.best_validation_loss),
        ]
    }));
    let widths: Vec<usize> = (0..rows[0].len())
        .map(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0))
        .collect();
    let mut shown = String::from("All runs, the best first:\n");
    for row in &rows {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        let _ = writeln!(shown, "  {}", cells.join("  ").trim_end());
    }
    shown
}

fn json(logs: &[NamedLog], diagnoses: &[Diagnosis]) -> Result<String, Failure> {
    let link = |symptom: &Symptom| Some(format!("#{}", symptom.suggestion.as_ref()?.permalink()?.encode()));
    let all: Vec<Json<'_>> = logs
        .iter()
        .zip(diagnoses)
        .map(|(log, diagnosis)| Json {
            name: &log.name,
            read_as: log.log.format.to_string(),
            columns: log.columns.iter().map(|(role, column)| (role.name(), column)).collect(),
            notes: log.log.notes.iter().map(|note| note.0.as_str()).collect(),
            diagnosis,
            links: diagnosis.symptoms.iter().map(link).collect(),
        })
        .collect();
    let text = serde_json::to_string_pretty(&all);
    text.map(|text| text + "\n").map_err(|error| Failure::new(format!("Could not write JSON: {error}.")))
}

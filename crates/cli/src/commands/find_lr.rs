//! `lrscope find-lr CURVE...`

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use advisor::finder::{Analysis, Sweep, analyse, fastai, torch_lr_finder, tutorial};
use advisor::log::{Role, Series};
use clap::{Args, ValueEnum};
use scheduler::format_lr;
use serde::Serialize;

use super::logs::{self, NamedLog};
use crate::plot::{Axis, Plot};
use crate::{Failure, Outcome, output, terminal, text};

/// Read recorded LR range tests: the LR to train with, and how far to trust it
///
/// A curve is a CSV or JSON file with a LR and a loss for each step; several files are several seeds of the same model.
#[derive(Args, Debug)]
pub struct Arguments {
    /// Recorded curves, one file per seed
    #[arg(required = true)]
    curves: Vec<PathBuf>,

    /// The column of the LR [default: by its name]
    #[arg(long)]
    lr: Option<String>,

    /// The column of the loss; several times for several seeds in one file [default: by its name]
    #[arg(long)]
    loss: Vec<String>,

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

/// A curve as it was recorded.
struct Recorded {
    name: String,
    lrs: Vec<f64>,
    losses: Vec<f64>,
    sweep: Sweep,
}

/// What others say of the same points.
#[derive(Serialize)]
struct Others {
    torch_lr_finder: Option<f64>,
    fastai_valley: Option<f64>,
    fastai_slide: Option<f64>,
    fastai_minimum: Option<f64>,
    fastai_steep: Option<f64>,
    tutorial_before_minimum: Option<f64>,
    tutorial_steepest: Option<f64>,
}

#[derive(Serialize)]
struct Json<'a> {
    lr: Option<f64>,
    peak: Option<(f64, f64)>,
    seeds: Option<(f64, f64)>,
    trust: String,
    curves: Vec<JsonCurve<'a>>,
}

#[derive(Serialize)]
struct JsonCurve<'a> {
    name: &'a str,
    lr: f64,
    steepest: f64,
    minimum: f64,
    divergence: Option<f64>,
    valley: Option<f64>,
    slide: Option<f64>,
    others: Others,
}

/// Reads and judges.
pub fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let corrections: Vec<String> = arguments.lr.iter().map(|name| format!("lr={name}")).collect();
    let mut curves = Vec::new();
    for log in logs::open(&arguments.curves, None, &corrections)? {
        curves.extend(recorded(&log, &arguments.loss)?);
    }
    let sweeps: Vec<Sweep> = curves.iter().map(|curve| curve.sweep.clone()).collect();
    let analysis = analyse(&sweeps);
    let shown = match arguments.format {
        Format::Text => plain(&curves, &analysis),
        Format::Json => json(&curves, &analysis)?,
    };
    output::answer(&shown)?;
    Ok(if analysis.chosen.is_ok() { Outcome::Clean } else { Outcome::Found })
}

/// The curves of a log: one per loss column.
fn recorded(log: &NamedLog, losses: &[String]) -> Result<Vec<Recorded>, Failure> {
    let name = &log.name;
    let lr = log.columns.series(&log.log, Role::LearningRate).ok_or_else(|| {
        let names: Vec<&str> = log.log.series.iter().map(|series| series.name.as_str()).collect();
        Failure::new(format!(
            "{name}: None of its columns is known as a LR ({}); name it with --lr NAME.",
            names.join(", ")
        ))
    })?;
    let named: Vec<&Series> = if losses.is_empty() {
        let loss =
            log.columns.series(&log.log, Role::Loss).or_else(|| log.columns.series(&log.log, Role::ValidationLoss));
        vec![loss.ok_or_else(|| {
            Failure::new(format!("{name}: None of its columns is known as a loss; name it with --loss NAME."))
        })?]
    } else {
        let find = |loss: &String| {
            log.log.series(loss).ok_or_else(|| Failure::new(format!("{name}: It has no column `{loss}`.")))
        };
        losses.iter().map(find).collect::<Result<_, _>>()?
    };
    // A place has one LR; losses are at the same places.
    let at: HashMap<u64, f64> = lr.points().into_iter().map(|(at, lr)| (at.to_bits(), lr)).collect();
    let one = |loss: &&Series| {
        let pairs: Vec<(f64, f64)> =
            loss.points().into_iter().filter_map(|(place, loss)| Some((*at.get(&place.to_bits())?, loss))).collect();
        let (lrs, losses): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
        let sweep = Sweep::new(&lrs, &losses).map_err(|error| Failure::new(format!("{name}: {error}")))?;
        let name = if named.len() > 1 { format!("{name}: {}", loss.name) } else { name.clone() };
        Ok(Recorded { name, lrs, losses, sweep })
    };
    named.iter().map(one).collect()
}

fn plain(curves: &[Recorded], analysis: &Analysis) -> String {
    let width = terminal::width();
    let mut shown = String::new();
    for (curve, reading) in curves.iter().zip(&analysis.readings) {
        let lrs = curve.sweep.lrs();
        let points: Vec<(f64, f64)> = lrs.iter().copied().zip(reading.smoothed.iter().copied()).collect();
        let start = points.first().map_or(f64::INFINITY, |point| point.1);
        let mut marks = vec![(reading.minimum, 'M'), (reading.chosen, 'L')];
        marks.extend(reading.divergence.map(|lr| (lr, 'D')));
        // A few curves are worth looking at; of many, their numbers.
        if curves.len() <= 3 {
            let most = if start > 0.0 { 1.5 * start } else { f64::INFINITY };
            let plot = Plot { points: &points, axis: Axis::Logarithmic, unit: "LR", marks: &marks, most };
            let _ = write!(shown, "{}: smoothed loss over LR\n{}", curve.name, plot.draw(width));
            shown += "L: LR to train with. M: least loss. D: from here on it diverges.\n\n";
        } else {
            let _ = writeln!(
                shown,
                "{}: LR {}, least loss at {}",
                curve.name,
                format_lr(reading.chosen),
                format_lr(reading.minimum)
            );
        }
    }
    match &analysis.chosen {
        Ok(chosen) => {
            let _ = writeln!(shown, "LR {}", format_lr(chosen.lr));
            let told = format!(
                "As the peak of OneCycle, or of warmup and a decay: {} to {}. For SGD and Adam alike.",
                format_lr(chosen.peak.low),
                format_lr(chosen.peak.high)
            );
            shown += &text::paragraph(&told, width, "", "  ");
        }
        Err(_) => shown += "No LR.\n",
    }
    shown += &text::paragraph(&analysis.trust(), width, "", "  ");
    if let ([curve], [_]) = (curves, &analysis.readings[..]) {
        shown += "\nWhat others say of these points:\n";
        let others = others(curve);
        for (name, lr) in [
            ("torch-lr-finder, steepest", others.torch_lr_finder),
            ("fastai, valley", others.fastai_valley),
            ("fastai, slide", others.fastai_slide),
            ("fastai, minimum", others.fastai_minimum),
            ("fastai, steep", others.fastai_steep),
            ("tutorials, before the minimum", others.tutorial_before_minimum),
            ("tutorials, steepest", others.tutorial_steepest),
        ] {
            let lr = lr.map_or_else(|| "none".to_owned(), format_lr);
            let _ = writeln!(shown, "  {name:30} {lr}");
        }
    }
    shown
}

/// The suggestions of the libraries for a curve that they had recorded so.
fn others(curve: &Recorded) -> Others {
    let trimmed = fastai::trim(&curve.lrs, &curve.losses, curve.losses.len());
    let tutorial = tutorial::Curve { lrs: curve.lrs.clone(), losses: curve.losses.clone(), stop: None };
    let at = |index: Option<usize>| index.and_then(|index| curve.lrs.get(index).copied());
    Others {
        torch_lr_finder: at(torch_lr_finder::steepest(&curve.losses, 10, 5).ok()),
        fastai_valley: trimmed.valley(),
        fastai_slide: trimmed.slide(),
        fastai_minimum: trimmed.minimum(),
        fastai_steep: trimmed.steep(),
        tutorial_before_minimum: at(tutorial.before_minimum()),
        tutorial_steepest: at(tutorial.steepest()),
    }
}

fn json(curves: &[Recorded], analysis: &Analysis) -> Result<String, Failure> {
    let chosen = analysis.chosen.as_ref().ok();
    let all = Json {
        lr: chosen.map(|chosen| chosen.lr),
        peak: chosen.map(|chosen| (chosen.peak.low, chosen.peak.high)),
        seeds: chosen.map(|chosen| (chosen.seeds.low, chosen.seeds.high)),
        trust: analysis.trust(),
        curves: curves
            .iter()
            .zip(&analysis.readings)
            .map(|(curve, reading)| JsonCurve {
                name: &curve.name,
                lr: reading.chosen,
                steepest: reading.steepest,
                minimum: reading.minimum,
                divergence: reading.divergence,
                valley: reading.valley,
                slide: reading.slide,
                others: others(curve),
            })
            .collect(),
    };
    let text = serde_json::to_string_pretty(&all);
    text.map(|text| text + "\n").map_err(|error| Failure::new(format!("Could not write JSON: {error}.")))
}

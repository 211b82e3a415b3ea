//! `--format text`: counts, as on the page.

use std::fmt::Write as _;

use scheduler::format_lr;
use trainer::experiment::{Data, Experiment, Groups};
use trainer::success::LaneEnd;
use trainer::{Outcome, presets};

use super::Raced;
use crate::{terminal, text};

/// The demos.
pub fn list() -> String {
    let width = terminal::width();
    let one = |preset: presets::Preset| {
        let mut shown = format!("{}: {}\n", preset.name, preset.title);
        shown += &text::paragraph(preset.claim, width, "  ", "  ");
        shown += &text::paragraph(&format!("Source: {}.", preset.source), width, "  ", "  ");
        shown + &text::paragraph(&format!("But: {}", preset.counter_example.words), width, "  ", "  ")
    };
    presets::all().into_iter().map(one).collect::<Vec<_>>().join("\n")
}

pub fn write(raced: &Raced) -> String {
    let width = terminal::width();
    let race = &raced.race;
    let mut shown = String::new();
    if let Some(demo) = &raced.rules {
        shown += &text::paragraph(demo.claim, width, "", "");
        shown += "\n";
    }
    let trained_on = raced.gpu.iter().map(|gpu| format!(" Trained on {gpu}."));
    let experiment = experiment(&race.experiment, race.seeds) + &trained_on.collect::<String>();
    shown += &text::paragraph(&experiment, width, "", "");
    shown += "\n";

    let ends = raced.ends();
    let rows: Vec<[String; 7]> = race
        .schedules
        .iter()
        .enumerate()
        .map(|(schedule, named)| {
            let of: Vec<&LaneEnd> = ends.iter().filter(|end| end.lane.schedule == schedule).collect();
            let count = |outcome| of.iter().filter(|end| end.outcome == outcome).count();
            let others = |outcome| match count(outcome) {
                0 => "-".to_owned(),
                count => count.to_string(),
            };
            [
                named.name.clone(),
                format_lr(named.schedule.peak(named.lr)),
                format!("{} of {}", count(Outcome::Learned), of.len()),
                others(Outcome::Learning),
                others(Outcome::AtChance),
                others(Outcome::Diverged),
                spread(&of.iter().map(|end| end.final_loss()).collect::<Vec<_>>()),
            ]
        })
        .collect();
    let loss = if race.experiment.validation.is_some() { "validation loss" } else { "loss" };
    let header = ["schedule", "LR", "learned", "learning", "at chance", "diverged", loss].map(str::to_owned);
    shown += &table(header, &rows);

    if let Some(demo) = &raced.rules {
        let names: Vec<&str> = demo.schedules.iter().map(|named| named.name.as_str()).collect();
        shown += "\n";
        for rule in &demo.success {
            let answer = if rule.holds(&ends) { "yes" } else { "no" };
            shown += &text::paragraph(&format!("{answer}: {}", rule.words(&names)), width, "", "     ");
        }
    }
    let _ = writeln!(shown, "\nIn the playground: {}", raced.link());
    shown
}

/// What was trained, in a few sentences.
fn experiment(experiment: &Experiment, seeds: usize) -> String {
    let data = match experiment.data {
        Data::Fresh => "fresh examples at every step".to_owned(),
        Data::Fixed(examples) => format!("{examples} examples"),
    };
    let groups = match experiment.groups {
        Groups::ONE => String::new(),
        groups => format!(", parameter groups {groups}"),
    };
    let clip = experiment.clip.map(|clip| format!(", gradient norm at most {clip}")).unwrap_or_default();
    let seeds = if seeds == 1 { "1 seed".to_owned() } else { format!("{seeds} seeds") };
    format!(
        "{} {}{groups}, batches of {} from {data}{clip}; {} steps, {seeds}.",
        experiment.task, experiment.optimizer, experiment.batch, experiment.steps
    )
}

/// Median, and from the least to the greatest.
fn spread(losses: &[f32]) -> String {
    let mut sorted = losses.to_vec();
    sorted.sort_by(f32::total_cmp);
    let Some((least, greatest)) = sorted.first().zip(sorted.last()) else { return "-".to_owned() };
    let text = |loss: f32| if loss.is_finite() { format!("{loss:.3}") } else { "not finite".to_owned() };
    let median = text(sorted[sorted.len() / 2]);
    if sorted.len() == 1 { median } else { format!("{median} ({} to {})", text(*least), text(*greatest)) }
}

fn table(header: [String; 7], rows: &[[String; 7]]) -> String {
    let all = || std::iter::once(&header).chain(rows);
    let widths: Vec<usize> =
        (0..7).map(|column| all().map(|row| row[column].chars().count()).max().unwrap_or(0)).collect();
    let line = |row: &[String; 7]| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
    };
    all().map(line).collect()
}

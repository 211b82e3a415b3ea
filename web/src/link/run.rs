//! The training run in a link, by the names that the options of `lrscope show` have.

use scheduler::{Cadence, Data, Resume, Run, notation};
use trainer::link::count;

use super::yes;
use crate::state::example_run;

/// All keys, in the order in which a link has them. Data comes before what depends on it.
pub const KEYS: [&str; 11] = [
    "accumulation",
    "batch-size",
    "batches",
    "cadence",
    "dataset-size",
    "drop-last",
    "epochs",
    "processes",
    "resume-as",
    "resume-at",
    "steps-per-process",
];

/// More passes over the data than anybody makes.
pub const MOST_EPOCHS: usize = 100_000;
/// More examples, batches or steps than anybody has.
pub const MOST_EXAMPLES: usize = 2_000_000_000;
/// More processes or batches per step than anybody uses.
pub const MOST_PROCESSES: usize = 65_536;

/// The names of the cadences.
pub const CADENCES: [(&str, Cadence); 3] =
    [("epoch", Cadence::Epoch), ("step", Cadence::Step), ("batch", Cadence::Batch)];

/// The name of a cadence.
pub fn cadence_name(cadence: Cadence) -> &'static str {
    CADENCES.iter().find(|(_, known)| *known == cadence).map_or("step", |(name, _)| name)
}

/// Keys and values.
pub fn encode(run: &Run) -> Vec<(&'static str, String)> {
    let horizon = &run.horizon;
    let mut pairs = vec![("epochs", horizon.epochs.to_string())];
    match horizon.data {
        Data::Batches(batches) => pairs.push(("batches", batches.to_string())),
        Data::Examples { examples, batch, drop_last } => {
            pairs.push(("dataset-size", examples.to_string()));
            pairs.push(("batch-size", batch.to_string()));
            if drop_last {
                pairs.push(("drop-last", "yes".into()));
            }
        }
    }
    if horizon.accumulation != 1 {
        pairs.push(("accumulation", horizon.accumulation.to_string()));
    }
    if horizon.processes != 1 {
        pairs.push(("processes", horizon.processes.to_string()));
    }
    if run.cadence != Cadence::Step {
        pairs.push(("cadence", cadence_name(run.cadence).into()));
    }
    if run.calls != 1 {
        pairs.push(("steps-per-process", "yes".into()));
    }
    if let Some((at, resume)) = &run.resume {
        pairs.push(("resume-at", at.to_string()));
        if let Resume::As(schedule) = resume {
            pairs.push(("resume-as", schedule.to_string()));
        }
    }
    pairs
}

/// Sets what a key stands for, in the run that there is or in the example.
pub fn apply(run: &mut Option<Run>, key: &str, value: &str) -> Result<(), String> {
    let run = run.get_or_insert_with(example_run);
    let horizon = &mut run.horizon;
    match key {
        "epochs" => horizon.epochs = count(key, value, MOST_EPOCHS)?,
        "batches" => horizon.data = Data::Batches(count(key, value, MOST_EXAMPLES)?),
        "dataset-size" | "batch-size" | "drop-last" => {
            let (mut examples, mut batch, mut drop_last) = match horizon.data {
                Data::Examples { examples, batch, drop_last } => (examples, batch, drop_last),
                Data::Batches(batches) => (batches, 1, false),
            };
            match key {
                "dataset-size" => examples = count(key, value, MOST_EXAMPLES)?,
                "batch-size" => batch = count(key, value, MOST_EXAMPLES)?,
                _ => drop_last = yes(key, value)?,
            }
            horizon.data = Data::Examples { examples, batch, drop_last };
        }
        "accumulation" => horizon.accumulation = count(key, value, MOST_PROCESSES)?,
        "processes" => horizon.processes = count(key, value, MOST_PROCESSES)?,
        "cadence" => {
            let known = CADENCES.iter().find(|(name, _)| *name == value);
            run.cadence = known.ok_or_else(|| format!("`cadence` is epoch, step or batch, not `{value}`."))?.1;
        }
        // After `processes`, since keys come in order.
        "steps-per-process" => run.calls = if yes(key, value)? { horizon.processes } else { 1 },
        "resume-at" => {
            let at = count(key, value, MOST_EXAMPLES)?;
            let resume = run.resume.take().map_or(Resume::Restarted, |(_, resume)| resume);
            run.resume = Some((at, resume));
        }
        "resume-as" => {
            let schedule = notation::parse(value).map_err(|error| format!("`resume-as`: {}", error.message))?;
            run.resume = Some((1, Resume::As(Box::new(schedule))));
        }
        _ => {}
    }
    Ok(())
}

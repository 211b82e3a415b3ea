//! State to permalink and back. Only what differs from the demo is written, but for the schedules: those are in
//! every link, so that `lrscope show LINK` understands it too.

mod run;

pub use run::{CADENCES, MOST_EPOCHS, MOST_EXAMPLES, MOST_PROCESSES, cadence_name};

use scheduler::permalink::Permalink;
use trainer::link::{Race, demo, settings};

use crate::parts::Part;
use crate::state::{DeviceChoice, MAX_GROUPS, State};

/// The fragment that restores a state.
pub fn encode(state: &State) -> String {
    let default = State::from(state.demo.clone());
    let settings = settings(&state.demo, &state.experiment, state.seeds);
    let mut link = Permalink { lanes: state.schedules.clone(), settings };
    let mut set = |key: &str, value: String| link.settings.insert(key.into(), value);
    if state.device != default.device {
        set("device", state.device.name().into());
    }
    if state.log_lr {
        set("axis", "log".into());
    }
    if state.loss_over_area {
        set("loss-over", "area".into());
    }
    if !state.groups.is_empty() {
        set("groups", state.groups.iter().map(f64::to_string).collect::<Vec<_>>().join(","));
    }
    if !state.hidden.is_empty() {
        set("hide", state.hidden.iter().map(|part| part.name()).collect::<Vec<_>>().join(","));
    }
    if state.embedded {
        set("embed", "yes".into());
    }
    if let Some(run) = &state.run {
        link.settings.extend(run::encode(run).into_iter().map(|(key, value)| (key.to_owned(), value)));
    }
    link.encode()
}

/// The state of a link, and a sentence for each part that could not be read. Those parts keep their defaults.
pub fn decode(fragment: &str) -> (State, Vec<String>) {
    let (link, problems) = Permalink::decode(fragment);
    let mut sentences: Vec<String> =
        problems.into_iter().map(|problem| format!("{} (in `{}`)", problem.message, problem.part)).collect();

    let (demo, unknown) = demo(&link.settings);
    sentences.extend(unknown);
    let mut race = Race::from(demo.clone());
    let mut state = State::from(demo);
    sentences.extend(race.take(&link, &mut |key, value| apply(&mut state, key, value)));
    let Race { experiment, schedules, seeds, .. } = race;
    (State { experiment, schedules, seeds, ..state }, sentences)
}

/// Sets what a key of the page stands for; `None` for a key that it does not know.
fn apply(state: &mut State, key: &str, value: &str) -> Option<Result<(), String>> {
    Some(match key {
        "device" => DeviceChoice::from_name(value)
            .map(|device| state.device = device)
            .ok_or_else(|| format!("`device` is auto, cpu or webgpu, not `{value}`.")),
        "axis" => is_log(value).map(|is_log| state.log_lr = is_log),
        "loss-over" => is_area(value).map(|is_area| state.loss_over_area = is_area),
        "groups" => groups(value).map(|groups| state.groups = groups),
        "hide" => hidden(value).map(|hidden| state.hidden = hidden),
        "embed" => yes(key, value).map(|embedded| state.embedded = embedded),
        _ if run::KEYS.contains(&key) => run::apply(&mut state.run, key, value),
        _ => return None,
    })
}

/// Whether an axis is logarithmic.
fn is_log(value: &str) -> Result<bool, String> {
    match value {
        "log" => Ok(true),
        "linear" => Ok(false),
        _ => Err(format!("`axis` is log or linear, not `{value}`.")),
    }
}

/// Whether the loss is drawn over the LR spent.
fn is_area(value: &str) -> Result<bool, String> {
    match value {
        "area" => Ok(true),
        "steps" => Ok(false),
        _ => Err(format!("`loss-over` is area or steps, not `{value}`.")),
    }
}

/// The parts of the page that a link hides, in order.
fn hidden(value: &str) -> Result<Vec<Part>, String> {
    let part =
        |name| Part::from_name(name).ok_or_else(|| format!("There is no part of the page called `{name}` to hide."));
    let mut hidden = value.split(',').map(part).collect::<Result<Vec<_>, _>>()?;
    hidden.sort();
    hidden.dedup();
    Ok(hidden)
}

/// Factors of the LR for the parameter groups beside the first: `0.1,0.01`.
///
/// # Errors
/// A sentence on what is wrong.
pub fn groups(text: &str) -> Result<Vec<f64>, String> {
    let factors = text.split(',').filter(|part| !part.trim().is_empty());
    let factors =
        factors.map(|part| part.trim().parse().ok().filter(|factor: &f64| *factor >= 0.0 && factor.is_finite()));
    match factors.collect::<Option<Vec<_>>>() {
        Some(factors) if factors.len() <= MAX_GROUPS => Ok(factors),
        Some(_) => Err(format!("There can be at most {MAX_GROUPS} more parameter groups.")),
        None => Err("Give each more parameter group a factor of the LR, such as 0.1.".into()),
    }
}

fn yes(key: &str, value: &str) -> Result<bool, String> {
    match value {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err(format!("`{key}` is yes or no, not `{value}`.")),
    }
}

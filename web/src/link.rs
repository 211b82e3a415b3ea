//! State to permalink and back. Only what differs from the demo is written, but for the schedules: those are in
//! every link, so that `lrscope show LINK` understands it too.

mod run;

pub use run::{CADENCES, MOST_EPOCHS, MOST_EXAMPLES, MOST_PROCESSES, cadence_name};

use scheduler::permalink::Permalink;
use trainer::experiment::Norm;
use trainer::presets;
use trainer::validate::{BATCH, STEPS};

use crate::parts::Part;
use crate::state::{DeviceChoice, MAX_GROUPS, MAX_SCHEDULES, MAX_SEEDS, State};

/// The fragment that restores a state.
pub fn encode(state: &State) -> String {
    let default = State::from(state.demo.clone());
    let mut link = Permalink { lanes: state.schedules.clone(), settings: [].into() };
    let mut set = |key: &str, value: String| link.settings.insert(key.into(), value);
    set("demo", state.demo.name.into());
    set("steps", state.experiment.steps.to_string());
    if state.experiment.batch != default.experiment.batch {
        set("batch", state.experiment.batch.to_string());
    }
    if state.seeds != default.seeds {
        set("seeds", state.seeds.to_string());
    }
    if let (true, Some(norm)) = (state.norm() != default.norm(), state.norm()) {
        set("norm", norm_name(norm).into());
    }
    if state.device != default.device {
        set("device", state.device.name().into());
    }
    if state.log_lr {
        set("axis", "log".into());
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

    let name = link.settings.get("demo").map_or(presets::warmup().name, String::as_str);
    let demo = presets::all().into_iter().find(|demo| demo.name == name).unwrap_or_else(|| {
        sentences.push(format!("There is no demo called `{name}`."));
        presets::warmup()
    });
    let mut state = State::from(demo);
    let own_schedules = !link.lanes.is_empty();
    if own_schedules {
        if link.lanes.len() > MAX_SCHEDULES {
            sentences.push(format!("A race has at most {MAX_SCHEDULES} schedules; the rest is left out."));
        }
        state.schedules = link.lanes.into_iter().take(MAX_SCHEDULES).collect();
    }
    for (key, value) in &link.settings {
        if let Err(sentence) = apply(&mut state, key, value, own_schedules) {
            sentences.push(sentence);
        }
    }
    if let Err(error) = state.validate() {
        sentences.push(error.to_string());
        state.experiment = state.demo.experiment.clone();
        state.seeds = state.demo.seeds;
    }
    (state, sentences)
}

/// Sets what a key stands for. The schedules of a demo follow a number of steps, those of the link are as they are.
fn apply(state: &mut State, key: &str, value: &str, own_schedules: bool) -> Result<(), String> {
    match key {
        "demo" => {}
        "steps" if own_schedules => state.experiment.steps = count(key, value, *STEPS.end())?,
        "steps" => state.set_steps(count(key, value, *STEPS.end())?),
        "batch" => state.experiment.batch = count(key, value, *BATCH.end())?,
        "seeds" => state.seeds = count(key, value, MAX_SEEDS)?,
        "norm" => match value {
            "post" => state.set_norm(Norm::Post),
            "pre" => state.set_norm(Norm::Pre),
            _ => return Err(format!("`norm` is post or pre, not `{value}`.")),
        },
        "device" => {
            state.device = DeviceChoice::from_name(value)
                .ok_or_else(|| format!("`device` is auto, cpu or webgpu, not `{value}`."))?;
        }
        "axis" => match value {
            "log" => state.log_lr = true,
            "linear" => state.log_lr = false,
            _ => return Err(format!("`axis` is log or linear, not `{value}`.")),
        },
        "groups" => state.groups = groups(value)?,
        "hide" => {
            let parts = value.split(',').map(|name| {
                Part::from_name(name).ok_or_else(|| format!("There is no part of the page called `{name}` to hide."))
            });
            state.hidden = parts.collect::<Result<_, _>>()?;
            state.hidden.sort();
            state.hidden.dedup();
        }
        "embed" => state.embedded = yes(key, value)?,
        _ if run::KEYS.contains(&key) => run::apply(&mut state.run, key, value)?,
        _ => return Err(format!("`{key}` is not known here.")),
    }
    Ok(())
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

fn count(key: &str, value: &str, most: usize) -> Result<usize, String> {
    match value.parse() {
        Ok(number) if (1..=most).contains(&number) => Ok(number),
        _ => Err(format!("`{key}` must be a whole number from 1 to {most}, not `{value}`.")),
    }
}

fn yes(key: &str, value: &str) -> Result<bool, String> {
    match value {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err(format!("`{key}` is yes or no, not `{value}`.")),
    }
}

/// How links call the place of layer normalisation.
pub fn norm_name(norm: Norm) -> &'static str {
    match norm {
        Norm::Post => "post",
        Norm::Pre => "pre",
    }
}

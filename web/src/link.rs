//! State to permalink and back. Only what differs from the demo is written, but for the schedules: those are in
//! every link, so that `lrscope show LINK` understands it too.

use scheduler::permalink::Permalink;
use trainer::experiment::Norm;
use trainer::presets;
use trainer::validate::{BATCH, STEPS};

use crate::state::{DeviceChoice, MAX_SCHEDULES, MAX_SEEDS, State};

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
    let count = |most: usize| match value.parse() {
        Ok(number) if (1..=most).contains(&number) => Ok(number),
        _ => Err(format!("`{key}` must be a whole number from 1 to {most}, not `{value}`.")),
    };
    match key {
        "demo" => {}
        "steps" if own_schedules => state.experiment.steps = count(*STEPS.end())?,
        "steps" => state.set_steps(count(*STEPS.end())?),
        "batch" => state.experiment.batch = count(*BATCH.end())?,
        "seeds" => state.seeds = count(MAX_SEEDS)?,
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
        _ => return Err(format!("`{key}` is not known here.")),
    }
    Ok(())
}

/// How links call the place of layer normalisation.
pub fn norm_name(norm: Norm) -> &'static str {
    match norm {
        Norm::Post => "post",
        Norm::Pre => "pre",
    }
}

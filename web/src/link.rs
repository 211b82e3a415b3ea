//! State to permalink and back. Only what differs from the demo is written, but for the schedules: those are in
//! every link, so that `lrscope show LINK` understands it too.

use scheduler::permalink::Permalink;
use trainer::link::{Race, demo, settings};

pub use trainer::link::norm_name;

use crate::state::{DeviceChoice, State};

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
    match key {
        "device" => match DeviceChoice::from_name(value) {
            Some(device) => state.device = device,
            None => return Some(Err(format!("`device` is auto, cpu or webgpu, not `{value}`."))),
        },
        "axis" => match value {
            "log" => state.log_lr = true,
            "linear" => state.log_lr = false,
            _ => return Some(Err(format!("`axis` is log or linear, not `{value}`."))),
        },
        _ => return None,
    }
    Some(Ok(()))
}

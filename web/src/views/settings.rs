//! What all schedules of the race share.

use leptos::prelude::*;
use trainer::experiment::{Norm, Task};
use trainer::link::norm_name;
use trainer::validate::{BATCH, STEPS};

use super::fields::{Choice, Field};
use super::own_images::OwnImages;
use super::param_groups::ParamGroups;
use crate::state::{DeviceChoice, MAX_SEEDS, State};

/// Fields for the task, the length of the run, the seeds and the device.
#[component]
pub fn Settings(state: RwSignal<State>) -> impl IntoView {
    let number = move |name: &'static str, most: usize, set: fn(&mut State, usize)| {
        Callback::new(move |text: String| match text.trim().parse() {
            Ok(number) if (1..=most).contains(&number) => {
                let mut changed = state.get_untracked();
                set(&mut changed, number);
                changed.validate().map_err(|invalid| invalid.to_string())?;
                state.set(changed);
                Ok(())
            }
            _ => Err(format!("{name} must be a whole number from 1 to {most}.")),
        })
    };
    let read = move |read: fn(&State) -> String| Signal::derive(move || state.with(read));
    let norm = move |name: String| {
        let norm = if name == "pre" { Norm::Pre } else { Norm::Post };
        state.update(|state| state.set_norm(norm));
    };
    let task = move |name: String| {
        let mut changed = state.get_untracked();
        changed.set_task(&name);
        // A model of a usual size fits wherever the demo's does, save for very many lanes.
        if changed.validate().is_ok() {
            state.set(changed);
        }
    };
    let tasks: Vec<_> = Task::all().into_iter().map(|task| (task.name(), task.title())).collect();
    let device = move |name: String| {
        if let Some(device) = DeviceChoice::from_name(&name) {
            state.update(|state| state.device = device);
        }
    };
    view! {
        <fieldset class="shared">
            <legend>"The same for all"</legend>
            <Choice label="Task" testid="task-select" options=tasks
                value=read(|state| state.experiment.task.name().into()) choose=Callback::new(task) />
            <p>{read(State::task_words)} " " <code>{read(State::optimizer_words)}</code></p>
            <OwnImages state />
            <Show when=move || state.with(|state| state.norm().is_some())>
                <Choice label="Layer norm" testid="norm-select" options=vec![("post", "Post-LN, after the residual"), ("pre", "Pre-LN, inside the residual")]
                    value=read(|state| state.norm().map(norm_name).unwrap_or_default().into()) choose=Callback::new(norm) />
            </Show>
            <div class="row">
                <Field label="Steps" testid="steps" value=read(|state| state.experiment.steps.to_string())
                    accept=number("Steps", *STEPS.end(), |state, steps| state.set_steps(steps)) />
                <Field label="Seeds" testid="seeds" value=read(|state| state.seeds.to_string())
                    accept=number("Seeds", MAX_SEEDS, |state, seeds| state.seeds = seeds) />
                <Field label="Batch" testid="batch" value=read(|state| state.experiment.batch.to_string())
                    accept=number("Batch", *BATCH.end(), |state, batch| state.experiment.batch = batch) />
            </div>
            <ParamGroups state />
            <Choice label="Device" testid="device-select"
                options=vec![("auto", "Automatic"), ("cpu", "CPU"), ("webgpu", "WebGPU")]
                value=read(|state| state.device.name().into()) choose=Callback::new(device) />
        </fieldset>
    }
}

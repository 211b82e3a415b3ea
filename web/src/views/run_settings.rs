//! The training run that the schedules are meant for: what the LR will really be.

use leptos::prelude::*;

use super::fields::Field;
use super::run_fields::RunFields;
use crate::link;
use crate::state::{State, example_run};

/// A switch, and behind it everything that decides which LR an optimizer step gets.
#[component]
pub fn RunSettings(state: RwSignal<State>) -> impl IntoView {
    let described = Memo::new(move |_| state.with(|state| state.run.is_some()));
    let groups = move |text: String| {
        let groups = link::groups(&text)?;
        state.update(|state| state.groups = groups);
        Ok(())
    };
    view! {
        <fieldset class="run" data-testid="run-settings">
            <legend>"Your run"</legend>
            <label class="switch">
                <input type="checkbox" data-testid="own-run" prop:checked=described
                    on:change:target=move |event| {
                        let run = event.target().checked().then(example_run);
                        state.update(|state| state.run = run);
                    } />
                "What will the LR really be? Describe your training run"
            </label>
            <Show when=move || described.get()><RunFields state /></Show>
            <Field label="More parameter groups, as factors of the LR" testid="groups"
                value=Signal::derive(move || state.with(|state| state.groups.iter().map(f64::to_string).collect::<Vec<_>>().join(", ")))
                accept=Callback::new(groups) />
        </fieldset>
    }
}

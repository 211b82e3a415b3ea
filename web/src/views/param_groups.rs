//! The parameter groups that a race trains.

use leptos::prelude::*;
use trainer::experiment::Part;

use super::fields::Field;
use crate::state::State;

/// The groups with their names in tests and in words.
const PARTS: [(Part, &str, &str); 3] = [
    (Part::Input, "group-input", "LR × first layer"),
    (Part::Hidden, "group-hidden", "LR × hidden layers"),
    (Part::Output, "group-output", "LR × last layer"),
];

/// Fields for the LR of each part of the model, and for what weight decay acts on.
#[component]
pub fn ParamGroups(state: RwSignal<State>) -> impl IntoView {
    let field = move |(part, testid, label): (Part, &'static str, &'static str)| {
        let value = Signal::derive(move || state.with(|state| state.experiment.groups.factor(part).to_string()));
        let accept = move |text: String| {
            let factor = text.trim().parse().map_err(|_| "A factor of the LR, such as 0.1.".to_owned())?;
            let mut groups = state.with_untracked(|state| state.experiment.groups);
            groups.set_factor(part, factor);
            groups.check()?;
            state.update(|state| state.experiment.groups = groups);
            Ok(())
        };
        view! { <Field label testid value accept=Callback::new(accept) /> }
    };
    let decays = move || state.with(|state| state.experiment.groups.decay_vectors);
    view! {
        <details class="param-groups" data-testid="param-groups">
            <summary>
                "Parameter groups: "
                <code data-testid="param-groups-words">{move || state.with(|state| state.experiment.groups.to_string())}</code>
            </summary>
            <div class="row">{PARTS.map(field).collect_view()}</div>
            <label class="switch">
                <input type="checkbox" data-testid="no-decay" prop:checked=move || !decays()
                    on:change:target=move |event| {
                        let decays = !event.target().checked();
                        state.update(|state| state.experiment.groups.decay_vectors = decays);
                    } />
                "no weight decay on biases and norms"
            </label>
        </details>
    }
}

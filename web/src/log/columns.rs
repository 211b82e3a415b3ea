//! Which column is what: the guess, and the user's word on it.

use leptos::prelude::*;

use super::state::LogState;

/// Words for the roles of columns.
const WORDS: [(&str, &str); 8] = [
    ("step", "Step"),
    ("epoch", "Epoch"),
    ("lr", "Learning rate"),
    ("loss", "Loss"),
    ("val-loss", "Validation loss"),
    ("accuracy", "Accuracy"),
    ("val-accuracy", "Validation accuracy"),
    ("grad-norm", "Gradient norm"),
];

/// A choice for each role.
#[component]
pub fn ColumnChoice(state: LogState) -> impl IntoView {
    let choices = move || {
        let report = state.report.get().unwrap_or_default();
        let choice = |(role, chosen): (String, Option<String>)| {
            let words =
                WORDS.iter().find(|(name, _)| *name == role).map_or(role.clone(), |(_, words)| (*words).to_owned());
            let testid = format!("column-{role}");
            let options = report.columns.iter().map(|column| {
                view! { <option value=column.clone() selected=chosen.as_ref() == Some(column)>{column.clone()}</option> }
            });
            view! {
                <label class="field">
                    <span>{words}</span>
                    <select data-testid=testid on:change:target=move |event| state.correct(&role, &event.target().value())>
                        <option value="" selected=chosen.is_none()>"none, or as guessed"</option>
                        {options.collect_view()}
                    </select>
                </label>
            }
        };
        report.roles.clone().into_iter().map(choice).collect_view()
    };
    let notes = move || {
        let notes = state.report.with(|report| report.as_ref().map(|report| report.notes.clone())).unwrap_or_default();
        notes.into_iter().map(|note| view! { <p class="notice">{note}</p> }).collect_view()
    };
    // The end of a traceback has none.
    let any = move || state.report.with(|report| report.as_ref().is_some_and(|report| !report.columns.is_empty()));
    view! {
        <Show when=any>
            <fieldset class="columns-of-log">
                <legend>"What the columns are taken for"</legend>
                <div class="grid-of-fields">{choices}</div>
            </fieldset>
        </Show>
        {notes}
    }
}

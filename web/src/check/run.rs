//! The LR that the code really produces, and fields for what it leaves open.

use leptos::prelude::*;
use tools::{MissingValue, ProducedRun};

use super::state::CheckState;
use crate::chart::{Chart, Curve};
use crate::prose::inline;
use crate::views::Field;

/// The curve, or what is missing for it.
#[component]
pub fn Produced(state: CheckState) -> impl IntoView {
    let run =
        Memo::new(move |_| state.checked.with(|checked| checked.as_ref().and_then(|checked| checked.run.clone())));
    // What has been given stays in its field, also where the run no longer asks for it.
    let names = Memo::new(move |_| {
        let given = state.given.with(|given| given.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>());
        let mut fields: Vec<MissingValue> =
            given.into_iter().map(|name| MissingValue { name, ..MissingValue::default() }).collect();
        for missing in run.with(|run| run.as_ref().map(|run| run.missing.clone())).unwrap_or_default() {
            if !fields.iter().any(|field| field.name == missing.name) {
                fields.push(missing);
            }
        }
        fields
    });
    view! {
        <Show when=move || run.with(Option::is_some)>
            <section class="produced" aria-labelledby="produced-title">
                <h3 id="produced-title">"The LR that this code produces"</h3>
                <div class="grid-of-fields">
                    <For each=move || names.get() key=|field| field.name.clone() let:missing>{field(state, missing)}</For>
                </div>
                {move || run.get().map(|run| shown(&run))}
            </section>
        </Show>
    }
}

fn field(state: CheckState, missing: MissingValue) -> impl IntoView {
    /// Longer texts are no values.
    const LONGEST: usize = 200;
    let MissingValue { name, what, place, example } = missing;
    let such_as = if example.is_empty() { String::new() } else { format!("such as {example}") };
    let is_number = example.is_empty() && !place.is_empty();
    let told: Vec<String> = [what, place, such_as].into_iter().filter(|part| !part.is_empty()).collect();
    let label = if told.is_empty() { name.clone() } else { format!("{name} ({})", told.join(", ")) };
    let testid = format!("given-{name}");
    let of = name.clone();
    let value = Signal::derive(move || {
        let said = state.given.with(|given| given.iter().find(|(other, _)| *other == of).map(|(_, text)| text.clone()));
        said.unwrap_or_default()
    });
    let accept = Callback::new(move |text: String| {
        let text = text.trim();
        let number = text.replace('_', "").parse::<f64>();
        if is_number && !text.is_empty() && !number.is_ok_and(f64::is_finite) {
            return Err("Give a number.".to_owned());
        }
        if text.len() > LONGEST {
            return Err("That is too long.".to_owned());
        }
        state.give(&name, text);
        Ok(())
    });
    view! { <Field label testid value accept /> }
}

fn shown(run: &ProducedRun) -> impl IntoView + use<> {
    let curves: Vec<Curve> =
        run.tracks.iter().enumerate().map(|(style, track)| (track.name.clone(), style, track.curve.clone())).collect();
    let steps = run.tracks.iter().map(|track| track.steps).max().unwrap_or_default();
    let (unit, counted, open) = match run.by_epoch {
        true => {
            ("epoch", "epochs", "The LR only changes from epoch to epoch. Give how many steps one has to see them all.")
        }
        false => ("step", "optimizer steps", "Give what the code leaves open."),
    };
    let description = format!("The LR of each of {steps} {counted}, read out of the code without running it.");
    let errors = run.tracks.iter().filter_map(|track| track.error.clone()).chain(run.problem.clone());
    let errors = errors.map(|sentence| view! { <p class="notice">{sentence}</p> }).collect_view();
    let notes = run.notes.iter().map(|note| view! { <li>{inline(note)}</li> }).collect_view();
    let open = (!run.missing.is_empty()).then_some(open);
    view! {
        {open.map(|sentence| view! { <p data-testid="missing">{sentence}</p> })}
        {errors}
        {(!curves.is_empty()).then(|| view! { <Chart title="Learning rate" testid="produced-lr" description unit=unit.to_owned() curves /> })}
        {(!run.notes.is_empty()).then(|| view! { <ul class="notes">{notes}</ul> })}
    }
}

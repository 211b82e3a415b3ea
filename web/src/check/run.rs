//! The LR that the code really produces, and fields for what it leaves open.

use leptos::prelude::*;
use tools::ProducedRun;

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
        let mut names: Vec<(String, String)> =
            state.given.with(|given| given.iter().map(|(name, _)| (name.clone(), String::new())).collect());
        for missing in run.with(|run| run.as_ref().map(|run| run.missing.clone())).unwrap_or_default() {
            if !names.iter().any(|(name, _)| *name == missing.name) {
                names.push((missing.name, format!("{}, {}", missing.what, missing.place)));
            }
        }
        names
    });
    view! {
        <Show when=move || run.with(Option::is_some)>
            <section class="produced" aria-labelledby="produced-title">
                <h3 id="produced-title">"The LR that this code produces"</h3>
                <div class="grid-of-fields">
                    <For each=move || names.get() key=|(name, _)| name.clone() let:named>{field(state, named)}</For>
                </div>
                {move || run.get().map(|run| shown(&run))}
            </section>
        </Show>
    }
}

fn field(state: CheckState, (name, what): (String, String)) -> impl IntoView {
    let label = if what.is_empty() { name.clone() } else { format!("{name} ({what})") };
    let testid = format!("given-{name}");
    let of = name.clone();
    let value = Signal::derive(move || {
        let number = state.given.with(|given| given.iter().find(|(other, _)| *other == of).map(|(_, number)| *number));
        number.map(|number| number.to_string()).unwrap_or_default()
    });
    let accept = Callback::new(move |text: String| {
        let text = text.trim().replace('_', "");
        let number = match text.as_str() {
            "" => None,
            _ => Some(text.parse().ok().filter(|number: &f64| number.is_finite()).ok_or("Give a number.")?),
        };
        state.give(&name, number);
        Ok::<(), String>(())
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

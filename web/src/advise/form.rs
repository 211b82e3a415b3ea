//! The situation.

use advisor::recipes::{Domain, Length, Situation};
use leptos::prelude::*;

use super::link::{GOALS, OPTIMIZERS, STARTS, name_of, value_of};
use super::state::AdviseState;
use crate::views::{Choice, Field};

/// The form. Every change asks for another recipe.
#[component]
pub fn SituationForm(state: AdviseState) -> impl IntoView {
    let read = move |read: fn(&Situation) -> String| Signal::derive(move || state.situation.with(read));
    let choose = move |set: fn(&mut Situation, &str)| {
        Callback::new(move |name: String| state.change(|situation| set(situation, &name)))
    };
    // An empty field is one that nobody has said anything in.
    let number = move |set: fn(&mut Situation, Option<u64>)| {
        Callback::new(move |text: String| {
            let text = text.trim();
            let number = if text.is_empty() { None } else { Some(whole(text).ok_or("Give a whole number above 0.")?) };
            state.change(|situation| set(situation, number));
            Ok::<(), String>(())
        })
    };
    let parameters = Callback::new(move |text: String| {
        let text = text.trim();
        let parameters = if text.is_empty() {
            None
        } else {
            Some(text.parse::<f64>().map_err(|_| "Give a number such as 125e6.".to_owned())?)
        };
        state.change(|situation| situation.parameters = parameters);
        Ok::<(), String>(())
    });
    let is_length = move |kind: &'static str| move || state.situation.with(|situation| length_kind(situation) == kind);
    let text = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
    let epochs = move || match state.situation.with(|situation| situation.length) {
        Length::Epochs { epochs, steps_per_epoch } => (Some(epochs), steps_per_epoch),
        _ => (None, None),
    };
    let steps = move || match state.situation.with(|situation| situation.length) {
        Length::Steps { steps } => Some(steps),
        _ => None,
    };
    view! {
        <form class="situation" on:submit=|event| event.prevent_default()>
            <fieldset>
                <legend>"The situation"</legend>
                <Choice label="What is trained" testid="domain" options=Domain::ALL.map(|(name, _, words)| (name, words)).to_vec()
                    value=read(|situation| name_of(&Domain::ALL, &situation.domain).into())
                    choose=choose(|situation, name| situation.domain = value_of(&Domain::ALL, name).unwrap_or(situation.domain)) />
                <Choice label="From which weights" testid="start" options=STARTS.map(|(name, _, words)| (name, words)).to_vec()
                    value=read(|situation| name_of(&STARTS, &situation.start).into())
                    choose=choose(|situation, name| situation.start = value_of(&STARTS, name).unwrap_or(situation.start)) />
                <Choice label="What matters" testid="goal" options=GOALS.map(|(name, _, words)| (name, words)).to_vec()
                    value=read(|situation| name_of(&GOALS, &situation.goal).into())
                    choose=choose(|situation, name| situation.goal = value_of(&GOALS, name).unwrap_or(situation.goal)) />
                <Choice label="How long the run is" testid="length" options=LENGTHS.to_vec()
                    value=read(|situation| length_kind(situation).into()) choose=choose(set_length) />
                <Show when=is_length("epochs")>
                    <div class="row">
                        <Field label="Epochs" testid="advise-epochs" value=Signal::derive(move || text(epochs().0))
                            accept=number(|situation, number| set_epochs(situation, number, None)) />
                        <Field label="Steps per epoch" testid="steps-per-epoch" value=Signal::derive(move || text(epochs().1))
                            accept=number(|situation, number| set_epochs(situation, None, Some(number))) />
                    </div>
                </Show>
                <Show when=is_length("steps")>
                    <Field label="Optimizer steps" testid="advise-steps" value=Signal::derive(move || text(steps()))
                        accept=number(|situation, number| if let Some(steps) = number { situation.length = Length::Steps { steps } }) />
                </Show>
            </fieldset>
            <fieldset>
                <legend>"If you know it"</legend>
                <Field label="Examples per optimizer step" testid="advise-batch" value=Signal::derive(move || text(state.situation.with(|situation| situation.batch)))
                    accept=number(|situation, number| situation.batch = number) />
                <Field label="Weights in the model" testid="params"
                    value=read(|situation| situation.parameters.map(|parameters| format!("{parameters:?}")).unwrap_or_default()) accept=parameters />
                <Choice label="Optimizer" testid="optimizer" options=optimizers()
                    value=read(|situation| situation.optimizer.map_or("", |kind| name_of(&OPTIMIZERS, &kind)).into())
                    choose=choose(|situation, name| situation.optimizer = value_of(&OPTIMIZERS, name)) />
            </fieldset>
        </form>
    }
}

const LENGTHS: [(&str, &str); 4] = [
    ("usual", "as usual in the field"),
    ("epochs", "so many epochs"),
    ("steps", "so many optimizer steps"),
    ("unknown", "not known yet"),
];

fn length_kind(situation: &Situation) -> &'static str {
    match situation.length {
        Length::Usual => "usual",
        Length::Epochs { .. } => "epochs",
        Length::Steps { .. } => "steps",
        Length::Unknown => "unknown",
    }
}

fn set_length(situation: &mut Situation, kind: &str) {
    situation.length = match kind {
        "epochs" => Length::Epochs { epochs: 90, steps_per_epoch: None },
        "steps" => Length::Steps { steps: 10_000 },
        "unknown" => Length::Unknown,
        _ => Length::Usual,
    };
}

fn set_epochs(situation: &mut Situation, epochs: Option<u64>, steps: Option<Option<u64>>) {
    if let Length::Epochs { epochs: old, steps_per_epoch } = situation.length {
        situation.length =
            Length::Epochs { epochs: epochs.unwrap_or(old), steps_per_epoch: steps.unwrap_or(steps_per_epoch) };
    }
}

fn optimizers() -> Vec<(&'static str, &'static str)> {
    std::iter::once(("", "as usual in the field")).chain(OPTIMIZERS.map(|(name, _, words)| (name, words))).collect()
}

/// A whole number above 0, also as people write large ones: `1e6`, `10_000`.
fn whole(text: &str) -> Option<u64> {
    let number: f64 = text.replace(['_', ','], "").parse().ok()?;
    ((1.0..=1e15).contains(&number) && number.fract() == 0.0).then_some(number as u64)
}

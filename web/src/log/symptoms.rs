//! What is wrong in the run, and what it may come from.

use leptos::prelude::*;
use tools::Symptom;

use super::state::LogState;
use crate::prose::inline;

/// The run in a few sentences, then each symptom.
#[component]
pub fn Symptoms(state: LogState) -> impl IntoView {
    let facts = move || state.report.with(|report| report.as_ref().map(|report| report.facts.join(" ")));
    let symptoms = move || {
        let symptoms = state.report.with(|report| report.as_ref().and_then(|report| report.symptoms.clone()));
        match symptoms {
            None => view! { <p class="notice" data-testid="no-loss">"None of the columns is known as a loss: choose the one that is."</p> }.into_any(),
            Some(symptoms) if symptoms.is_empty() => {
                view! { <p class="good" data-testid="healthy">"Nothing wrong is visible in this log."</p> }.into_any()
            }
            Some(symptoms) => {
                view! { <ol class="reports" data-testid="symptoms">{symptoms.into_iter().enumerate().map(card).collect_view()}</ol> }.into_any()
            }
        }
    };
    view! {
        <section aria-labelledby="symptoms-title">
            <h3 id="symptoms-title">"What the log says"</h3>
            <p class="facts">{facts}</p>
            {symptoms}
        </section>
    }
}

fn card((index, symptom): (usize, Symptom)) -> impl IntoView {
    let evidence = symptom.evidence.iter().map(|line| view! { <li>{line.clone()}</li> }).collect_view();
    let causes = symptom.causes.iter().map(|(what, change)| {
        view! { <li><p>{inline(what)}</p><p class="help">{inline(change)}</p></li> }
    });
    let causes = causes.collect_view();
    let suggestion = symptom.suggestion.map(|(text, link)| view! {
        <div class="suggestion">
            <p>"The schedule with the change: " <code>{text}</code> {link.note.map(|note| format!(" {note}"))}</p>
            <a class="button" data-testid=format!("suggestion-{index}") href=format!("#{}", link.fragment)>"Open in the playground"</a>
        </div>
    });
    let name = symptom.name.clone();
    view! {
        <li class="report warning" data-symptom=name>
            <p class="meta"><span class="severity">{symptom.name}</span></p>
            <p class="what">{symptom.what}</p>
            <ul class="evidence">{evidence}</ul>
            <h4>"It may come from"</h4>
            <ol class="causes">{causes}</ol>
            {suggestion}
        </li>
    }
}

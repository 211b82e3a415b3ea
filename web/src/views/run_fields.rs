//! Everything that decides which LR an optimizer step of the user's run gets.

use leptos::prelude::*;
use scheduler::{Data, Resume, Run, notation};

use super::fields::{Choice, Field};
use super::run_words::{examples, set_examples, words};
use crate::link::{CADENCES, MOST_EPOCHS, MOST_EXAMPLES, MOST_PROCESSES, cadence_name};
use crate::state::State;

/// Fields for the length of the run, and for when its scheduler is stepped.
#[component]
pub fn RunFields(state: RwSignal<State>) -> impl IntoView {
    let read = move |read: fn(&Run) -> String| {
        Signal::derive(move || state.with(|state| state.run.as_ref().map(read).unwrap_or_default()))
    };
    let number = move |least: usize, most: usize, set: fn(&mut Run, usize)| {
        Callback::new(move |text: String| match text.trim().replace('_', "").parse() {
            Ok(number) if (least..=most).contains(&number) => {
                state.update(|state| {
                    if let Some(run) = &mut state.run {
                        set(run, number);
                    }
                });
                Ok(())
            }
            _ => Err(format!("A whole number from {least} to {most}.")),
        })
    };
    let check = move |set: fn(&mut Run, bool)| {
        move |on: bool| {
            state.update(|state| {
                if let Some(run) = &mut state.run {
                    set(run, on);
                }
            });
        }
    };
    let cadence = move |name: String| {
        let known = CADENCES.into_iter().find(|(known, _)| *known == name);
        state.update(|state| {
            if let (Some(run), Some((_, cadence))) = (&mut state.run, known) {
                run.cadence = cadence;
            }
        });
    };
    let resume_as = move |text: String| {
        let resume = match text.trim() {
            "" => Resume::Restarted,
            text => Resume::As(Box::new(notation::parse(text).map_err(|error| error.message)?)),
        };
        state.update(|state| {
            if let Some((_, how)) = state.run.as_mut().and_then(|run| run.resume.as_mut()) {
                *how = resume;
            }
        });
        Ok(())
    };
    let drop_last = check(|run, on| {
        if let Data::Examples { drop_last, .. } = &mut run.horizon.data {
            *drop_last = on;
        }
    });
    let per_process = check(|run, on| run.calls = if on { run.horizon.processes } else { 1 });
    let resumed = Memo::new(move |_| state.with(|state| state.run.as_ref().is_some_and(|run| run.resume.is_some())));
    view! {
        <p class="description" data-testid="run-words">{read(words)}</p>
        <div class="row">
            <Field label="Epochs" testid="epochs" value=read(|run| run.horizon.epochs.to_string())
                accept=number(1, MOST_EPOCHS, |run, epochs| run.horizon.epochs = epochs) />
            <Field label="Examples" testid="dataset-size" value=read(|run| examples(run).0.to_string())
                accept=number(1, MOST_EXAMPLES, |run, examples| set_examples(run, Some(examples), None)) />
            <Field label="Batch" testid="batch-size" value=read(|run| examples(run).1.to_string())
                accept=number(1, MOST_EXAMPLES, |run, batch| set_examples(run, None, Some(batch))) />
            <Field label="Accumulation" testid="accumulation" value=read(|run| run.horizon.accumulation.to_string())
                accept=number(1, MOST_PROCESSES, |run, batches| run.horizon.accumulation = batches) />
            <Field label="Processes" testid="processes" value=read(|run| run.horizon.processes.to_string())
                accept=number(1, MOST_PROCESSES, |run, processes| {
                    run.calls = if run.calls > 1 { processes } else { 1 };
                    run.horizon.processes = processes;
                }) />
            <Field label="Resumed at" testid="resume-at"
                value=read(|run| run.resume.as_ref().map(|(at, _)| at.to_string()).unwrap_or_default())
                accept=number(0, MOST_EXAMPLES, |run, at| {
                    let how = run.resume.take().map_or(Resume::Restarted, |(_, how)| how);
                    run.resume = (at > 0).then_some((at, how));
                }) />
        </div>
        <Show when=move || resumed.get()>
            <Field label="As this schedule; empty: its state was lost" testid="resume-as"
                value=read(|run| match &run.resume {
                    Some((_, Resume::As(schedule))) => schedule.to_string(),
                    _ => String::new(),
                })
                accept=Callback::new(resume_as) />
        </Show>
        <Choice label="scheduler.step() is called" testid="cadence"
            options=vec![("step", "after each optimizer step"), ("epoch", "after each epoch"), ("batch", "after each batch")]
            value=read(|run| cadence_name(run.cadence).into()) choose=Callback::new(cadence) />
        <label class="switch">
            <input type="checkbox" data-testid="drop-last" prop:checked=move || state.with(|state| {
                state.run.as_ref().is_some_and(|run| matches!(run.horizon.data, Data::Examples { drop_last: true, .. }))
            }) on:change:target=move |event| drop_last(event.target().checked()) />
            "drop_last: an incomplete last batch is left out"
        </label>
        <label class="switch">
            <input type="checkbox" data-testid="steps-per-process"
                prop:checked=move || state.with(|state| state.run.as_ref().is_some_and(|run| run.calls > 1))
                on:change:target=move |event| per_process(event.target().checked()) />
            "the scheduler was prepared by accelerate: stepped once per process"
        </label>
    }
}

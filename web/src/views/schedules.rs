//! The schedules of the race, each with its LR, its text and its blocks.

use leptos::prelude::*;
use scheduler::permalink::NamedSchedule;
use scheduler::{format_lr, notation};

use super::blocks::Blocks;
use super::edit::{change, refused};
use super::fields::Field;
use crate::compose::{SHAPES, cosine};
use crate::plot::MARKS;
use crate::state::{MAX_SCHEDULES, State};

/// Editors for all schedules.
#[component]
pub fn Schedules(state: RwSignal<State>) -> impl IntoView {
    let count = Memo::new(move |_| state.with(|state| state.schedules.len()));
    let add = move |_| {
        state.update(|state| {
            let steps = state.schedule_steps();
            let lr = state.schedules.first().map_or(0.01, |named| named.lr);
            state.schedules.push(NamedSchedule { name: "cosine".into(), lr, schedule: cosine(steps) });
        });
    };
    view! {
        <section class="schedules" aria-label="Schedules">
            <For each=move || 0..count.get() key=|index| *index let:index>
                <Editor state index />
            </For>
            <button type="button" on:click=add disabled=move || { count.get() >= MAX_SCHEDULES } data-testid="add-schedule">"+ schedule"</button>
        </section>
    }
}

#[component]
fn Editor(state: RwSignal<State>, index: usize) -> impl IntoView {
    let read = move |read: fn(&NamedSchedule) -> String| {
        Signal::derive(move || state.with(|state| state.schedules.get(index).map(read).unwrap_or_default()))
    };
    let name = move |text: String| {
        change(state, index, |named, _| named.name = text.chars().take(60).collect());
        Ok(())
    };
    let lr = move |text: String| match text.trim().parse::<f64>() {
        Ok(lr) if lr.is_finite() && lr >= 0.0 => {
            change(state, index, |named, _| named.lr = lr);
            Ok(())
        }
        _ => Err("The LR must be a number such as 6e-3.".to_string()),
    };
    let text = move |text: String| {
        let schedule = notation::parse(&text).map_err(|error| error.message)?;
        refused(state, index, &schedule)?;
        change(state, index, |named, _| named.schedule = schedule);
        Ok(())
    };
    let shape = move |name: String| {
        if let Some((_, words, make)) = SHAPES.into_iter().find(|(shape, ..)| *shape == name) {
            change(state, index, |named, steps| {
                named.schedule = make(named.schedule.peak(named.lr), steps);
                named.name = words.to_lowercase();
            });
        }
    };
    let duplicate = move |_| {
        state.update(|state| {
            if let (Some(named), true) = (state.schedules.get(index).cloned(), state.schedules.len() < MAX_SCHEDULES) {
                state.schedules.insert(index + 1, NamedSchedule { name: format!("{} copy", named.name), ..named });
            }
        });
    };
    let remove = move |_| {
        state.update(|state| {
            if state.schedules.len() > 1 && index < state.schedules.len() {
                state.schedules.remove(index);
            }
        });
    };
    view! {
        <fieldset class=format!("schedule style-{index}")>
            <legend><span class="swatch" aria-hidden="true">{MARKS[index % MARKS.len()]}</span>{read(|named| named.name.clone())}</legend>
            <div class="row">
                <Field label="Name" testid=format!("name-{index}") value=read(|named| named.name.clone()) accept=Callback::new(name) />
                <Field label="LR" testid=format!("lr-{index}") value=read(|named| format_exact(named.lr)) accept=Callback::new(lr) />
            </div>
            <Blocks state index />
            <Field long=true label="As constructor text" testid=format!("schedule-text-{index}")
                value=read(|named| named.schedule.to_string()) accept=Callback::new(text) />
            <div class="actions">
                <select aria-label="Replace by a shape" data-testid=format!("shape-{index}") prop:value="" on:change:target=move |event| {
                    shape(event.target().value());
                    event.target().set_value("");
                }>
                    <option value="">"Replace by…"</option>
                    {SHAPES.map(|(name, words, _)| view! { <option value=name>{words}</option> }).collect_view()}
                </select>
                <button type="button" class="quiet" on:click=duplicate data-testid=format!("duplicate-{index}")
                    aria-label=move || format!("Duplicate {}", read(|named| named.name.clone()).get())
                    disabled=move || state.with(|state| { state.schedules.len() >= MAX_SCHEDULES })>"Duplicate"</button>
                <button type="button" class="quiet" on:click=remove data-testid=format!("remove-{index}")
                    aria-label=move || format!("Remove {}", read(|named| named.name.clone()).get())
                    disabled=move || state.with(|state| { state.schedules.len() == 1 })>"Remove"</button>
            </div>
        </fieldset>
    }
}

/// The LR short where that loses nothing.
fn format_exact(lr: f64) -> String {
    let short = format_lr(lr);
    if short.parse() == Ok(lr) { short } else { format!("{lr:?}") }
}

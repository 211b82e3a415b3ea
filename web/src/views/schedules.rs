//! The schedules of the race, each with its LR and its text.

use leptos::prelude::*;
use scheduler::permalink::NamedSchedule;
use scheduler::torch::{CosineAnnealingLR, LinearLR, OneCycleLR, ReduceLROnPlateau, SequentialLR};
use scheduler::{Schedule, Steps, format_lr, notation};

use super::fields::Field;
use crate::plot::MARKS;
use crate::state::{MAX_SCHEDULES, State};

/// Editors for all schedules.
#[component]
pub fn Schedules(state: RwSignal<State>) -> impl IntoView {
    let count = Memo::new(move |_| state.with(|state| state.schedules.len()));
    let add = move |_| {
        state.update(|state| {
            let steps = state.experiment.steps;
            let lr = state.schedules.first().map_or(0.01, |named| named.lr);
            let schedule = cosine(steps);
            state.schedules.push(NamedSchedule { name: "cosine".into(), lr, schedule });
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
    let change = move |change: &dyn Fn(&mut NamedSchedule)| {
        state.update(|state| {
            if let Some(named) = state.schedules.get_mut(index) {
                change(named);
            }
        });
    };
    let name = move |text: String| {
        change(&|named| named.name = text.chars().take(60).collect());
        Ok(())
    };
    let lr = move |text: String| match text.trim().parse::<f64>() {
        Ok(lr) if lr.is_finite() && lr >= 0.0 => {
            change(&|named| named.lr = lr);
            Ok(())
        }
        _ => Err("The LR must be a number such as 6e-3.".to_string()),
    };
    let text = move |text: String| {
        let schedule = notation::parse(&text).map_err(|error| error.message)?;
        // What torch's constructor refuses is refused here, with its words.
        let lr = state.with_untracked(|state| state.schedules.get(index).map_or(0.1, |named| named.lr));
        let mut optimizer = state.with_untracked(|state| state.scheduler_optimizer(lr));
        scheduler::Scheduler::new(&schedule, &mut optimizer).map_err(|error| error.message)?;
        change(&|named| named.schedule = schedule.clone());
        Ok(())
    };
    let shape = move |name: String| {
        let (steps, lr) = state.with_untracked(|state| {
            (state.experiment.steps, state.schedules.get(index).map_or(0.1, |named| named.schedule.peak(named.lr)))
        });
        if let Some((_, words, make)) = SHAPES.into_iter().find(|(shape, ..)| *shape == name) {
            change(&|named| {
                named.schedule = make(lr, steps);
                named.name = words.to_lowercase();
            });
        }
    };
    let remove = move |_| {
        state.update(|state| {
            if state.schedules.len() > 1 {
                state.schedules.remove(index);
            }
        });
    };
    view! {
        <fieldset class=format!("schedule style-{index}")>
            <legend><span class="swatch" aria-hidden="true">{MARKS[index % MARKS.len()]}</span>{read(|named| named.name.clone())}</legend>
            <div class="row">
                <Field
                    label="Name"
                    value=read(|named| named.name.clone())
                    accept=Callback::new(name)
                />
                <Field
                    label="LR"
                    testid=format!("lr-{index}")
                    value=read(|named| format_exact(named.lr))
                    accept=Callback::new(lr)
                />
            </div>
            <Field long=true label="Schedule, as in torch" testid=format!("schedule-text-{index}")
                value=read(|named| named.schedule.to_string()) accept=Callback::new(text) />
            <div class="actions">
                <select aria-label="Replace by a shape" data-testid=format!("shape-{index}") prop:value="" on:change:target=move |event| {
                    shape(event.target().value());
                    event.target().set_value("");
                }>
                    <option value="">"Replace by…"</option>
                    {SHAPES.map(|(name, words, _)| view! { <option value=name>{words}</option> }).collect_view()}
                </select>
                <button type="button" class="quiet" on:click=remove
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

type Shape = (&'static str, &'static str, fn(f64, usize) -> Schedule);

/// Shapes to start from, for a peak LR and a number of steps. Warmup takes a tenth of the run.
const SHAPES: [Shape; 7] = [
    ("constant", "Constant", |_, _| Schedule::constant()),
    ("warmup", "Warmup, then constant", |_, steps| warmup(steps)),
    ("warmup-cosine", "Warmup, then cosine", |_, steps| {
        let milestone = tenth(steps);
        let rest = cosine((steps as i64 - milestone).max(1) as usize);
        SequentialLR { schedulers: vec![warmup(steps), rest], milestones: vec![milestone] }.into()
    }),
    ("cosine", "Cosine", |_, steps| cosine(steps)),
    ("linear", "Linear to zero", |_, steps| {
        LinearLR { start_factor: 1.0, end_factor: 0.0, total_iters: Steps::from(steps) }.into()
    }),
    ("one-cycle", "OneCycle", |lr, steps| OneCycleLR::new(lr, steps.max(5) as i64).into()),
    ("plateau", "Reduce on plateau", |_, _| {
        ReduceLROnPlateau { factor: 0.3, patience: 40, ..ReduceLROnPlateau::default() }.into()
    }),
];

fn cosine(steps: usize) -> Schedule {
    CosineAnnealingLR { t_max: Steps::from(steps), eta_min: 0.0 }.into()
}

fn tenth(steps: usize) -> i64 {
    (steps as i64 / 10).max(1)
}

fn warmup(steps: usize) -> Schedule {
    LinearLR { start_factor: 0.01, end_factor: 1.0, total_iters: Steps(tenth(steps) as f64) }.into()
}

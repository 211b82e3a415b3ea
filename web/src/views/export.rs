//! The schedules as code for any framework, and the plots as files.

use leptos::prelude::*;
use scheduler::Cadence;
use scheduler::codegen::{Program, Target};

use super::fields::Choice;
use crate::browser;
use crate::state::State;
use crate::traces::Curves;

/// The words of each target.
const WORDS: [&str; 7] = ["PyTorch", "Lightning", "transformers", "timm", "optax", "Keras", "Burn (Rust)"];

/// Code for every target, CSV, SVG, PNG.
#[component]
pub fn Export(state: RwSignal<State>, curves: Curves) -> impl IntoView {
    let open = RwSignal::new(false);
    let target = RwSignal::new(Target::PyTorch);
    let which = RwSignal::new(0_usize);
    let copied = RwSignal::new(None::<bool>);
    let code = Memo::new(move |_| {
        if open.get() { state.with(|state| code(state, which.get(), target.get())) } else { Ok(String::new()) }
    });
    let targets = Target::ALL.into_iter().zip(WORDS).map(|((name, _), words)| (name, words)).collect();
    let name = Signal::derive(move || {
        Target::ALL.iter().find(|(_, known)| *known == target.get()).map_or("", |(name, _)| name).to_string()
    });
    let choose = move |name: String| {
        if let Some((_, found)) = Target::ALL.into_iter().find(|(known, _)| *known == name) {
            target.set(found);
        }
    };
    let names = move || state.with(|state| state.schedules.iter().map(|named| named.name.clone()).collect::<Vec<_>>());
    let copy = move |_| {
        if let Ok(code) = code.get_untracked() {
            leptos::task::spawn_local(async move { copied.set(Some(browser::copy(&code).await)) });
        }
    };
    Effect::new(move |_| {
        code.track();
        copied.set(None);
    });
    let svg = move |_| browser::download("lrscope.svg", "image/svg+xml", &browser::svg_of("lr-plot"));
    let png = move |_| {
        leptos::task::spawn_local(async move {
            browser::download_png("lrscope.png", "lr-plot").await;
        });
    };
    let table =
        move |_| browser::download("lrscope.csv", "text/csv", &state.with_untracked(|state| csv(state, curves)));
    view! {
        <details class="export" data-testid="export" on:toggle=move |_| open.update(|open| *open = !*open)>
            <summary>"Export"</summary>
            <div class="row">
                <label class="field"><span>"Schedule"</span>
                    <select data-testid="export-schedule" on:change:target=move |event| which.set(event.target().value().parse().unwrap_or(0))>
                        {move || names().into_iter().enumerate().map(|(index, name)| view! { <option value=index.to_string() selected=index == which.get_untracked()>{name}</option> }).collect_view()}
                    </select>
                </label>
                <Choice label="As code for" testid="export-target" options=targets value=name choose=Callback::new(choose) />
            </div>
            {move || match code.get() {
                Ok(code) => view! { <pre tabindex="0" data-testid="export-code"><code>{code}</code></pre> }.into_any(),
                Err(sentence) => view! { <p class="notice" role="status" data-testid="export-problem">{sentence}</p> }.into_any(),
            }}
            <div class="actions">
                <button type="button" data-testid="copy-code" on:click=copy>{move || match copied.get() {
                    Some(true) => "Copied",
                    Some(false) => "Not allowed: select and copy",
                    None => "Copy code",
                }}</button>
                <button type="button" data-testid="export-csv" on:click=table>"CSV"</button>
                <button type="button" data-testid="export-svg" on:click=svg>"SVG"</button>
                <button type="button" data-testid="export-png" on:click=png>"PNG"</button>
            </div>
        </details>
    }
}

fn code(state: &State, which: usize, target: Target) -> Result<String, String> {
    let Some(named) = state.schedules.get(which).or_else(|| state.schedules.first()) else { return Ok(String::new()) };
    let optimizer = state.scheduler_optimizer(named.lr);
    let run = state.drawn_run();
    let program = Program {
        schedule: &named.schedule,
        optimizer: &optimizer,
        cadence: if run.cadence == Cadence::Epoch { Cadence::Epoch } else { Cadence::Step },
        epochs: state.run.as_ref().map(|run| run.horizon.epochs),
        steps: Some(run.horizon.steps()),
    };
    program.write(target).map_err(|unsupported| unsupported.0)
}

/// The most rows of a table; longer runs are written at even distances.
const MOST_ROWS: usize = 20_000;

/// One row for each optimizer step, one column for each schedule and parameter group.
fn csv(state: &State, curves: Curves) -> String {
    let groups = state.group_factors().len();
    let columns = || (0..state.schedules.len()).flat_map(|index| (0..groups).map(move |group| (index, group)));
    let heads = columns().map(|(index, group)| {
        let name = state.schedules[index].name.replace('"', "\"\"");
        if group == 0 { format!("\"{name}\"") } else { format!("\"{name}, group {}\"", group + 1) }
    });
    let mut text = format!("step,{}\n", heads.collect::<Vec<_>>().join(","));
    let steps = state.drawn_run().horizon.steps();
    for step in (0..steps).step_by(steps.div_ceil(MOST_ROWS).max(1)) {
        let lr = |(index, group): (usize, usize)| {
            let lr = untrack(|| curves.with(index, |trace| trace.lr(step, group))).flatten();
            lr.map(|lr| format!("{lr:?}")).unwrap_or_default()
        };
        text += &format!("{step},{}\n", columns().map(lr).collect::<Vec<_>>().join(","));
    }
    text
}

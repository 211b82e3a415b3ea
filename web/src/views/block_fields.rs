//! The fields of one block.

use leptos::prelude::*;
use scheduler::Steps;
use scheduler::phases::{Phase, Shape};

use super::edit::change_chain;
use super::fields::{Choice, Field};
use crate::compose::{Block, Chain, Parameter, parameters, with_parameter};
use crate::state::State;

/// Fields for a block: its length, and what its shape or its class takes.
#[component]
pub fn BlockFields(state: RwSignal<State>, index: usize, block: usize, chain: Memo<Option<Chain>>) -> impl IntoView {
    let read = move |read: fn(&Block) -> String| {
        Signal::derive(move || {
            chain.with(|chain| chain.as_ref().and_then(|chain| chain.blocks.get(block)).map(read).unwrap_or_default())
        })
    };
    let has_length = Memo::new(move |_| {
        chain.with(|chain| chain.as_ref().is_some_and(|chain| chain.closed || block + 1 < chain.blocks.len()))
    });
    let is_phase = Memo::new(move |_| {
        chain.with(|chain| chain.as_ref().and_then(|chain| chain.blocks.get(block)?.phase()).is_some())
    });
    let steps = move |text: String| match text.trim().parse::<f64>() {
        Ok(steps) if (1.0..=1e9).contains(&steps) && steps.fract() == 0.0 => {
            change_chain(state, index, |chain, run, _| {
                chain.resize(block, steps, run);
                Ok(())
            })
        }
        _ => Err("Steps must be a whole number, 1 or more.".into()),
    };
    // Which parameters there are changes only with the class.
    let names = Memo::new(move |_| {
        chain.with(|chain| {
            let Some(block) = chain.as_ref().and_then(|chain| chain.blocks.get(block)) else { return Vec::new() };
            let length = |parameter: &Parameter| {
                has_length.get()
                    && matches!(parameter.name, "total_iters" | "T_max")
                    && parameter.value == Some(block.steps.to_string())
            };
            let shown = parameters(&block.schedule).into_iter().filter(|parameter| !length(parameter));
            shown.map(|parameter| (parameter.name, parameter.help)).collect::<Vec<_>>()
        })
    });
    let parameter = move |name: &'static str, help: &'static str| {
        let value = Signal::derive(move || {
            chain
                .with(|chain| {
                    let block = chain.as_ref().and_then(|chain| chain.blocks.get(block))?;
                    parameters(&block.schedule).into_iter().find(|parameter| parameter.name == name)?.value
                })
                .unwrap_or_default()
        });
        let accept = move |text: String| {
            change_chain(state, index, |chain, _, _| {
                let Some(block) = chain.blocks.get_mut(block) else { return Ok(()) };
                block.schedule = with_parameter(&block.schedule, name, &text)?;
                Ok(())
            })
        };
        let testid = format!("parameter-{index}-{name}");
        view! { <div title=help><Field label=name testid value accept=Callback::new(accept) /></div> }
    };
    // Those that are given at the moment stand in front; what is typed later stays where it is.
    let of_class = move |given: bool| {
        let is_given = |name: &str| {
            chain.with_untracked(|chain| {
                let block = chain.as_ref().and_then(|chain| chain.blocks.get(block));
                let parameters = block.map(|block| parameters(&block.schedule)).unwrap_or_default();
                parameters.iter().any(|parameter| parameter.name == name && parameter.value.is_some())
            })
        };
        let names = names.get().into_iter().filter(|(name, _)| is_given(name) == given);
        names.map(|(name, help)| parameter(name, help)).collect_view()
    };
    view! {
        <div class="block-fields">
            <Show when=move || has_length.get()>
                <Field label="Steps" testid=format!("block-steps-{index}") value=read(|block| block.steps.to_string())
                    accept=Callback::new(steps) />
            </Show>
            <Show when=move || is_phase.get() fallback=move || view! {
                {move || of_class(true)}
                <details class="more"><summary>"More parameters"</summary>{move || of_class(false)}</details>
            }>
                <PhaseFields state index block chain />
            </Show>
        </div>
    }
}

#[component]
fn PhaseFields(state: RwSignal<State>, index: usize, block: usize, chain: Memo<Option<Chain>>) -> impl IntoView {
    let read = move |read: fn(&Phase) -> String| {
        Signal::derive(move || {
            chain.with(|chain| {
                chain.as_ref().and_then(|chain| chain.blocks.get(block)?.phase().map(read)).unwrap_or_default()
            })
        })
    };
    let set = move |set: fn(&mut Phase, f64)| {
        Callback::new(move |text: String| match text.trim().parse::<f64>() {
            Ok(number) if number.is_finite() && number >= 0.0 => change_chain(state, index, |chain, _, _| {
                if let Some(block) = chain.blocks.get_mut(block) {
                    block.change_phase(|phase| set(phase, number));
                }
                Ok(())
            }),
            _ => Err("A number, 0 or more.".into()),
        })
    };
    let shape = move |name: String| {
        let Some((_, shape)) = Shape::all().iter().find(|(known, _)| *known == name) else { return };
        // Refused shapes (an exponential to 0) leave everything as it was.
        let _ = change_chain(state, index, |chain, _, _| {
            if let Some(block) = chain.blocks.get_mut(block) {
                block.change_phase(|phase| phase.shape = *shape);
            }
            Ok(())
        });
    };
    let is = move |shapes: &'static [&'static str]| move || shapes.contains(&read(shape_name).get().as_str());
    view! {
        <Field label="From, of the LR" testid=format!("from-{index}") value=read(|phase| phase.start.to_string()) accept=set(|phase, start| phase.start = start) />
        <Field label="To, of the LR" testid=format!("to-{index}") value=read(|phase| phase.end.to_string()) accept=set(|phase, end| phase.end = end) />
        <Choice label="Shape" options=Shape::all().iter().map(|(name, _)| (*name, *name)).collect()
            value=read(shape_name) choose=Callback::new(shape) />
        <Show when=is(&["polynomial", "inverse-power"])>
            <Field label="Power" value=read(|phase| phase.power.to_string()) accept=set(|phase, power| phase.power = power) />
        </Show>
        <Show when=is(&["inverse-power"])>
            <Field label="Timescale" value=read(|phase| phase.timescale.0.to_string())
                accept=set(|phase, timescale| phase.timescale = Steps(timescale)) />
        </Show>
    }
}

fn shape_name(phase: &Phase) -> String {
    Shape::all().iter().find(|(_, shape)| *shape == phase.shape).map_or("linear", |(name, _)| name).to_string()
}

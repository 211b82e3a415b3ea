//! A schedule as a row of blocks: chosen by click or key, moved by dragging or Alt and an arrow key.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use scheduler::Schedule;

use super::block_fields::BlockFields;
use super::edit::change_chain;
use super::fields::Field;
use crate::compose::{Block, Chain, KINDS, spark, words};
use crate::state::State;

/// The blocks of a schedule; nothing where it is not one thing after another.
#[component]
pub fn Blocks(state: RwSignal<State>, index: usize) -> impl IntoView {
    let chain = Memo::new(move |_| {
        state.with(|state| Chain::of(&state.schedules.get(index)?.schedule, state.schedule_steps()))
    });
    let count = Memo::new(move |_| chain.with(|chain| chain.as_ref().map_or(0, |chain| chain.blocks.len())));
    let chosen = RwSignal::new(None::<usize>);
    let dragged = RwSignal::new(None::<usize>);
    let reorder = move |from: usize, to: usize| {
        let moved = change_chain(state, index, |chain, run, _| {
            chain.reorder(from, to, run);
            Ok(())
        });
        if moved.is_ok() && to < count.get_untracked() {
            chosen.set(Some(to));
        }
    };
    let remove = move |block: usize| {
        // Refused where what is left cannot stand alone, and then it stays.
        let _ = change_chain(state, index, |chain, run, _| {
            chain.remove(block, run);
            Ok(())
        });
        chosen.set(None);
    };
    let key = move |event: KeyboardEvent, block: usize| {
        match event.key().as_str() {
            "ArrowLeft" if event.alt_key() && block > 0 => reorder(block, block - 1),
            "ArrowRight" if event.alt_key() => reorder(block, block + 1),
            "Delete" | "Backspace" => remove(block),
            _ => return,
        }
        event.prevent_default();
    };
    let add = move |name: String| {
        if let Some((.., kind)) = KINDS.into_iter().find(|(known, ..)| *known == name) {
            let _ = change_chain(state, index, |chain, run, lr| {
                chain.add(kind, lr, run);
                Ok(())
            });
        }
    };
    let repeat = move |text: String| match text.trim().parse() {
        Ok(times) if (1..=1000).contains(&times) => change_chain(state, index, |chain, _, _| {
            chain.repeat = times;
            Ok(())
        }),
        _ => Err("A whole number from 1 to 1000.".into()),
    };
    let can = move |can: fn(&Chain) -> bool| chain.with(|chain| chain.as_ref().is_some_and(can));
    view! {
        <Show when=move || { count.get() > 0 }>
            <ol class="blocks" aria-label="Blocks" data-testid=format!("blocks-{index}")>
                <For each=move || 0..count.get() key=|block| *block let:block>
                    {
                        let current = Memo::new(move |_| chain.with(|chain| chain.as_ref()?.blocks.get(block).cloned()));
                        view! {
                            <li draggable="true" class:over=move || dragged.get().is_some_and(|from| from != block)
                                on:dragstart=move |_| dragged.set(Some(block))
                                on:dragend=move |_| dragged.set(None)
                                on:dragover=move |event| event.prevent_default()
                                on:drop=move |event| {
                                    event.prevent_default();
                                    if let Some(from) = dragged.get_untracked() { reorder(from, block) }
                                }>
                                <button type="button" data-testid=format!("block-{index}-{block}")
                                    aria-expanded=move || (chosen.get() == Some(block)).to_string()
                                    on:click=move |_| chosen.update(|chosen| *chosen = (*chosen != Some(block)).then_some(block))
                                    on:keydown=move |event| key(event, block)>
                                    {move || current.get().map(|block| face(&block))}
                                </button>
                            </li>
                        }
                    }
                </For>
                <li>
                    <select aria-label="Add a block" data-testid=format!("add-block-{index}") prop:value=""
                        disabled=move || !can(Chain::can_grow) on:change:target=move |event| {
                            add(event.target().value());
                            event.target().set_value("");
                        }>
                        <option value="">"+ block"</option>
                        {KINDS.map(|(name, words, _)| view! { <option value=name>{words}</option> }).collect_view()}
                    </select>
                </li>
            </ol>
            {move || chosen.get().filter(|block| *block < count.get()).map(|block| view! {
                <BlockFields state index block chain />
                <div class="actions">
                    <button type="button" class="quiet" disabled=block == 0 data-testid=format!("earlier-{index}")
                        on:click=move |_| reorder(block, block - 1)>"← earlier"</button>
                    <button type="button" class="quiet" disabled=move || { block + 1 >= count.get() } data-testid=format!("later-{index}")
                        on:click=move |_| reorder(block, block + 1)>"later →"</button>
                    <button type="button" class="quiet" disabled=move || { count.get() == 1 } data-testid=format!("remove-block-{index}")
                        on:click=move |_| remove(block)>"Remove block"</button>
                </div>
            })}
            <Show when=move || can(Chain::can_repeat)>
                <Field label="Gone through, times" testid=format!("repeat-{index}")
                    value=Signal::derive(move || chain.with(|chain| chain.as_ref().map_or(1, |chain| chain.repeat).to_string()))
                    accept=Callback::new(repeat) />
            </Show>
        </Show>
    }
}

/// What a block looks like: its shape, a word, its length. A warmup that ends within its turn has a length of its own.
fn face(block: &Block) -> impl IntoView + use<> {
    let own = matches!(block.schedule, Schedule::LinearLR(_)).then(|| block.schedule.warmup()).flatten();
    let steps = own.filter(|warmup| *warmup < block.steps);
    view! {
        <svg width="34" height="18" aria-hidden="true"><path d=spark(block, 34.0, 18.0) /></svg>
        <span>{words(block)}</span>
        <small>{format!("{}", steps.unwrap_or(block.steps).round())}</small>
    }
}

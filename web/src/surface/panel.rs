//! The surfaces of all schedules with one seed: one large, with the points, and all of them to choose from.

use leptos::prelude::*;
use trainer::experiment::Task;
use trainer::surface::Surface;

use super::picture::picture;
use crate::plot::MARKS;
use crate::race::{Race, Shown};
use crate::state::State;

/// What the models make of the plane; nothing where the task is not one of points.
#[component]
pub fn DecisionSurface(state: RwSignal<State>, race: Race, shown: Shown) -> impl IntoView {
    let is_of_points = Memo::new(move |_| {
        let of = |state: &State| matches!(state.experiment.task, Task::Points(..));
        shown.with(|shown| shown.map(|(_, raced)| of(raced))).unwrap_or_else(|| state.with(of))
    });
    let is_open = RwSignal::new(true);
    let chosen_seed = RwSignal::new(0);
    // It is also told of being open at first.
    let toggled =
        move |event: leptos::ev::Event| is_open.set(event_target::<web_sys::Element>(&event).has_attribute("open"));
    Effect::new(move |_| {
        let looks = is_of_points.get() && is_open.get();
        race.looks.seed.set(looks.then(|| chosen_seed.get() as u64));
    });
    view! {
        <Show when=move || is_of_points.get()>
            <details class="surfaces" data-testid="surfaces" open=true on:toggle=toggled>
                <summary><h2>"Decision surface"</h2></summary>
                <Lanes race chosen_seed />
            </details>
        </Show>
    }
}

/// The seed, the large picture, and the small ones.
#[component]
fn Lanes(race: Race, chosen_seed: RwSignal<usize>) -> impl IntoView {
    let chosen = RwSignal::new(0);
    let names = Memo::new(move |_| {
        let names = |state: &State| state.schedules.iter().map(|named| named.name.clone()).collect::<Vec<_>>();
        race.raced.with(|raced| raced.as_ref().map(names)).unwrap_or_default()
    });
    let seeds = Memo::new(move |_| race.raced.with(|raced| raced.as_ref().map_or(1, |state| state.seeds)));
    let schedule = move || chosen.get().min(names.with(Vec::len).saturating_sub(1));
    let seed = move || chosen_seed.get().min(seeds.get() - 1);
    let with = move |schedule: usize, look: &mut dyn FnMut(Option<&Surface>)| {
        let lane = schedule * seeds.get() + seed();
        race.looks.seen.with(|seen| look(seen.surface(lane)));
    };
    let sentence = Memo::new(move |_| {
        let mut words = String::new();
        let name = names.with(|names| names.get(schedule()).cloned());
        with(schedule(), &mut |surface| words = sentence(name.as_deref(), seed(), surface));
        words
    });
    let large = move || {
        let mut drawn = None;
        let points = race.looks.seen.with(|seen| seen.points(seed() as u64).to_vec());
        with(schedule(), &mut |surface| drawn = Some(picture(schedule(), surface, &points)));
        drawn
    };
    let small = move |index: usize| {
        let percent = Memo::new(move |_| {
            let mut words = "not seen yet".into();
            with(index, &mut |surface| words = surface.map_or("not seen yet".into(), percent));
            words
        });
        let drawn = move || {
            let mut drawn = None;
            with(index, &mut |surface| drawn = Some(picture(index, surface, &[])));
            drawn
        };
        view! {
            <button type="button" class=format!("style-{index}") data-testid=format!("surface-{index}")
                aria-pressed=move || (schedule() == index).to_string() on:click=move |_| chosen.set(index)>
                {drawn}
                <span><i class="swatch" aria-hidden="true">{MARKS[index % MARKS.len()]}</i>
                    {move || names.with(|names| names.get(index).cloned())}" "<b>{percent}</b></span>
            </button>
        }
    };
    let seed_options = move || {
        let option =
            |index: usize| view! { <option value=index.to_string() selected=move || seed() == index>{index}</option> };
        (0..seeds.get()).map(option).collect_view()
    };
    let choose_seed = move |name: String| chosen_seed.set(name.parse().unwrap_or(0));
    view! {
        <div class="planes">
        <div class="chosen" role="img" aria-label=sentence data-testid="surface">{large}</div>
        <div>
            <div class="lanes" role="group" aria-label="Schedules">
                <For each=move || 0..names.with(Vec::len) key=|index| *index let:index>{small(index)}</For>
            </div>
            <label class="field">
                <span>"Seed"</span>
                <select data-testid="surface-seed" prop:value=move || seed().to_string()
                    on:change:target=move |event| choose_seed(event.target().value())>{seed_options}</select>
            </label>
            <p class="description" data-testid="surface-words">{sentence}</p>
            <p class="description">"Shaded is where the model says class 1, the squares, the stronger the surer; the rings are class 0. Red points are on the wrong side."</p>
        </div>
        </div>
    }
}

fn percent(surface: &Surface) -> String {
    if surface.probabilities.is_empty() { "NaN".into() } else { format!("{:.0} %", 100.0 * surface.accuracy()) }
}

/// What a surface shows, in words.
fn sentence(name: Option<&str>, seed: usize, surface: Option<&Surface>) -> String {
    let Some(name) = name else { return "Press Run to see which class a model gives every place of the plane.".into() };
    match surface {
        None => format!("{name}, seed {seed}, has not been looked at while it was trained."),
        Some(surface) if surface.probabilities.is_empty() => {
            format!(
                "{name}, seed {seed}, after {} steps: the model answers NaN everywhere; it has diverged.",
                surface.step
            )
        }
        Some(surface) => format!(
            "{name}, seed {seed}, after {} steps: {} of {} points that it was not trained on are on their side of the line.",
            surface.step,
            percent(surface),
            surface.right.len()
        ),
    }
}

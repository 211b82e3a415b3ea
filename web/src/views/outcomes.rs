//! What became of the seeds of each schedule: counts, steps to target, best loss.

use leptos::prelude::*;
use scheduler::format_lr;
use scheduler::permalink::NamedSchedule;
use trainer::outcome::Outcome;

use super::remedies::remedies;
use super::steer::Steer;
use crate::plot::MARKS;
use crate::race::{Phase, Race, Results, Shown};
use crate::state::State;

/// What is said of a schedule.
#[derive(Clone, Debug, Default, PartialEq)]
struct Row {
    name: String,
    learned: usize,
    seeds: usize,
    /// Everything else in a few words.
    facts: String,
    /// Name and words of the outcome of each seed.
    dots: Vec<(&'static str, String)>,
    /// The run is over, and most seeds have failed: with this schedule.
    failed: Option<NamedSchedule>,
}

/// A strip for each schedule.
#[component]
pub fn Outcomes(state: RwSignal<State>, shown: Shown, race: Race) -> impl IntoView {
    let rows = Memo::new(move |_| {
        let over = race.phase.with(Phase::is_over);
        shown.with(|shown| {
            let Some((results, raced)) = shown else { return Vec::new() };
            let rows = raced.schedules.iter().enumerate();
            rows.map(|(index, named)| row(index, named, results, over)).collect::<Vec<_>>()
        })
    });
    let count = Memo::new(move |_| rows.with(Vec::len));
    let changed = Memo::new(move |_| {
        race.phase.with(Phase::is_over)
            && race.raced.with(|raced| raced.as_ref().is_some_and(|raced| state.with(|state| !same_run(raced, state))))
    });
    view! {
        <section class="outcomes" aria-label="Outcomes" data-testid="outcomes">
            <ul>
                <For each=move || 0..count.get() key=|index| *index let:index>
                    <Strip state race index row=Memo::new(move |_| rows.with(|rows| rows.get(index).cloned().unwrap_or_default())) />
                </For>
            </ul>
            <Show when=move || changed.get()>
                <p class="description">"The settings have changed since this run; press Run to see what they do."</p>
            </Show>
        </section>
    }
}

fn same_run(a: &State, b: &State) -> bool {
    a.experiment == b.experiment && a.schedules == b.schedules && a.seeds == b.seeds
}

fn row(index: usize, named: &NamedSchedule, results: &Results, over: bool) -> Row {
    let (learned, seeds) = results.count(index, Outcome::Learned);
    let others = [Outcome::AtChance, Outcome::Diverged, Outcome::Learning];
    let others = others.into_iter().filter_map(|outcome| {
        let (count, _) = results.count(index, outcome);
        (count > 0).then(|| format!("{count} {}", words(outcome).1))
    });
    let lost = results.lost(index);
    let lost = (lost > 0).then(|| format!("{lost} interrupted"));
    let by_hand = results.factors.get(&index).map(|factor| format!("LR × {} by hand", format_lr(*factor)));
    let target = results.steps_to_target(index);
    let target = target.map(|(count, steps)| format!("{count} came to the target, after {steps} steps (median)"));
    let best = results.best(index).map(|loss| format!("best loss {loss:.2}"));
    let dots = results.of_schedule(index).map(|lane| {
        let (class, words) = if lane.lost { ("lost", "interrupted") } else { words(results.outcome(lane)) };
        (class, format!("seed {}: {words}", lane.lane.seed))
    });
    let failed = results.count(index, Outcome::AtChance).0 + results.count(index, Outcome::Diverged).0;
    Row {
        name: named.name.clone(),
        learned,
        seeds,
        facts: others.chain(lost).chain(target).chain(best).chain(by_hand).collect::<Vec<_>>().join(" · "),
        dots: dots.collect(),
        failed: (over && failed > seeds / 2).then(|| named.clone()),
    }
}

/// How the style sheet calls an outcome, and what people call it.
fn words(outcome: Outcome) -> (&'static str, &'static str) {
    match outcome {
        Outcome::Learned => ("learned", "learned"),
        Outcome::AtChance => ("stuck", "stuck at chance"),
        Outcome::Diverged => ("diverged", "diverged"),
        Outcome::Learning => ("learning", "still learning"),
    }
}

/// The strip of a schedule. Only what has changed is drawn anew.
#[component]
fn Strip(state: RwSignal<State>, race: Race, index: usize, row: Memo<Row>) -> impl IntoView {
    let dots = Memo::new(move |_| row.with(|row| row.dots.clone()));
    let failed = Memo::new(move |_| row.with(|row| row.failed.clone()));
    let dot = |(class, words)| view! { <i class=class title=words></i> };
    view! {
        <li class=format!("style-{index}")>
            <span class="swatch" aria-hidden="true">{MARKS[index % MARKS.len()]}</span>
            <span class="name">{move || row.with(|row| row.name.clone())}</span>
            <strong data-testid=format!("outcome-{index}") data-learned=move || row.with(|row| row.learned.to_string())
                data-seeds=move || row.with(|row| row.seeds.to_string())>
                {move || row.with(|row| format!("{} of {} learned", row.learned, row.seeds))}
            </strong>
            <span class="dots" aria-hidden="true">{move || dots.get().into_iter().map(dot).collect_view()}</span>
            <span class="others">{move || row.with(|row| row.facts.clone())}</span>
            <Steer race index name=Signal::derive(move || row.with(|row| row.name.clone())) />
            {move || failed.get().map(|named| remedies(state, index, named))}
        </li>
    }
}

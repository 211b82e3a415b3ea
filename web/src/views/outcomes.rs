//! What became of the seeds of each schedule: counts, steps to target, best loss.

use leptos::prelude::*;
use scheduler::permalink::NamedSchedule;
use scheduler::torch::{LinearLR, SequentialLR};
use scheduler::{Schedule, Steps, format_lr};
use trainer::outcome::Outcome;

use crate::plot::MARKS;
use crate::race::{Phase, Race, Results, Shown};
use crate::state::{MAX_SCHEDULES, State};

/// A strip for each schedule.
#[component]
pub fn Outcomes(state: RwSignal<State>, shown: Shown, race: Race) -> impl IntoView {
    let rows = move || {
        shown.with(|shown| {
            let Some((results, raced)) = shown else { return Vec::new() };
            let over = matches!(race.phase.get(), Phase::Done | Phase::Stopped);
            let rows = raced.schedules.iter().enumerate();
            rows.map(|(index, named)| row(state, index, named, results, over)).collect::<Vec<_>>()
        })
    };
    let changed = Memo::new(move |_| {
        matches!(race.phase.get(), Phase::Done | Phase::Stopped)
            && race.raced.with(|raced| raced.as_ref().is_some_and(|raced| state.with(|state| !same_run(raced, state))))
    });
    view! {
        <section class="outcomes" aria-label="Outcomes" data-testid="outcomes">
            <ul>{rows}</ul>
            <Show when=move || changed.get()>
                <p class="description">"The settings have changed since this run; press Run to see what they do."</p>
            </Show>
        </section>
    }
}

fn same_run(a: &State, b: &State) -> bool {
    a.experiment == b.experiment && a.schedules == b.schedules && a.seeds == b.seeds
}

fn row(state: RwSignal<State>, index: usize, named: &NamedSchedule, results: &Results, over: bool) -> AnyView {
    let (learned, seeds) = results.count(index, Outcome::Learned);
    let others = [
        (Outcome::AtChance, "stuck at chance"),
        (Outcome::Diverged, "diverged"),
        (Outcome::Learning, "still learning"),
    ];
    let others = others.into_iter().filter_map(|(outcome, words)| {
        let (count, _) = results.count(index, outcome);
        (count > 0).then(|| format!("{count} {words}"))
    });
    let target = results.steps_to_target(index).map(|step| format!("learned after {} steps (median)", step + 1));
    let best = results.best(index).map(|loss| format!("best loss {loss:.2}"));
    let facts: Vec<String> = others.chain(target).chain(best).collect();
    let dots = results.of_schedule(index).map(|lane| {
        let (class, words) = match results.outcome(lane) {
            Outcome::Learned => ("learned", "learned"),
            Outcome::AtChance => ("stuck", "stuck at chance"),
            Outcome::Diverged => ("diverged", "diverged"),
            Outcome::Learning => ("learning", "still learning"),
        };
        view! { <i class=class title=format!("seed {}: {words}", lane.lane.seed)></i> }
    });
    let failed =
        over && results.count(index, Outcome::AtChance).0 + results.count(index, Outcome::Diverged).0 > seeds / 2;
    view! {
        <li class=format!("style-{index}")>
            <span class="swatch" aria-hidden="true">{MARKS[index % MARKS.len()]}</span>
            <span class="name">{named.name.clone()}</span>
            <strong data-testid=format!("outcome-{index}") data-learned=learned.to_string() data-seeds=seeds.to_string()>
                {format!("{learned} of {seeds} learned")}
            </strong>
            <span class="dots" aria-hidden="true">{dots.collect_view()}</span>
            <span class="others">{facts.join(" · ")}</span>
            {failed.then(|| remedies(state, index, named.clone()))}
        </li>
    }
    .into_any()
}

/// What may help, each as another schedule beside the one that failed.
fn remedies(state: RwSignal<State>, index: usize, named: NamedSchedule) -> impl IntoView {
    let add = move |changed: NamedSchedule| {
        state.update(|state| {
            if state.schedules.len() < MAX_SCHEDULES {
                state.schedules.push(changed);
            }
        });
    };
    let warmed = with_warmup(&named, state.with_untracked(|state| state.experiment.steps));
    let mut halved = named.clone();
    let lr = named.schedule.peak(named.lr) / 2.0;
    halved.schedule.set_peak(&mut halved.lr, format_lr(lr).parse().unwrap_or(lr));
    halved.name = format!("{}, half the LR", named.name);
    let full = move || state.with(|state| state.schedules.len() >= MAX_SCHEDULES);
    view! {
        <span class="remedies">
            {warmed.map(|warmed| view! {
                <button type="button" class="quiet" disabled=full data-testid=format!("add-warmup-{index}")
                    on:click=move |_| add(warmed.clone())>"+ with warmup"</button>
            })}
            <button type="button" class="quiet" disabled=full data-testid=format!("half-lr-{index}")
                on:click=move |_| add(halved.clone())>"+ with half the LR"</button>
        </span>
    }
}

/// The schedule after a warmup of a fifth of the run; nothing where it has one or nothing can stand before it.
fn with_warmup(named: &NamedSchedule, steps: usize) -> Option<NamedSchedule> {
    let warmup = (steps / 5).max(1);
    if named.schedule.warmup().is_some() || named.schedule.needs_metric() || !named.schedule.children().is_empty() {
        return None;
    }
    let rise: Schedule =
        LinearLR { start_factor: 1.0 / warmup as f64, end_factor: 1.0, total_iters: Steps(warmup as f64) }.into();
    let schedule = if named.schedule == Schedule::constant() {
        rise
    } else {
        let mut rest = named.schedule.clone();
        rest.fit(steps, steps.saturating_sub(warmup).max(1));
        SequentialLR { schedulers: vec![rise, rest], milestones: vec![warmup as i64] }.into()
    };
    Some(NamedSchedule { name: format!("{}, warmup", named.name), lr: named.lr, schedule })
}

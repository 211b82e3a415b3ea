//! Run, pause, stop, and how it goes.

use leptos::prelude::*;

use super::FaultNotice;
use crate::race::{Pace, Phase, Race, Results};
use crate::state::State;

/// The bar with the one filled button.
#[component]
pub fn RunBar(state: RwSignal<State>, race: Race) -> impl IntoView {
    let phase = race.phase;
    let running = Memo::new(move |_| phase.with(Phase::is_running));
    let steps = move || {
        let raced = race.raced.with(|raced| raced.as_ref().map(|state| state.experiment.steps));
        raced.unwrap_or_else(|| state.with(|state| state.experiment.steps))
    };
    let step = move || race.results.with(|results| if race.raced.with(Option::is_some) { results.steps } else { 0 });
    let status = move || match phase.get() {
        Phase::Idle => "Ready to run.".to_string(),
        Phase::Loading(received, total) if total > 0.0 => {
            format!("Loading the trainer: {} of {} MB", megabytes(received), megabytes(total))
        }
        Phase::Loading(received, _) => format!("Loading the trainer: {} MB", megabytes(received)),
        Phase::Compiling => "Starting; the first steps take longer.".into(),
        Phase::Training => match race.results.with(Results::behind) {
            Some((lanes, step)) => format!("Catching up: {lanes} lanes are at step {step} of {}", steps()),
            None => format!("Step {} of {}{}", step(), steps(), left(steps() - step().min(steps()), race)),
        },
        Phase::Paused => format!("Paused at step {} of {}", step(), steps()),
        Phase::Done => format!(
            "Done: {} steps of {} seeds each.",
            steps(),
            race.raced.with(|raced| raced.as_ref().map_or(0, |state| state.seeds))
        ),
        Phase::Stopped => format!("Stopped at step {} of {}.", step(), steps()),
        Phase::Interrupted => format!("Interrupted at step {} of {}.", step(), steps()),
        Phase::Failed => "The run has failed.".into(),
    };
    // Every step would be too much to listen to: only beginnings and ends are said.
    let announced = Memo::new(move |_| match phase.get() {
        Phase::Training => "Training.",
        Phase::Paused => "Paused.",
        Phase::Done => "The run is done.",
        Phase::Stopped => "Stopped.",
        Phase::Failed => "The run has failed.",
        _ => "",
    });
    let progress = move || match phase.get() {
        Phase::Loading(received, total) if total > 0.0 => Some(received / total),
        Phase::Loading(..) | Phase::Compiling => None,
        _ => Some(step() as f64 / steps().max(1) as f64),
    };
    let speed = move || {
        let speed = race.steps_per_second.get();
        let lanes = race.results.with(|results| results.lanes.iter().filter(|lane| !lane.lost).count());
        (speed > 0.0).then(|| format!("{speed:.1} steps/s × {lanes} lanes"))
    };
    let unseen = move || {
        race.unseen.get().map(|(from, to)| {
            let sentence = format!("The run went on while this tab was hidden, from step {from} to {to}.");
            view! { <p class="device" data-testid="unseen">{sentence}</p> }
        })
    };
    view! {
        <div class="run-bar">
            <FaultNotice race />
            <button type="button" class="primary" data-testid="run" on:click=move |_| race.start(state.get_untracked(), false)>
                {move || if running.get() { "Restart" } else { "Run" }}
            </button>
            <button type="button" data-testid="pause" disabled=move || !matches!(phase.get(), Phase::Training | Phase::Paused) on:click=move |_| race.toggle_pause()>
                {move || if phase.get() == Phase::Paused { "Resume" } else { "Pause" }}
            </button>
            <button type="button" data-testid="single-step" disabled=move || matches!(phase.get(), Phase::Loading(..) | Phase::Compiling)
                on:click=move |_| race.single_step(state.get_untracked())>"Step"</button>
            <button type="button" data-testid="stop" disabled=move || !running.get() on:click=move |_| race.stop()>"Stop"</button>
            <select aria-label="Speed" data-testid="pace" prop:value=move || race.pace.get().name()
                on:change:target=move |event| if let Some(pace) = Pace::from_name(&event.target().value()) { race.set_pace(pace) }>
                {Pace::ALL.map(|(name, words, _)| view! { <option value=name>{words}</option> }).collect_view()}
            </select>
            <div class="progress">
                <span data-testid="status" data-state=move || phase.with(Phase::name)>{status}</span>
                <span class="visually-hidden" aria-live="polite">{announced}</span>
                <progress max="1" value=progress aria-label="Progress of the run"></progress>
            </div>
            <span class="speed" data-testid="steps-per-second">{speed}</span>
            <span class="visually-hidden" data-testid="step" data-step=move || step().to_string() data-steps=move || steps().to_string()></span>
            <p class="device" data-testid="device">{race.device}</p>
            <div aria-live="polite">{unseen}</div>
        </div>
    }
}

/// How long it may still take, where that is long enough to want to know.
fn left(steps: usize, race: Race) -> String {
    let rate = match race.pace.get() {
        Pace::Live => race.steps_per_second.get(),
        Pace::Steps(rate) => rate,
    };
    let seconds = steps as f64 / rate;
    if rate > 0.0 && seconds >= 3.0 { format!(", about {seconds:.0} s left") } else { String::new() }
}

fn megabytes(bytes: f64) -> String {
    format!("{:.1}", bytes / 1e6)
}

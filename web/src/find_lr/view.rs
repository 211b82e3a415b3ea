//! The view.

use leptos::prelude::*;
use scheduler::format_lr;
use trainer::range_test::RangeTest;

use super::{chart, sweep};
use crate::race::{Phase, Race};
use crate::state::{MAX_SEEDS, State};
use crate::views::{FaultNotice, Field};

/// Seeds of a test: enough to see how far they disagree.
const SEEDS: usize = 8;
/// The longest sweep.
const MOST_STEPS: usize = 2000;

/// Finds the LR of the experiment on the page.
#[component]
pub fn FindLr(
    /// The state of the page; "use" changes the peaks of its schedules.
    state: RwSignal<State>,
) -> impl IntoView {
    let test = RwSignal::new(RangeTest::default());
    let seeds = RwSignal::new(SEEDS);
    let race = Race::new();
    let problem = RwSignal::new(None::<String>);
    // The LRs of the test under way, which may no longer be those of the fields.
    let lrs = RwSignal::new(Vec::new());

    let start = move |_| {
        let state = state.get_untracked();
        let seeds: Vec<u64> = (0..seeds.get_untracked() as u64).collect();
        match test.get_untracked().run(&state.experiment, &seeds) {
            Ok(run) => {
                problem.set(None);
                lrs.set(sweep::lrs(&run));
                race.start_run(state, run);
            }
            Err(invalid) => problem.set(Some(invalid.to_string())),
        }
    };
    let reading = Memo::new(move |_| {
        let task = race.raced.with(|raced| raced.as_ref().map(|state| state.experiment.task.clone()))?;
        race.results.with(|results| lrs.with(|lrs| sweep::read(results, &task, lrs)))
    });
    let status = move || match race.phase.get() {
        Phase::Idle => "A short run whose learning rate grows at every step, with several seeds.".into(),
        Phase::Loading(..) => "Loading the trainer.".into(),
        Phase::Compiling => "Starting.".into(),
        Phase::Training | Phase::Paused => {
            format!("Step {} of {}.", race.results.with(|results| results.steps), lrs.with(Vec::len))
        }
        Phase::Done => "Done.".into(),
        Phase::Stopped => "Stopped.".into(),
        Phase::Interrupted => "The sweep was interrupted.".into(),
        Phase::Failed => "The sweep has failed.".into(),
    };
    // Before the end of the sweep there is nothing to judge.
    let judged = move || reading.get().filter(|_| race.phase.get() == Phase::Done);
    let verdict = move || {
        judged().map(|reading| {
            let found = match &reading.analysis.chosen {
                Ok(chosen) => format!(
                    "Learning rate {}; as the peak of a schedule that comes down, {} to {}.",
                    format_lr(chosen.lr),
                    format_lr(chosen.peak.low),
                    format_lr(chosen.peak.high)
                ),
                Err(_) => "No learning rate can be told from this.".into(),
            };
            view! {
                <p data-testid="find-lr-result"><strong>{found}</strong></p>
                <p class="description">{reading.analysis.trust()}</p>
            }
        })
    };
    let uses = move || {
        let chosen = judged()?.analysis.chosen.ok()?;
        let button = move |lr: f64, testid: &'static str| {
            let lr = rounded(lr);
            let apply = move |_| {
                state.update(|state| {
                    for named in &mut state.schedules {
                        named.schedule.set_peak(&mut named.lr, lr);
                    }
                });
            };
            view! { <button type="button" data-testid=testid on:click=apply>{format!("Use {} as peak LR", format_lr(lr))}</button> }
        };
        Some(view! {
            <div class="actions">
                {button(chosen.peak.low, "find-lr-use-low")}
                {button(chosen.peak.high, "find-lr-use-high")}
            </div>
        })
    };
    let number = move |set: fn(&mut RangeTest, f64)| {
        Callback::new(move |text: String| match text.trim().parse::<f64>() {
            Ok(number) if number > 0.0 && number.is_finite() => {
                test.update(|test| set(test, number));
                Ok(())
            }
            _ => Err("A learning rate must be a number above 0.".to_owned()),
        })
    };
    let count = move |most: usize, set: fn(RwSignal<RangeTest>, RwSignal<usize>, usize)| {
        Callback::new(move |text: String| match text.trim().parse::<usize>() {
            Ok(number) if (1..=most).contains(&number) => {
                set(test, seeds, number);
                Ok(())
            }
            _ => Err(format!("It must be a whole number from 1 to {most}.")),
        })
    };
    view! {
        <section class="find-lr" aria-label="Find the learning rate" data-testid="find-lr">
            <h2>"Find the learning rate"</h2>
            <p class="description" data-testid="find-lr-task">{move || state.with(|state| format!("{} {}.", state.task_words(), state.optimizer_words()))}</p>
            <div class="row">
                <Field label="From LR" testid="find-lr-from" value=Signal::derive(move || test.with(|test| format_lr(test.from)))
                    accept=number(|test, lr| test.from = lr) />
                <Field label="To LR" testid="find-lr-to" value=Signal::derive(move || test.with(|test| format_lr(test.to)))
                    accept=number(|test, lr| test.to = lr) />
                <Field label="Steps" testid="find-lr-steps" value=Signal::derive(move || test.with(|test| test.steps.to_string()))
                    accept=count(MOST_STEPS, |test, _, steps| test.update(|test| test.steps = steps)) />
                <Field label="Seeds" testid="find-lr-seeds" value=Signal::derive(move || seeds.get().to_string())
                    accept=count(MAX_SEEDS, |_, seeds, count| seeds.set(count)) />
            </div>
            <div class="actions">
                <button type="button" class="primary" data-testid="find-lr-run" on:click=start>"Run the sweep"</button>
                <button type="button" data-testid="find-lr-stop" disabled=move || !race.phase.with(Phase::is_running)
                    on:click=move |_| race.stop()>"Stop"</button>
            </div>
            <p data-testid="find-lr-status" data-state=move || race.phase.with(Phase::name) aria-live="polite">{status}</p>
            <FaultNotice race />
            {move || problem.get().map(|sentence| view! { <p class="problem" role="alert">{sentence}</p> })}
            {move || reading.get().map(|reading| chart::draw(&reading))}
            {verdict}
            {uses}
        </section>
    }
}

/// Two digits: more than the seeds agree on.
fn rounded(lr: f64) -> f64 {
    format!("{lr:.1e}").parse().unwrap_or(lr)
}

//! The schedules that the code builds, on their way to the playground.

use leptos::prelude::*;
use tools::DetectedSchedule;

use super::state::CheckState;

/// One line for each.
#[component]
pub fn DetectedSchedules(state: CheckState) -> impl IntoView {
    let schedules = Memo::new(move |_| {
        state.checked.with(|checked| checked.as_ref().map(|checked| checked.schedules.clone())).unwrap_or_default()
    });
    view! {
        <Show when=move || schedules.with(|schedules| !schedules.is_empty())>
            <section class="detected" aria-labelledby="detected-title">
                <h3 id="detected-title">"Schedules in this code"</h3>
                <ul>{move || schedules.get().into_iter().enumerate().map(line).collect_view()}</ul>
            </section>
        </Show>
    }
}

fn line((index, schedule): (usize, DetectedSchedule)) -> impl IntoView {
    let assumed = (!schedule.assumed.is_empty()).then(|| format!(" Assumed: {}.", schedule.assumed.join("; ")));
    view! {
        <li>
            <code>{schedule.text}</code>
            <p>
                {format!("{}, over {}.", schedule.place, schedule.length)} {assumed} {schedule.link.note.map(|note| format!(" {note}"))}
            </p>
            <a class="button" data-testid=format!("to-playground-{index}") href=format!("#{}", schedule.link.fragment)>"Open in the playground"</a>
        </li>
    }
}

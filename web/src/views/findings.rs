//! What the rules say about what is on screen, once the hand rests.

use std::time::Duration;

use advisor::Severity;
use leptos::prelude::*;

use super::edit::change;
use crate::judge::{Remark, judge};
use crate::plot::MARKS;
use crate::state::State;

/// Judging takes longer than a frame, so nothing is judged in the middle of a drag.
const REST: Duration = Duration::from_millis(200);

/// One sentence for each finding, with its fix.
#[component]
pub fn Findings(state: RwSignal<State>) -> impl IntoView {
    let remarks = RwSignal::new(judge(&state.get_untracked()));
    let timer = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |before: Option<()>| {
        state.track();
        if before.is_some() {
            if let Some(timer) = timer.try_update_value(Option::take).flatten() {
                timer.clear();
            }
            let judged = move || {
                let found = state.with_untracked(judge);
                if remarks.with_untracked(|remarks| *remarks != found) {
                    remarks.set(found);
                }
            };
            timer.set_value(set_timeout_with_handle(judged, REST).ok());
        }
    });
    on_cleanup(move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    });
    view! {
        <section class="findings" aria-label="Findings" aria-live="polite" data-testid="findings">
            {move || remarks.get().into_iter().map(|remark| row(state, remark)).collect_view()}
        </section>
    }
}

fn row(state: RwSignal<State>, remark: Remark) -> impl IntoView {
    let index = remark.index;
    let (class, word) = match remark.severity {
        Severity::Error => ("error", "Error"),
        Severity::Warning => ("warning", "Warning"),
        Severity::Info => ("info", "Note"),
    };
    let fix = remark.fix.map(|(title, schedule)| {
        let mend = move |_| change(state, index, |named, _| named.schedule = schedule.clone());
        view! { <button type="button" data-testid=format!("fix-{index}") on:click=mend>{marked_up(&title)}</button> }
    });
    view! {
        <div class=format!("finding {class} style-{index}")>
        <details data-rule=remark.rule>
            <summary>
                <span class="swatch" aria-hidden="true">{MARKS[index % MARKS.len()]}</span>
                <b>{word}</b>" "{marked_up(&remark.what)}
            </summary>
            <p>{marked_up(&remark.why)}" "{marked_up(&remark.help)}" "<code>{remark.rule}</code></p>
        </details>
        {fix}
        </div>
    }
}

/// A text of a rule: what stands between backticks is code.
fn marked_up(text: &str) -> impl IntoView + use<> {
    let parts = text.split('`').enumerate().map(|(index, part)| match index % 2 {
        1 => view! { <code>{part.to_owned()}</code> }.into_any(),
        _ => part.to_owned().into_any(),
    });
    parts.collect_view()
}
